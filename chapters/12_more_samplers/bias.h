#pragma once

#include <map>
#include <span>
#include <vector>

#include "chapters/12_more_samplers/options.h"

namespace tokenwalk {

// For and against chosen ids. logits: [vocab], in place. To ban an id is to mask it: its logit
// becomes -inf, its probability exactly 0.

/// Adds each id's bias; -inf bans it. Source: OpenAI's API reference, logit_bias.
void add_bias(std::span<double> logits, const std::map<int, double>& bias);

/// Bans every id that is not in the list.
void allow_only(std::span<double> logits, std::span<const int> allowed);

/// Bans the last id of each sequence whose other ids are the end of the text. A sequence of one id
/// is banned always. Source: transformers, NoBadWordsLogitsProcessor.
void ban_sequences(std::span<double> logits, std::span<const int> history,
                   std::span<const std::vector<int>> sequences);

/// Bans every id that would complete a sequence of n ids that the text has already; n = 1 bans all
/// its ids, n = 0 none. Cost: n times the length of the text.
/// Source: Paulus, Xiong, Socher, "A deep reinforced model for abstractive summarization" (2017),
/// section 2.5, for n = 3.
void ban_repeated_ngrams(std::span<double> logits, std::span<const int> history, int n);

/// Bans the ids that end a text until `least` tokens are new.
void ban_ends(std::span<double> logits, const History& history, int least);

/// All of the above, in this order.
void apply_bias(std::span<double> logits, const History& history, const BiasOptions& options);

}  // namespace tokenwalk
