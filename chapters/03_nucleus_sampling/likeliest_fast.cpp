#include "chapters/03_nucleus_sampling/likeliest_fast.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>

namespace tokenwalk {
namespace {

// Rounding moves shares of the sum by less than this.
constexpr double kDoubt = 1e-11;

using Terms = std::vector<Term>;

double sum_of(const Terms& terms) {
  double sum = 0;
  for (const Term& term : terms) sum += term.value;
  return sum;
}

std::vector<double> values_of(const Terms& terms) {
  std::vector<double> values(terms.size());
  std::transform(terms.begin(), terms.end(), values.begin(), [](const Term& t) { return t.value; });
  return values;
}

// Keeps the n likeliest, of which the last has the value `least`; of equal ones the lower ids,
// since equal terms are equal to the last bit everywhere. False if another is too close to it.
bool keep(Terms& terms, std::size_t n, double least) {
  bool sure = true;
  std::size_t n_above = 0, n_kept = 0;
  for (const Term& term : terms) n_above += term.value > least ? 1 : 0;
  std::size_t n_equal = n - n_above;
  for (const Term& term : terms) {
    if (term.value > least || (term.value == least && n_equal > 0)) {
      n_equal -= term.value == least ? 1 : 0;
      terms[n_kept++] = term;
    } else {
      sure = sure && (term.value == least || least - term.value > kDoubt * least);
    }
  }
  terms.resize(n_kept);
  return sure;
}

bool cut_top_k(Terms& terms, std::size_t k) {
  if (k >= terms.size()) return true;
  std::vector<double> values = values_of(terms);
  const auto kth = values.begin() + static_cast<std::ptrdiff_t>(k - 1);
  std::nth_element(values.begin(), kth, values.end(), std::greater<>());
  return keep(terms, k, *kth);
}

// The nucleus: it reaches `enough`, which is known up to `doubt`. Halves of the values that are all
// inside or all outside are not sorted.
bool cut_top_p(Terms& terms, double enough, double doubt) {
  std::vector<double> values = values_of(terms);
  auto begin = values.begin(), end = values.end();
  double inside = 0;
  while (end - begin > 32) {
    const auto middle = begin + (end - begin) / 2;
    std::nth_element(begin, middle, end, std::greater<>());
    const double half = std::accumulate(begin, middle, 0.0);
    if (inside + half >= enough) {
      end = middle;
    } else {
      inside += half;
      begin = middle;
    }
  }
  std::sort(begin, end, std::greater<>());
  for (; begin != end; ++begin) {
    const bool first = begin == values.begin();
    if (!first && std::abs(inside - enough) < doubt) return false;
    inside += *begin;
    if (std::abs(inside - enough) < doubt) return false;
    if (inside < enough) continue;
    return keep(terms, static_cast<std::size_t>(begin - values.begin()) + 1, *begin);
  }
  return false;  // the list is too short
}

bool cut_min_p(Terms& terms, double min_p) {
  double best = 0;
  for (const Term& term : terms) best = std::max(best, term.value);
  const double least = min_p * best;
  for (const Term& term : terms) {
    if (term.value != best && std::abs(term.value - least) < kDoubt * best) return false;
  }
  std::erase_if(terms, [&](const Term& t) { return t.value < least && t.value != best; });
  return true;
}

std::optional<int> draw_term(const Terms& terms, double u) {
  const double sum = sum_of(terms);
  double running = 0;
  for (const Term& term : terms) {
    running += term.value / sum;
    if (std::abs(running - u) < kDoubt) return {};
    if (u < running) return term.id;
  }
  return {};
}

}  // namespace

std::optional<int> sample_likeliest(Likeliest likeliest, const SamplingOptions& options, double u) {
  auto& [terms, rest, rest_error] = likeliest;
  if (options.top_k > 0) {
    if (!cut_top_k(terms, static_cast<std::size_t>(options.top_k))) return {};
    rest = rest_error = 0;
  }
  if (options.top_p < 1) {
    const double sum = sum_of(terms) + rest;
    const bool whole = options.top_k > 0;
    const std::size_t n = terms.size();
    if (!cut_top_p(terms, (options.top_p - kReached) * sum, rest_error + kDoubt * sum)) return {};
    if (!whole && terms.size() == n) return {};  // ids that are not there may be as likely
  }
  if (options.min_p > 0 && !cut_min_p(terms, options.min_p)) return {};
  return draw_term(terms, u);
}

}  // namespace tokenwalk
