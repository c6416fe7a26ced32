#pragma once

#include <array>
#include <cstdint>

namespace tokenwalk {

/// One block of Philox4x32-10: four random words from a counter and a key.
/// Counter-based: no state, the same words for the same numbers on every machine.
/// Source: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3" (SC 2011).
std::array<std::uint32_t, 4> philox4x32_10(std::array<std::uint32_t, 4> counter,
                                           std::array<std::uint32_t, 2> key);

/// The uniform number u in [0, 1) that draws the token at `position` (its absolute index in the
/// sequence). It depends on these three numbers alone, so a fork, a batch mate or streaming cannot
/// change it. Key = [seed mod 2^32, stream], counter = [position low, position high, seed high, 0],
/// u = the top 53 bits of words 1 and 0 (word 1 the higher) times 2^-53.
double uniform_draw(std::uint64_t seed, std::uint32_t stream, std::uint64_t position);

/// A second uniform number in [0, 1) for the same token, from words 3 and 2 of the same block: for
/// a step that tosses a coin, so that it takes nothing from the draw.
double uniform_coin(std::uint64_t seed, std::uint32_t stream, std::uint64_t position);

}  // namespace tokenwalk
