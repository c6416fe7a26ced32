#include "chapters/03_nucleus_sampling/shortlist.h"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <utility>

#include "lib/base/lanes.h"

namespace tokenwalk {
namespace {

double best_prob(const std::vector<Shortlist::Entry>& entries) {
  double best = 0;
  for (const Shortlist::Entry& e : entries) best = std::max(best, e.prob);
  return best;
}

// Groups of probabilities that agree in the exponent and the first four bits behind it: 16 for each
// factor of 2, the best one's group first; the last takes all the rest.
constexpr std::size_t kGroups = 1024;

std::size_t group_of(double prob, double best) {
  const auto below = std::bit_cast<std::uint64_t>(best) - std::bit_cast<std::uint64_t>(prob);
  return std::min<std::size_t>(below >> 48, kGroups - 1);
}

struct Group {
  std::size_t count = 0;
  double mass = 0;
};

// The last group that the first cut reaches into.
std::size_t last_group(const std::vector<Group>& groups, const SamplingOptions& options,
                       double best) {
  if (options.top_k == 0 && options.top_p == 1) return group_of(options.min_p * best, best);
  std::size_t count = 0;
  double mass = 0;
  for (std::size_t g = 0; g < kGroups; ++g) {
    count += groups[g].count;
    mass += groups[g].mass;
    const bool enough = options.top_k > 0 ? count >= static_cast<std::size_t>(options.top_k)
                                          : mass >= options.top_p;
    if (enough) return g;
  }
  return kGroups - 1;
}

// A place and how far it is below the best, in 1024 steps for each factor of 2.
struct Key {
  std::uint32_t below;
  int place;
};

// One round of a radix sort: by 11 bits of `below`, equal ones in the order they had.
void sort_by_bits(std::vector<Key>& keys, std::vector<Key>& sorted, int shift) {
  constexpr std::uint32_t kBuckets = 2048;
  std::vector<std::uint32_t> begins(kBuckets + 1);
  for (const Key& key : keys) ++begins[(key.below >> shift) % kBuckets + 1];
  for (std::uint32_t b = 1; b <= kBuckets; ++b) begins[b] += begins[b - 1];
  for (const Key& key : keys) sorted[begins[(key.below >> shift) % kBuckets]++] = key;
  keys.swap(sorted);
}

// The places, most likely first. Comparing costs a mispredicted branch each time, so the leading
// bits are sorted without, and few are left to compare.
std::vector<int> sorted_places(const std::vector<Shortlist::Entry>& by_id) {
  const std::uint64_t best = std::bit_cast<std::uint64_t>(best_prob(by_id));
  std::vector<Key> keys(by_id.size()), sorted(by_id.size());
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const std::uint64_t below = best - std::bit_cast<std::uint64_t>(by_id[i].prob);
    keys[i] = {static_cast<std::uint32_t>(below >> 42), static_cast<int>(i)};
  }
  sort_by_bits(keys, sorted, 0);
  sort_by_bits(keys, sorted, 11);
  const auto likelier = [&by_id](const Key& a, const Key& b) {
    const double p = by_id[static_cast<std::size_t>(a.place)].prob;
    const double q = by_id[static_cast<std::size_t>(b.place)].prob;
    return p != q ? p > q : a.place < b.place;  // places are in the order of ids
  };
  for (auto begin = keys.begin(); begin != keys.end();) {
    auto end = begin + 1;
    while (end != keys.end() && end->below == begin->below) ++end;
    if (end - begin > 1) std::sort(begin, end, likelier);
    begin = end;
  }
  std::vector<int> places(keys.size());
  std::transform(keys.begin(), keys.end(), places.begin(), [](const Key& k) { return k.place; });
  return places;
}

}  // namespace

Shortlist::Shortlist(std::vector<Entry> by_id, double sure, const SamplingOptions& options)
    : by_id_(std::move(by_id)), sure_(sure) {
  drop_unreached(options);
  ranks_ = sorted_places(by_id_);
}

