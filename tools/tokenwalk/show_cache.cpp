#include "tools/tokenwalk/show_cache.h"

#include <iostream>

#include "chapters/01_tokenizer/utf8.h"
#include "lib/base/check.h"
#include "lib/base/format.h"
#include "lib/io/describe.h"

namespace tokenwalk {

std::string cache_bar(std::size_t cached, std::size_t pending, std::size_t most) {
  constexpr std::size_t kWidth = 40;
  CHECK_LE(cached + pending, most);
  const std::size_t filled = cached * kWidth / most;
  const std::size_t reached = ((cached + pending) * kWidth + most - 1) / most;
  std::string bar(filled, '#');
  bar.append(reached - filled, '+').append(kWidth - reached, '.');
  return format("[%s] %5zu cached + %zu pending", bar.c_str(), cached, pending);
}

std::string cache_shapes(const Model& model, const KvCache& cache) {
  const AttentionShape& a = model.config.attention;
  std::string text;
  for (std::size_t layer = 0; layer < model.config.n_layers; ++layer) {
    text += format("  layer %2zu   K and V (1, %zu, %zu, %zu)\n", layer, a.n_kv_heads,
                   cache.length(), a.head_dim);
  }
  const std::size_t used = cache.length() * kv_bytes_per_position(model.config, model.kv_type);
  return text + format("  bytes      %zu for %zu positions, %zu allocated\n", used, cache.length(),
                       cache.bytes());
}

void CacheLines::attach(SampleRequest& request) {
  request.on_cache = [this](const KvCache& cache) { cache_ = &cache; };
  request.on_prefill = [this](std::size_t done, std::size_t) {
    print(0, format("%zu tokens of the prompt", done));
  };
  const PublishedTokenizer* tokenizer = request.tokenizer;
  request.options.on_token = [this, tokenizer, go_on = request.options.on_token](int id) {
    print(1, tokenizer == nullptr ? std::to_string(id)
                                  : quote(to_text(tokenizer->decode_shown({id}))));
    return !go_on || go_on(id);
  };
  request.on_sample = [](int i) {
    if (i > 0) std::cout << "---\n";
  };
}

void CacheLines::print(std::size_t pending, const std::string& what) {
  std::cout << cache_bar(cache_->length(), pending, most_) << "  " << what << std::endl;
  shapes_ = cache_shapes(*model_, *cache_);
}

}  // namespace tokenwalk
