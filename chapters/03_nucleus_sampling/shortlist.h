#pragma once

#include <cstddef>
#include <vector>

#include "chapters/03_nucleus_sampling/nucleus.h"

namespace tokenwalk {

/// The cuts of chapter 03 on a part of the vocabulary, in the same arithmetic and without its sorts
/// by id: for nucleus_fast.cpp. The part are the most likely ids, or all.
class Shortlist {
 public:
  struct Entry {
    int id = 0;
    double prob = 0;  ///< of the whole vocabulary's softmax
  };

  /// by_id: ascending ids. sure: an id that is not in the list has at most this probability; below
  /// 0 if all are in it. Entries that the cuts of `options` will not reach are dropped at once.
  Shortlist(std::vector<Entry> by_id, double sure, const SamplingOptions& options);

  /// The cuts in their default order. False if an id outside the list might have had a say: then
  /// the list is spoilt.
  bool cut(const SamplingOptions& options);

  /// What is left: ascending ids.
  const std::vector<Entry>& by_id() const { return by_id_; }

  /// The places in by_id(), most likely first.
  const std::vector<int>& ranks() const { return ranks_; }

 private:
  void drop_unreached(const SamplingOptions& options);
  const Entry& ranked(std::size_t rank) const;
  bool keep(std::size_t n);
  bool cut_top_k(std::size_t k);
  void renormalise();
  std::size_t nucleus_size(double p) const;
  std::size_t min_p_size(double min_p) const;

  std::vector<Entry> by_id_;
  std::vector<int> ranks_;
  double sure_;
};

}  // namespace tokenwalk
