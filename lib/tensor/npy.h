#pragma once

#include <filesystem>

#include "lib/tensor/tensor.h"

namespace tokenwalk {

/// Reads a .npy file of float32, as numpy.save writes it (format 1.0 or 2.0, little-endian, C or
/// Fortran order; the result is row-major either way).
/// Source: the format's description in numpy/lib/format.py.
/// Errors (kBadFile): not readable, not an .npy file, another type of number, a malformed header,
/// more or fewer bytes than the shape needs. No memory is set aside for what the shape merely
/// claims.
Tensor load_npy_f32(const std::filesystem::path& path);

}  // namespace tokenwalk
