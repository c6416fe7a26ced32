// What the page does without, so that it stays small: the sampler's scan by wide instructions,
// which gives the same tokens as the plain one, and folders of safetensors, of which it has none.
#include "chapters/03_nucleus_sampling/nucleus_fast.h"
#include "lib/base/error.h"
#include "lib/io/json_metadata.h"
#include "lib/io/safetensors.h"

namespace tokenwalk {

int sample_fast(std::span<const float> logits, const SamplingOptions& options, double u) {
  return sample_plain(logits, options, u);
}

Metadata read_json_metadata(const std::filesystem::path& path) {
  throw Error(ErrorCode::kBadFile, {"no folders here", path.string(), "a GGUF file", ""});
}

std::unique_ptr<TensorFile> open_safetensors(const std::filesystem::path& path) {
  throw Error(ErrorCode::kBadFile, {"no folders here", path.string(), "a GGUF file", ""});
}

}  // namespace tokenwalk
