#pragma once

#include <cstddef>
#include <deque>
#include <exception>
#include <span>
#include <vector>

#include "chapters/06_cached_generate/generate_cached.h"

namespace tokenwalk {

/// Ids of prompts that one step runs at most, besides the one id that every text feeds.
inline constexpr std::size_t kPromptRows = 64;

/// How many ids each text feeds in a step. unfed: how many each has, at least 1, in the order in
/// which they joined. Everybody feeds one, so that nobody waits; who has more (a prompt) feeds
/// more, at most prompt_rows more in all, the earliest first.
std::vector<std::size_t> share_rows(std::span<const std::size_t> unfed, std::size_t prompt_rows);

/// Texts that go through the model together, one pass over the weights for a token of each. A text
/// is a prompt and what follows; each has its own positions, its own end and its own stream of
/// random numbers. Texts join and leave between steps.
/// What comes out for a text is what generate_cached gives for it alone, to the last bit: tokens,
/// finish, logits, K and V. There is no padding, and no id is fed that is not in a text.
/// The model must outlive the batch. One thread at a time; on_token and pick may join and leave.
class RaggedBatch {
 public:
  /// prompt_rows bounds how long a step takes while prompts come in; 0: one id of each a step.
  explicit RaggedBatch(const Model& model, std::size_t prompt_rows = kPromptRows)
      : model_(&model), prompt_rows_(prompt_rows) {}

  /// A text joins and takes part from the next step on. Returns its number: 0, 1, 2, ... in the
  /// order of joining. Throws what check_generate throws; then nothing has changed.
  std::size_t join(std::span<const int> prompt, const GenerateOptions& options);

  /// Several texts with one prompt, which goes through the model once. Their numbers follow each
  /// other; returns the first. samples: at least one.
  std::size_t join(std::span<const int> prompt, std::span<const GenerateOptions> samples);

  /// Ends a text where it is, with Finish::kCallback; nothing if it has ended.
  void leave(std::size_t text);

  /// One call of forward_cached: each running text gets a new token, or feeds a part of its prompt.
  /// Returns whether any text is left running. Order of the callbacks: the order of joining.
  /// A text whose callback throws, or whose logits cannot be sampled from, ends alone.
  bool step();

  /// What a text has so far, `evaluated` included; positions that samples share count for the first
  /// of them. Throws what ended the text, if something was thrown.
  const Generated& result(std::size_t text) const;

  bool ended(std::size_t text) const { return texts_.at(text).ended; }

  /// The result of a text that has ended, moved out: the batch keeps nothing of the text but its
  /// number, so it can run for ever. Throws what ended the text, if something was thrown.
  Generated take(std::size_t text);

  /// K and V of a running text; null if it has ended. Samples share one until their prompt is fed.
  const KvCache* cache(std::size_t text) const;

 private:
  struct Text {
    GenerateOptions options;
    Generated result;
    bool ended = false;
    std::exception_ptr error;
  };

  // Ids, and K and V for the first of them. Samples of one prompt share a sequence until it is fed.
  struct Sequence {
    std::vector<int> ids;
    KvCache cache;
    std::vector<std::size_t> texts;

    std::size_t unfed() const { return ids.size() - cache.length(); }
  };

  void drop_ended();
  std::vector<ForwardRow> rows_of(std::span<const std::size_t> shares);
  bool take_token(Text& text, std::vector<int>& ids, std::span<const float> logits) const;
  bool goes_on(Sequence& own, std::span<const float> logits);
  std::vector<Sequence> part(Sequence shared) const;
  void hand_out(std::span<const float> logits);

  const Model* model_;
  std::size_t prompt_rows_;
  std::deque<Text> texts_;         // by number; joining moves none of them
  std::vector<Sequence> running_;  // in the order of joining
};

/// A prompt and how to go on from it.
struct BatchRequest {
  std::vector<int> prompt;
  GenerateOptions options;
};

/// All requests together; each result is what generate_cached gives for the request alone. All are
/// checked before anything runs. Throws the first error of a text after the others have ended.
std::vector<Generated> generate_batch(const Model& model, std::span<const BatchRequest> requests,
                                      std::size_t prompt_rows = kPromptRows);

}  // namespace tokenwalk
