#pragma once

#include <span>

#include "chapters/12_more_samplers/options.h"

namespace tokenwalk {

/// Makes ids less likely that stand in the last `last_n` ids of the text, prompt and new tokens
/// alike, however often each stands there:
///
///     repetition   logit / r if it is above 0, else logit * r; once for each distinct id
///     then         logit - count * frequency - presence
///
/// logits: [vocab], in place; masked ones stay masked. Cost: the length of the text.
/// Sources: repetition, Keskar and others, "CTRL" (2019), with the two cases that transformers
/// added; frequency and presence, OpenAI's API reference. Where engines differ: CTRL and
/// transformers look at the whole text, llama.cpp at the last 64 ids (set last_n); vLLM counts
/// frequency and presence in the new tokens only. Here all three see the same ids, so that a text
/// which is made in several calls is the same text.
void penalise(std::span<double> logits, std::span<const int> history,
              const PenaltyOptions& options);

}  // namespace tokenwalk
