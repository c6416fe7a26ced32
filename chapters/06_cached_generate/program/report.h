#pragma once

#include <string>
#include <vector>

#include "chapters/04_transformer/program/book_model.h"

namespace tokenwalk {

// The longer parts of what the chapter's program prints, as text.

/// The tokens that each loop hands to the model at each of n_steps steps.
std::string report_fed(BookModel& book, const std::vector<int>& prompt, int n_steps);

/// The right loop and the known-wrong ones side by side: what n new tokens leave in the cache.
std::string report_loops(const BookModel& book, const std::vector<int>& prompt, int n);

/// A second turn after n new tokens: with the last token fed first, and as if the cache held it.
std::string report_next_turn(const BookModel& book, const std::vector<int>& prompt, int n);

/// Whether a cache accepts a row whose position is the number of the step.
std::string report_wrong_position(const BookModel& book, const std::vector<int>& prompt);

}  // namespace tokenwalk