void Shortlist::drop_unreached(const SamplingOptions& options) {
  const double best = best_prob(by_id_);
  std::vector<Group> groups(kGroups);
  for (const Entry& e : by_id_) {
    Group& group = groups[group_of(e.prob, best)];
    ++group.count;
    group.mass += e.prob;
  }
  const std::size_t last = last_group(groups, options, best);
  if (last == kGroups - 1) return;
  const double below =
      std::bit_cast<double>(std::bit_cast<std::uint64_t>(best) - ((last + 1) << 48));
  std::size_t count = 0;
  for (const Entry& e : by_id_) {
    if (e.prob > below) {
      by_id_[count++] = e;
    } else {
      sure_ = std::max(sure_, e.prob);
    }
  }
  by_id_.resize(count);
}

const Shortlist::Entry& Shortlist::ranked(std::size_t rank) const {
  return by_id_[static_cast<std::size_t>(ranks_[rank])];
}

// Keeps the n most likely; the sum is divided out anew even if that is all. Once something is cut
// and sure, the list is complete: what comes later depends on it alone.
bool Shortlist::keep(std::size_t n) {
  if (n > ranks_.size() && sure_ >= 0) return false;
  n = std::min(n, ranks_.size());
  if (ranked(n - 1).prob <= sure_) return false;
  sure_ = -1;
  std::vector<int> new_place(by_id_.size(), -1);
  for (std::size_t rank = 0; rank < n; ++rank) {
    new_place[static_cast<std::size_t>(ranks_[rank])] = 0;
  }
  std::size_t count = 0;
  for (std::size_t i = 0; i < by_id_.size(); ++i) {
    if (new_place[i] < 0) continue;
    by_id_[count] = by_id_[i];
    new_place[i] = static_cast<int>(count++);
  }
  by_id_.resize(count);
  ranks_.resize(n);
  for (int& place : ranks_) place = new_place[static_cast<std::size_t>(place)];
  renormalise();
  return true;
}

// renormalise of nucleus.cpp. Rounding may make neighbours equal: then the lower id goes first.
void Shortlist::renormalise() {
  double lane[kLanes] = {};
  for (const Entry& e : by_id_) lane[static_cast<std::size_t>(e.id) % kLanes] += e.prob;
  const double sum = tree_sum(lane);
  for (Entry& e : by_id_) e.prob /= sum;
  for (std::size_t i = 1; i < ranks_.size(); ++i) {
    for (std::size_t k = i; k > 0 && ranked(k - 1).prob == ranked(k).prob; --k) {
      if (ranks_[k - 1] < ranks_[k]) break;
      std::swap(ranks_[k - 1], ranks_[k]);
    }
  }
}

std::size_t Shortlist::nucleus_size(double p) const {
  double running = 0;
  std::size_t n = 0;
  do {
    running += ranked(n).prob;
    ++n;
  } while (running < p - kReached && n < ranks_.size());
  return running < p - kReached ? n + 1 : n;  // one more than there are: the list was too short
}

std::size_t Shortlist::min_p_size(double min_p) const {
  const double least = min_p * ranked(0).prob;
  std::size_t n = 1;
  while (n < ranks_.size() && ranked(n).prob >= least) ++n;
  return n == ranks_.size() && sure_ >= least ? n + 1 : n;
}

bool Shortlist::cut_top_k(std::size_t k) {
  const bool all = k == 0 || (k >= ranks_.size() && sure_ < 0);  // to the bit
  return all || keep(k);
}

bool Shortlist::cut(const SamplingOptions& options) {
  return cut_top_k(static_cast<std::size_t>(options.top_k)) &&
         (options.top_p == 1 || keep(nucleus_size(options.top_p))) &&
         (options.min_p == 0 || keep(min_p_size(options.min_p)));
}

}  // namespace tokenwalk
