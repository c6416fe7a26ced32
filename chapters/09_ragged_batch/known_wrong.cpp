#include "chapters/09_ragged_batch/known_wrong.h"

#include <algorithm>

#include "lib/base/rng.h"

namespace tokenwalk {

//! [09-wrong-padding]
std::vector<Generated> generate_left_padded(const Model& model,
                                            std::span<const BatchRequest> requests, int pad_id) {
  std::size_t longest = 0;
  for (const BatchRequest& request : requests) longest = std::max(longest, request.prompt.size());
  std::vector<BatchRequest> padded(requests.begin(), requests.end());
  for (BatchRequest& request : padded) {
    request.prompt.insert(request.prompt.begin(), longest - request.prompt.size(), pad_id);
  }
  return generate_batch(model, padded);
}
//! [09-wrong-padding]

//! [09-wrong-one-end]
std::vector<Generated> generate_with_one_end(const Model& model,
                                             std::span<const BatchRequest> requests) {
  std::size_t longest = 0;
  for (const Generated& result : generate_batch(model, requests)) {
    longest = std::max(longest, result.tokens.size());
  }
  std::vector<BatchRequest> endless(requests.begin(), requests.end());
  for (BatchRequest& request : endless) {
    request.options.max_new_tokens = static_cast<int>(longest);
    request.options.ignore_eos = true;
    request.options.stop_ids.clear();
  }
  return generate_batch(model, endless);
}
//! [09-wrong-one-end]

//! [09-wrong-one-stream]
std::vector<Generated> generate_with_one_stream(const Model& model,
                                                std::span<const BatchRequest> requests) {
  std::uint64_t n_drawn = 0;  // of the one stream
  std::vector<BatchRequest> sharing(requests.begin(), requests.end());
  for (BatchRequest& request : sharing) {
    request.options.pick = [&n_drawn, options = request.options](auto logits, std::size_t) {
      return sample(logits, options.sampling, uniform_draw(options.seed, 0, n_drawn++));
    };
  }
  return generate_batch(model, sharing);
}
//! [09-wrong-one-stream]

}  // namespace tokenwalk
