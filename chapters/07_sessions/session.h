#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <utility>
#include <vector>

#include "chapters/06_cached_generate/generate_cached.h"

namespace tokenwalk {

/// A text that goes on: its ids, and K and V for a prefix of them.
///
///     tokens()   all input and all sampled ids in order, nothing twice, nothing lost
///     cached()   positions whose K and V are held; they come from exactly tokens()[0 .. cached())
///     pending()  tokens() - cached(): 0 or 1 between calls
///
/// After N >= 1 new tokens one id is pending: it was sampled, nobody has asked yet what follows,
/// and the next call feeds it first. With nothing pending the logits of the last position are kept.
/// What comes out depends on the weights, the ids, the options and the seed alone: not on chunks,
/// on threads, or on how the text came about. The model must outlive the session.
class Session {
 public:
  explicit Session(const Model& model) : model_(&model), cache_(model) {}

  /// Appends new_ids and samples from there: new_ids may be empty, max_new_tokens may be 0. N new
  /// tokens evaluate what was not cached before and N - 1 positions more. A text that fills the
  /// context ends with Finish::kContextFull, even with no new token.
  /// Errors leave the session as it was: bad options or ids (kBadValue), no tokens at all
  /// (kBadValue: nothing to condition on), more ids than the context holds (kCapacity).
  /// If options.on_token throws, the tokens it has heard of stay in the session.
  Generated generate(std::span<const int> new_ids, const GenerateOptions& options);

  /// Feeds the pending id, if there is one; returns how many positions that evaluated, 0 or 1.
  std::size_t flush();

  /// Keeps the first n ids. The logits of the new last one are gone, so it becomes pending:
  /// cached() = min(cached(), n - 1). n = all: no change. n = 0: an empty session. n beyond the
  /// text throws Error(kBadValue).
  void truncate(std::size_t n);

  /// Makes the text equal to `ids` and feeds what is new: K and V of the longest common prefix are
  /// kept, at most ids.size() - 1 of them, so that there are logits to go on from. Returns the
  /// positions evaluated. Errors as in generate. Afterwards nothing is pending.
  std::size_t sync(std::span<const int> ids);

  /// Another session that goes on from here on its own. K and V are shared by blocks of kKvBlock
  /// positions until one of the two writes into a block (with the kernel set `reference` they are
  /// copied). Forks must not be used by several threads at once.
  Session fork() const;

  const Model& model() const { return *model_; }
  const std::vector<int>& tokens() const { return ids_; }
  std::size_t cached() const { return cache_.length(); }
  std::size_t pending() const { return ids_.size() - cache_.length(); }
  const KvCache& cache() const { return cache_; }

  /// The logits behind the last position, [vocab]; empty while an id is pending or there is none.
  const std::vector<float>& logits() const { return logits_; }

 private:
  friend Session load_session(const Model& model, const std::filesystem::path& path);
  Session(const Model& model, std::vector<int> ids, KvCache cache, std::vector<float> logits)
      : model_(&model),
        ids_(std::move(ids)),
        cache_(std::move(cache)),
        logits_(std::move(logits)) {}

  std::size_t feed_pending(std::size_t chunk);

  const Model* model_;
  std::vector<int> ids_;
  KvCache cache_;
  std::vector<float> logits_;
};

}  // namespace tokenwalk
