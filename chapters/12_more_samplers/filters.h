#pragma once

#include "chapters/03_nucleus_sampling/nucleus.h"

namespace tokenwalk {

// Cuts beside those of chapter 03: a sorted list of candidates in, a sorted list out, never empty,
// renormalised, in the order of more_likely. The first and the third may drop the likeliest one:
// that is what they are for.

/// Locally typical sampling. A candidate's surprise is -ln(prob), and H, the entropy, is the mean
/// surprise. Keeps the smallest set, those whose surprise is nearest to H first (ties: lower id
/// first), that reaches p as in cut_nucleus (kReached). p = 1: off. p = 0: the most typical one.
/// Source: Meister, Pimentel, Wiher, Cotterell, "Locally typical sampling" (2022). transformers
/// keeps all that tie with the last one; llama.cpp goes on until the sum is above p.
Candidates cut_typical(Candidates candidates, double p);

/// Keeps what has a logit of at least max - n * sigma, sigma being the standard deviation of the
/// candidates' logits (over all of them: divided by their number, as llama.cpp does). The
/// temperature cannot change what is kept. 0: off.
/// Source: Tang, Liu, Xu, Shen, Wang, "Top-n sigma: not all logits are you need" (2024).
Candidates cut_top_n_sigma(Candidates candidates, double n);

/// "Exclude top choices": if coin < probability, removes every candidate with prob >= threshold but
/// the least likely of them (its ties stay). Less than two such: nothing happens. A candidate of
/// probability 0 is no top choice. coin: uniform in [0, 1), a parameter like u.
/// Source: p-e-w, oobabooga/text-generation-webui pull request 6335 (2024).
Candidates cut_xtc(Candidates candidates, double probability, double threshold, double coin);

}  // namespace tokenwalk
