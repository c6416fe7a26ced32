#include "chapters/09_ragged_batch/ragged_batch.h"

#include <algorithm>
#include <utility>

#include "lib/base/check.h"

namespace tokenwalk {

//! [09-share-rows]
std::vector<std::size_t> share_rows(std::span<const std::size_t> unfed, std::size_t prompt_rows) {
  // BEGIN SOLUTION 09.1
  std::vector<std::size_t> shares;
  for (const std::size_t n : unfed) {
    const std::size_t more = std::min(n - 1, prompt_rows);
    prompt_rows -= more;
    shares.push_back(1 + more);
  }
  return shares;
  // END SOLUTION
}
//! [09-share-rows]

//! [09-join]
std::size_t RaggedBatch::join(std::span<const int> prompt,
                              std::span<const GenerateOptions> samples) {
  CHECK_GE(samples.size(), std::size_t{1});
  for (const GenerateOptions& options : samples) check_generate(model_->config, prompt, options);
  const std::size_t first = texts_.size();
  Sequence sequence = {{prompt.begin(), prompt.end()}, KvCache(*model_), {}};
  for (const GenerateOptions& options : samples) {
    sequence.texts.push_back(texts_.size());
    texts_.push_back({options, {}, false, nullptr});
  }
  running_.push_back(std::move(sequence));
  return first;
}

std::size_t RaggedBatch::join(std::span<const int> prompt, const GenerateOptions& options) {
  return join(prompt, std::span(&options, 1));
}

void RaggedBatch::leave(std::size_t text) {
  if (ended(text)) return;
  texts_[text].ended = true;
  texts_[text].result.finish = Finish::kCallback;
}
//! [09-join]

const Generated& RaggedBatch::result(std::size_t text) const {
  const Text& found = texts_.at(text);
  if (found.error) std::rethrow_exception(found.error);
  return found.result;
}

Generated RaggedBatch::take(std::size_t text) {
  CHECK(ended(text));
  Text taken = std::exchange(texts_[text], Text{{}, {}, true, nullptr});
  if (taken.error) std::rethrow_exception(taken.error);
  return std::move(taken.result);
}

const KvCache* RaggedBatch::cache(std::size_t text) const {
  if (ended(text)) return nullptr;
  for (const Sequence& sequence : running_) {
    const auto& texts = sequence.texts;
    if (std::find(texts.begin(), texts.end(), text) != texts.end()) return &sequence.cache;
  }
  return nullptr;
}

// Texts that have ended leave their sequences; a sequence without texts is given back.
void RaggedBatch::drop_ended() {
  for (Sequence& sequence : running_) {
    std::erase_if(sequence.texts, [&](std::size_t text) { return texts_[text].ended; });
  }
  std::erase_if(running_, [](const Sequence& sequence) { return sequence.texts.empty(); });
}

//! [09-rows]
// The next shares[s] ids of each sequence as rows. A prompt's last id and a new token are the same
// thing: a row whose logits somebody waits for.
std::vector<ForwardRow> RaggedBatch::rows_of(std::span<const std::size_t> shares) {
  std::vector<ForwardRow> rows;
  // BEGIN SOLUTION 09.2
  for (std::size_t s = 0; s < running_.size(); ++s) {
    Sequence& sequence = running_[s];
    for (std::size_t i = 0; i < shares[s]; ++i) {
      const std::size_t position = sequence.cache.length() + i;  // its own, not the batch's
      const bool last = position + 1 == sequence.ids.size();
      rows.push_back({sequence.ids[position], position, &sequence.cache, last});
    }
  }
  // END SOLUTION
  return rows;
}
//! [09-rows]

//! [09-take-token]
// What follows a text's last id: a new token, or the end, in the order of chapter 06's decode.
// Returns whether the text goes on.
bool RaggedBatch::take_token(Text& text, std::vector<int>& ids,
                             std::span<const float> logits) const {
  // BEGIN SOLUTION 09.3
  const GenerateOptions& options = text.options;
  Generated& result = text.result;
  if (options.max_new_tokens == 0) return false;
  if (ids.size() < model_->config.context) {
    const int id = sample_at(logits, ids.size(), options);  // its own position, its own stream
    ids.push_back(id);
    result.tokens.push_back(id);
    const bool go_on = !options.on_token || options.on_token(id);
    if (ends_text(model_->config, id, result.tokens.size(), options, result.finish)) return false;
    if (!go_on) {
      result.finish = Finish::kCallback;
      return false;
    }
  }
  if (ids.size() < model_->config.context) return true;
  result.finish = Finish::kContextFull;
  return false;
  // END SOLUTION
}
//! [09-take-token]

// What a text throws ends it alone.
bool RaggedBatch::goes_on(Sequence& own, std::span<const float> logits) {
  Text& text = texts_[own.texts.front()];
  if (text.ended) return false;  // left in another one's callback
  try {
    if (!take_token(text, own.ids, logits)) text.ended = true;
  } catch (...) {
    text.error = std::current_exception();
    text.ended = true;
  }
  return !text.ended;
}

//! [09-part]
// The samples of a prompt that has been fed: from here on each has a sequence of its own.
std::vector<RaggedBatch::Sequence> RaggedBatch::part(Sequence shared) const {
  std::vector<Sequence> own;
  for (std::size_t i = 0; i + 1 < shared.texts.size(); ++i) {
    own.push_back({shared.ids, shared.cache.fork(*model_), {shared.texts[i]}});
  }
  shared.texts = {shared.texts.back()};
  own.push_back(std::move(shared));
  return own;
}
//! [09-part]

//! [09-step]
bool RaggedBatch::step() {
  drop_ended();
  if (running_.empty()) return false;
  std::vector<std::size_t> unfed;
  for (const Sequence& sequence : running_) unfed.push_back(sequence.unfed());
  const std::vector<std::size_t> shares = share_rows(unfed, prompt_rows_);
  const std::vector<float> logits = forward_cached(*model_, rows_of(shares));  // [n_wanted, vocab]
  for (std::size_t s = 0; s < running_.size(); ++s) {
    texts_[running_[s].texts.front()].result.evaluated += shares[s];
  }
  hand_out(logits);
  return !running_.empty();
}
//! [09-step]

//! [09-hand-out]
// Each sequence that has fed all its ids takes the next row of logits; the others wait.
void RaggedBatch::hand_out(std::span<const float> logits) {
  // BEGIN SOLUTION 09.4
  for (Sequence& sequence : std::exchange(running_, {})) {
    if (sequence.unfed() > 0) {
      running_.push_back(std::move(sequence));
      continue;
    }
    const std::span<const float> row = logits.first(model_->config.vocab);
    logits = logits.subspan(row.size());
    for (Sequence& own : part(std::move(sequence))) {
      if (goes_on(own, row)) running_.push_back(std::move(own));
    }
  }
  // END SOLUTION
}
//! [09-hand-out]

//! [09-generate-batch]
std::vector<Generated> generate_batch(const Model& model, std::span<const BatchRequest> requests,
                                      std::size_t prompt_rows) {
  RaggedBatch batch(model, prompt_rows);
  for (const BatchRequest& request : requests) batch.join(request.prompt, request.options);
  while (batch.step()) {
  }
  std::vector<Generated> results;
  for (std::size_t i = 0; i < requests.size(); ++i) results.push_back(batch.take(i));
  return results;
}
//! [09-generate-batch]

}  // namespace tokenwalk
