#pragma once

// Included before every source of the widgets' build: what Emscripten 3.1.6 lacks.

#include <bit>
#include <cstring>

#include "docs/live/exact_fma.h"

// Its library has no std::bit_cast yet.
#ifndef __cpp_lib_bit_cast
namespace std {
template <typename To, typename From>
To bit_cast(const From& from) {
  static_assert(sizeof(To) == sizeof(From));
  To to;
  memcpy(&to, &from, sizeof to);
  return to;
}
}  // namespace std
#endif

// Its processor has no fma, and a call of the library's for each product would be slow.
#define __builtin_fmaf tokenwalk::exact_fmaf
