#pragma once

#include <cstddef>
#include <string>

#include "tools/tokenwalk/generation.h"

namespace tokenwalk {

/// How full a cache is, as a line to print:
///
///     [######+.............]   6 cached + 1 pending
///
/// # a share of the positions whose K and V are held, + what the pending token would add, . the
/// rest of `most` positions. `most` is at least cached + pending and above 0.
std::string cache_bar(std::size_t cached, std::size_t pending, std::size_t most);

/// What it holds: the layers, the shape of K and of V in each, (1, kv_heads, positions, head_dim),
/// and the bytes; lines that begin with two blanks.
std::string cache_shapes(const Model& model, const KvCache& cache);

/// Watches the cache of a run and prints to standard output how it fills: a line for the prompt, a
/// line for each new token with the token's text or id.
class CacheLines {
 public:
  /// most: positions that the run can reach.
  CacheLines(const Model& model, std::size_t most) : model_(&model), most_(most) {}

  /// Takes the places in a request where this hears of the run, before what is there already; must
  /// outlive it.
  void attach(SampleRequest& request);

  /// cache_shapes of the cache when it was last heard of.
  const std::string& shapes() const { return shapes_; }

 private:
  void print(std::size_t pending, const std::string& what);

  const Model* model_;
  std::size_t most_;
  const KvCache* cache_ = nullptr;
  std::string shapes_;
};

}  // namespace tokenwalk
