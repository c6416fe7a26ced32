#pragma once

#include <array>
#include <cstddef>
#include <iosfwd>
#include <string>
#include <vector>

#include "tests/support/tiny_random_model.h"

namespace tokenwalk {

/// One thing done to the caches of up to three sequences. Amounts that go beyond what is there are
/// cut down, so that every list of actions means something and a failing one can be made smaller.
struct Action {
  enum Kind {
    kFeed,      ///< the next amounts[s] tokens of every sequence s, mixed as rows of one call
    kTruncate,  ///< sequence amounts[0] back to a length of amounts[1] modulo its own
    kStray,     ///< amounts[1] other tokens to sequence amounts[0], taken back at once
  };
  Kind kind = kFeed;
  std::array<std::size_t, 3> amounts = {};
};

/// A random model, token lists, and a way to feed them to K/V caches.
struct CachedCase {
  TinySpec spec;
  std::vector<std::vector<int>> sequences;  ///< 1 to 3; ids are taken modulo the vocabulary
  std::vector<Action> actions;              ///< what they leave over is fed in one last call
};

std::ostream& operator<<(std::ostream& out, const Action& action);
std::ostream& operator<<(std::ostream& out, const CachedCase& test);

/// The case's actions through forward_cached on every exact kernel set with 1 to 4 threads: all
/// logits and all of K and V against forward_full of the set `reference` with one thread, bit by
/// bit; and forward_full of every set against it too. With 1 and 3 threads also the same tokens one
/// by one, all at once, and through chapter 06's own proof.
/// "" if nothing differs, else a report of the first difference.
std::string find_difference(const CachedCase& test);

/// The same for one model packed for any kernel set: the actions against that set's own
/// forward_full. For the set that does not keep the promise.
std::string find_difference(const CachedCase& test, const KernelSet& kernels);

}  // namespace tokenwalk
