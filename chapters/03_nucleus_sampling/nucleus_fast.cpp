#include "chapters/03_nucleus_sampling/nucleus_fast.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "chapters/02_softmax_temperature/draw.h"
#include "chapters/02_softmax_temperature/softmax.h"

namespace tokenwalk {
namespace {

constexpr std::size_t kFirstPrefix = 64;

// Cuts that see only the most likely `size` candidates, sorted. What they keep is what they would
// keep of the whole list, unless it is all `size` of them.
Candidates cut_prefix(Candidates& all, std::size_t size, const SamplingOptions& options) {
  const auto end = all.begin() + static_cast<std::ptrdiff_t>(size);
  std::partial_sort(all.begin(), end, all.end(), more_likely);
  Candidates kept = cut_top_k(Candidates(all.begin(), end), options.top_k);
  kept = cut_nucleus(std::move(kept), options.top_p);
  const bool may_go_on = options.top_p < 1 && kept.size() == size;  // and then has another sum
  if (may_go_on && size < all.size()) return kept;
  return cut_min_p(std::move(kept), options.min_p);
}

}  // namespace

int sample_fast(std::span<const float> logits, const SamplingOptions& options, double u) {
  if (options.order != SamplingOptions().order) return sample_plain(logits, options, u);
  check_sampling_options(options);
  check_logits(logits);
  if (options.temperature == 0) return argmax(logits);

  const std::vector<double> scaled = scale_logits(logits, options.temperature);
  const std::vector<double> probs = softmax_scaled(scaled);
  if (options.top_k == 0 && options.top_p == 1 && options.min_p == 0) return draw(probs, u);

  Candidates all;
  for (std::size_t id = 0; id < logits.size(); ++id) {
    if (std::isfinite(logits[id])) all.push_back({static_cast<int>(id), scaled[id], probs[id]});
  }
  std::size_t size = std::max(kFirstPrefix, static_cast<std::size_t>(options.top_k) + 1);
  while (size < all.size()) {
    Candidates kept = cut_prefix(all, size, options);
    if (kept.size() < size) return draw_candidate(std::move(kept), u);
    size *= 4;
  }
  return draw_candidate(cut_prefix(all, all.size(), options), u);
}

}  // namespace tokenwalk
