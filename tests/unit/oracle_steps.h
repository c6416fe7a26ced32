#pragma once

#include <cstddef>
#include <vector>

// The oracle's candidates in long double and chapter 03's steps on them, worked out independently
// of the chapters. clear becomes false where rounding may decide a cut.

namespace tokenwalk::oracle {

/// Two probabilities so close that double may not tell them apart in the right way.
inline constexpr long double kDoubt = 1e-11L;

struct Entry {
  int id;
  long double logit;  ///< divided by the temperature, not shifted
  long double prob;
};

using Entries = std::vector<Entry>;

/// Most likely first, as double sees it: all that is 0 there is tied. Ties: lower id first.
void make_probs(Entries& entries, bool& clear);

/// The first n, renormalised.
void keep(Entries& entries, std::size_t n);

/// Neighbours that differ, but by so little that double may see a tie, or the other order.
bool close_but_different(const Entry& a, const Entry& b);

void heat(Entries& entries, double temperature, bool& clear);
void cut_k(Entries& entries, int k, bool& clear);
void cut_p(Entries& entries, double p, bool& clear);
void cut_min(Entries& entries, double min_p, bool& clear);

}  // namespace tokenwalk::oracle
