#include "chapters/06_cached_generate/kv_cache.h"

#include "lib/base/check.h"

namespace tokenwalk {

//! [06-kv-cache]
KvCache::KvCache(const Model& model) : rotary_(std::make_shared<RotaryTable>(model.config)) {
  for (std::size_t i = 0; i < model.config.n_layers; ++i) {
    layers_.push_back(model.kernels->kv_create(model.config.attention, model.kv_type));
  }
}

void KvCache::truncate(std::size_t length) {
  // BEGIN SOLUTION 06.1
  CHECK_LE(length, length_);
  length_ = length;
  // END SOLUTION
}

std::size_t KvCache::bytes() const {
  // BEGIN SOLUTION 06.2
  std::size_t bytes = 0;
  for (const auto& layer : layers_) bytes += layer->bytes();
  return bytes;
  // END SOLUTION
}
//! [06-kv-cache]

//! [07-fork-cache]
KvCache KvCache::fork(const Model& model) const {
  KvCache other(model);
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    other.layers_[i] = model.kernels->kv_fork(*layers_[i]);
  }
  other.rotary_ = rotary_;
  other.length_ = length_;
  return other;
}
//! [07-fork-cache]

}  // namespace tokenwalk
