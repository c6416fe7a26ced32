#include "tests/unit/chain_oracle.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "tests/unit/oracle_steps.h"

namespace tokenwalk {
namespace {

using oracle::Entries;
using oracle::Entry;
using Shaped = std::vector<long double>;
using Ids = std::vector<int>;

constexpr long double kBanned = -std::numeric_limits<long double>::infinity();

Ids window(const History& history, int last_n) {
  Ids ids(history.ids.begin(), history.ids.end());
  while (last_n >= 0 && ids.size() > static_cast<std::size_t>(last_n)) ids.erase(ids.begin());
  return ids;
}

// ---- steps on logits -------------------------------------------------------------------------

void penalise_slowly(Shaped& logits, const Ids& text, const PenaltyOptions& options) {
  for (std::size_t id = 0; id < logits.size(); ++id) {
    const auto count = std::count(text.begin(), text.end(), static_cast<int>(id));
    if (count == 0) continue;
    long double& logit = logits[id];
    logit = logit > 0 ? logit / options.repetition : logit * options.repetition;
    logit -= static_cast<long double>(options.frequency) * count + options.presence;
  }
}

bool ends_with(const Ids& text, const Ids& end) {
  return end.size() <= text.size() &&
         Ids(text.end() - static_cast<long>(end.size()), text.end()) == end;
}

bool contains(const Ids& text, const Ids& part) {
  Ids begin;
  for (const int id : text) {
    begin.push_back(id);
    if (ends_with(begin, part)) return true;
  }
  return part.empty();
}

// Each id is tried: may it come after this text?
bool may_come(int id, const History& history, const BiasOptions& options) {
  const Ids before(history.ids.begin(), history.ids.end());
  Ids after = before;
  after.push_back(id);
  const auto among = [id](const auto& ids) {
    return std::find(ids.begin(), ids.end(), id) != ids.end();
  };
  if (options.allowed && !among(*options.allowed)) return false;
  for (const Ids& banned : options.banned) {
    if (ends_with(after, banned)) return false;
  }
  const auto n = static_cast<std::size_t>(options.no_repeat_ngram);
  if (n > 0 && n <= after.size()) {
    const Ids last(after.end() - static_cast<long>(n), after.end());
    if (contains(before, last)) return false;
  }
  const bool may_end = history.n_new >= static_cast<std::size_t>(options.min_new_tokens);
  return may_end || !among(history.end_ids);
}

void bias_slowly(Shaped& logits, const History& history, const BiasOptions& options) {
  for (std::size_t i = 0; i < logits.size(); ++i) {
    const int id = static_cast<int>(i);
    if (options.logit_bias.count(id) > 0) logits[i] += options.logit_bias.at(id);
    if (!may_come(id, history, options)) logits[i] = kBanned;
  }
}

// The longest repeat that `id` would go on with, by trying all lengths at all places; -1: none.
long longest_repeat(int id, const Ids& text, const DryOptions& options) {
  long longest = -1;
  for (std::size_t next = 1; next < text.size(); ++next) {
    if (text[next] != id) continue;
    const Ids before(text.begin(), text.begin() + static_cast<long>(next));
    Ids end;
    for (std::size_t length = 0; length <= before.size(); ++length) {
      if (length > 0) end.insert(end.begin(), text[text.size() - length]);
      bool crosses = false;
      for (const Ids& breaker : options.breakers) crosses = crosses || contains(end, breaker);
      // A breaker that ends before `end` begins may share ids with it.
      for (const Ids& breaker : options.breakers) {
        for (std::size_t at = 0; at + breaker.size() <= text.size(); ++at) {
          const bool here =
              std::equal(breaker.begin(), breaker.end(), text.begin() + static_cast<long>(at));
          crosses = crosses || (here && at + breaker.size() > text.size() - length);
        }
      }
      if (ends_with(before, end) && !crosses)
        longest = std::max(longest, static_cast<long>(length));
    }
  }
  return longest;
}

void dry_slowly(Shaped& logits, const Ids& text, const DryOptions& options) {
  if (options.multiplier == 0) return;
  for (std::size_t i = 0; i < logits.size(); ++i) {
    const int id = static_cast<int>(i);
    if (std::find(options.breakers.begin(), options.breakers.end(), Ids{id}) !=
        options.breakers.end())
      continue;
    const long length = longest_repeat(id, text, options);
    if (length < options.allowed_length) continue;
    const long double power =
        std::pow(static_cast<long double>(options.base), length - options.allowed_length);
    logits[i] -= options.multiplier * std::min(power, 0x1p128L);
  }
}

void shape_slowly(Shaped& logits, ChainStep step, const ChainOptions& o, const History& history) {
  if (step == ChainStep::kPenalties)
    penalise_slowly(logits, window(history, o.penalties.last_n), o.penalties);
  if (step == ChainStep::kBias) bias_slowly(logits, history, o.bias);
  if (step == ChainStep::kDry) dry_slowly(logits, window(history, o.dry.last_n), o.dry);
}

bool is_shaping(ChainStep step) {
  return step == ChainStep::kPenalties || step == ChainStep::kBias || step == ChainStep::kDry;
}

// ---- steps on candidates ---------------------------------------------------------------------

// Those whose id is in `ids`, in their order, renormalised.
void keep_ids(Entries& entries, const Ids& ids) {
  std::erase_if(entries, [&](const Entry& e) {
    return std::find(ids.begin(), ids.end(), e.id) == ids.end();
  });
  oracle::keep(entries, entries.size());
}

// Takes the nearest one again and again.
void typical_slowly(Entries& entries, double p, bool& clear) {
  if (p == 1) return;
  const auto surprise = [](const Entry& e) { return e.prob > 0 ? -std::log(e.prob) : HUGE_VALL; };
  long double mean = 0, running = 0;
  for (const Entry& e : entries) mean += e.prob > 0 ? e.prob * surprise(e) : 0;
  Ids taken;
  Entries left = entries;
  while (!left.empty() && (taken.empty() || running < p - 1e-6L)) {
    auto best = left.begin();
    for (auto e = left.begin(); e != left.end(); ++e) {
      const long double ahead = std::abs(surprise(*best) - mean) - std::abs(surprise(*e) - mean);
      const bool same = e->logit == best->logit || (e->prob == 0 && best->prob == 0);
      clear = clear && (same || std::abs(ahead) > 1e-10L);
      if (same ? e->id < best->id : ahead > 0) best = e;
    }
    taken.push_back(best->id);
    running += best->prob;
    clear = clear && std::abs(running - (p - 1e-6L)) > oracle::kDoubt;
    left.erase(best);
  }
  keep_ids(entries, taken);
}

void sigma_slowly(Entries& entries, double n, bool& clear) {
  if (n == 0) return;
  long double mean = 0, square = 0, max = kBanned;
  for (const Entry& e : entries) {
    mean += e.logit / entries.size();
    max = std::max(max, e.logit);
  }
  for (const Entry& e : entries) square += (e.logit - mean) * (e.logit - mean) / entries.size();
  Ids ids;
  for (const Entry& e : entries) {
    const long double above = e.logit - (max - n * std::sqrt(square));
    clear = clear && (e.logit == max || std::abs(above) > 1e-9L * (1 + std::abs(max)));
    if (above >= 0 || e.logit == max) ids.push_back(e.id);
  }
  keep_ids(entries, ids);
}

void xtc_slowly(Entries& entries, const ChainOptions& o, double coin, bool& clear) {
  if (coin >= o.xtc_probability) return;
  Entries top, rest;
  for (const Entry& e : entries) {
    clear = clear && std::abs(e.prob - o.xtc_threshold) > oracle::kDoubt;
    const bool is_top = e.prob >= o.xtc_threshold && e.prob > 0;
    (is_top ? top : rest).push_back(e);
  }
  if (top.size() < 2) return;
  Ids ids;
  for (const Entry& e : rest) ids.push_back(e.id);
  for (const Entry& e : top) {
    clear = clear && !oracle::close_but_different(e, top.back());
    if (e.logit == top.back().logit) ids.push_back(e.id);
  }
  keep_ids(entries, ids);
}

void cut_slowly(Entries& entries, ChainStep step, const ChainOptions& o, double coin, bool& clear) {
  if (step == ChainStep::kTemperature) oracle::heat(entries, o.basic.temperature, clear);
  if (step == ChainStep::kTopK) oracle::cut_k(entries, o.basic.top_k, clear);
  if (step == ChainStep::kTypicalP) typical_slowly(entries, o.typical_p, clear);
  if (step == ChainStep::kTopP) oracle::cut_p(entries, o.basic.top_p, clear);
  if (step == ChainStep::kMinP) oracle::cut_min(entries, o.basic.min_p, clear);
  if (step == ChainStep::kTopNSigma) sigma_slowly(entries, o.top_n_sigma, clear);
  if (step == ChainStep::kXtc) xtc_slowly(entries, o, coin, clear);
}

Entries to_entries(const Shaped& logits) {
  Entries entries;
  for (std::size_t i = 0; i < logits.size(); ++i) {
    if (logits[i] != kBanned) entries.push_back({static_cast<int>(i), logits[i], 0});
  }
  return entries;
}

// ---- random settings -------------------------------------------------------------------------

std::vector<Ids> random_sequences(Dice& dice, std::size_t vocab) {
  std::vector<Ids> sequences;
  for (std::size_t n = dice.below(4); n > 0; --n) {
    sequences.push_back(dice.ids(dice.between(1, 3), vocab));
  }
  return sequences;
}

int random_window(Dice& dice) {
  return dice.chance(0.5) ? -1 : static_cast<int>(dice.below(30));
}

BiasOptions random_bias(Dice& dice, std::size_t vocab) {
  BiasOptions bias;
  for (std::size_t n = dice.below(4); n > 0; --n) {
    const int id = static_cast<int>(dice.below(vocab));
    bias.logit_bias[id] = dice.chance(0.2) ? -std::numeric_limits<double>::infinity()
                                           : std::floor(dice.real(-8, 8)) / 4;
  }
  if (dice.chance(0.2)) bias.allowed = dice.ids(dice.between(1, vocab), vocab);
  if (dice.chance(0.5)) bias.banned = random_sequences(dice, vocab);
  bias.no_repeat_ngram = static_cast<int>(dice.below(4));
  bias.min_new_tokens = static_cast<int>(dice.below(3));
  return bias;
}

}  // namespace

OracleChain oracle_chain(std::span<const float> logits, const ChainOptions& options,
                         const History& history, double coin) {
  OracleChain result;
  result.shaped.assign(logits.begin(), logits.end());
  Entries entries = to_entries(result.shaped);
  bool& clear = result.distribution.clear;
  oracle::make_probs(entries, clear);
  for (const ChainStep step : options.order) {
    if (!is_shaping(step)) {
      cut_slowly(entries, step, options, coin, clear);
      continue;
    }
    Shaped here(logits.size(), kBanned);
    for (const Entry& e : entries) here[static_cast<std::size_t>(e.id)] = e.logit;
    shape_slowly(result.shaped, step, options, history);
    shape_slowly(here, step, options, history);
    entries = to_entries(here);
    if (entries.empty()) return result;
    oracle::make_probs(entries, clear);
  }
  for (std::size_t i = 0; i < entries.size(); ++i) {
    clear = clear && (i == 0 || !oracle::close_but_different(entries[i - 1], entries[i]));
    result.distribution.ids.push_back(entries[i].id);
    result.distribution.probs.push_back(entries[i].prob);
  }
  return result;
}

ChainOptions random_chain(Dice& dice, std::size_t vocab) {
  ChainOptions options;
  options.basic = random_options(dice, vocab);
  const double temperatures[] = {0, 0.5, 0.8, 1, 1, 2, dice.real(0.1, 3)};
  options.basic.temperature = temperatures[dice.below(7)];
  const double repetitions[] = {1, 1.25, 2, 0.5, dice.real(0.5, 2)};
  options.penalties = {repetitions[dice.below(5)], std::floor(dice.real(-2, 5)) / 4,
                       dice.chance(0.5) ? 0 : dice.real(-1, 2), random_window(dice)};
  options.bias = random_bias(dice, vocab);
  options.dry = {dice.chance(0.3) ? 0 : dice.real(0, 2), dice.chance(0.2) ? 1 : dice.real(1, 2),
                 static_cast<int>(dice.below(4)), random_window(dice),
                 random_sequences(dice, vocab)};
  const double ps[] = {1, 1, 0, 0.5, 0.9, dice.uniform()};
  options.typical_p = ps[dice.below(6)];
  options.top_n_sigma = dice.chance(0.5) ? 0 : dice.real(0, 3);
  options.xtc_probability = ps[dice.below(6)];
  options.xtc_threshold = dice.chance(0.2) ? 0 : dice.real(0, 0.5);
  if (dice.chance(0.5)) return options;
  std::vector<ChainStep>& order = options.order;
  for (std::size_t i = order.size() - 1; i > 0; --i) std::swap(order[i], order[dice.below(i + 1)]);
  order.resize(dice.between(0, order.size()));
  return options;
}

}  // namespace tokenwalk
