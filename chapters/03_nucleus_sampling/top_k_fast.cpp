#include "chapters/03_nucleus_sampling/top_k_fast.h"

#include <algorithm>
#include <cmath>

namespace tokenwalk {
namespace {

// Rounding moves shares of the sum by less than this.
constexpr double kDoubt = 1e-11;

bool likelier(const Term& a, const Term& b) {
  return a.value != b.value ? a.value > b.value : a.id < b.id;
}

// Whether the order of two neighbours is sure: equal terms are equal to the last bit everywhere.
bool sure_order(const Term& a, const Term& b) {
  return a.value == b.value || a.value - b.value > kDoubt * a.value;
}

double sum_of(std::span<const Term> terms) {
  double sum = 0;
  for (const Term& term : terms) sum += term.value;
  return sum;
}

// The first n of the terms, or none if that cut is in doubt.
std::span<Term> cut_at(std::span<Term> terms, std::size_t n) {
  if (n < terms.size() && !sure_order(terms[n - 1], terms[n])) return {};
  return terms.first(n);
}

std::span<Term> cut_top_p(std::span<Term> terms, double p) {
  const double sum = sum_of(terms), enough = p - kReached;
  double running = 0;
  for (std::size_t n = 1; n <= terms.size(); ++n) {
    running += terms[n - 1].value / sum;
    if (std::abs(running - enough) < kDoubt) return {};
    if (running >= enough) return cut_at(terms, n);
  }
  return {};
}

std::span<Term> cut_by_min_p(std::span<Term> terms, double min_p) {
  const double best = terms[0].value, least = min_p * best;
  std::size_t n = 0;
  while (n < terms.size() && (terms[n].value == best || terms[n].value >= least)) {
    if (terms[n].value != best && terms[n].value - least < kDoubt * best) return {};
    ++n;
  }
  const bool sure = n == terms.size() || least - terms[n].value > kDoubt * best;
  return sure ? terms.first(n) : std::span<Term>();
}

std::optional<int> draw_term(std::span<Term> terms, double u) {
  std::sort(terms.begin(), terms.end(), [](const Term& a, const Term& b) { return a.id < b.id; });
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

std::optional<int> sample_top_k(std::span<Term> terms, const SamplingOptions& options, double u) {
  std::sort(terms.begin(), terms.end(), likelier);
  terms = cut_at(terms, std::min(terms.size(), static_cast<std::size_t>(options.top_k)));
  if (!terms.empty() && options.top_p < 1) terms = cut_top_p(terms, options.top_p);
  if (!terms.empty() && options.min_p > 0) terms = cut_by_min_p(terms, options.min_p);
  if (terms.empty()) return {};
  return draw_term(terms, u);
}

}  // namespace tokenwalk
