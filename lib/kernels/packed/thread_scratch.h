#pragma once

#include <cstddef>

namespace tokenwalk {

/// Room for `size` floats that belongs to the calling thread until it asks again, aligned like
/// AlignedArray<float>. It grows at least to twice its size, so rarely.
float* thread_scratch(std::size_t size);

}  // namespace tokenwalk
