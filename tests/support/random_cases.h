#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace tokenwalk {

// Random tests run on the same cases every time, so that a failure is always news about the code.
// TOKENWALK_TEST_SEED=123 (any whole number) adds as many cases again, drawn from that number:
//     TOKENWALK_TEST_SEED=$RANDOM tools/test -L ch06

/// The number in $TOKENWALK_TEST_SEED, if it is set. Anything but a whole number throws.
std::optional<std::uint64_t> extra_seed();

/// Seeds of n random cases: 1 .. n, and n more if $TOKENWALK_TEST_SEED is set.
std::vector<std::uint64_t> case_seeds(std::size_t n);

}  // namespace tokenwalk
