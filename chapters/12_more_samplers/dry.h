#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "chapters/12_more_samplers/options.h"

namespace tokenwalk {

/// For each place of a text: how many ids up to and with it are the same as those at the end of
/// the text. A place may overlap the end; the last place counts the whole text.
///     text     a b c c b c y a b c
///     repeats  0 0 3 1 0 2 0 0 0 10
/// Cost: the length of the text, by the Z algorithm (Gusfield, "Algorithms on strings, trees, and
/// sequences", 1997) on the reversed text.
std::vector<std::size_t> suffix_repeats(std::span<const int> text);

/// How many ids stand behind the last breaker that is complete; all of them if there is none.
std::size_t length_after_breaker(std::span<const int> text,
                                 std::span<const std::vector<int>> breakers);

/// "Don't repeat yourself": where the end of the text (its last `last_n` ids) was there before,
/// `length` ids long and at least allowed_length, the id that came next then is made less likely:
///
///     logit - multiplier * base^(length - allowed_length)        by the longest such repeat
///
/// No repeat goes back across a breaker, and an id that is a breaker by itself is never penalised.
/// base^... counts as at most 2^128, and no id is masked. logits: [vocab], in place.
/// Source: p-e-w, oobabooga/text-generation-webui pull request 5677 (2024); lengths and breakers of
/// several ids as llama.cpp counts them, except that here all breakers count: llama.cpp takes the
/// one that begins last, even if a longer one ends behind it.
void apply_dry(std::span<double> logits, std::span<const int> history, const DryOptions& options);

}  // namespace tokenwalk
