#include "lib/base/format.h"

#include <cstdarg>
#include <cstdio>
#include <cstdlib>

namespace tokenwalk {

std::string format(const char* pattern, ...) {
  std::va_list values, again;
  va_start(values, pattern);
  va_copy(again, values);
  const int size = std::vsnprintf(nullptr, 0, pattern, values);
  va_end(values);
  std::string text(static_cast<std::size_t>(size), '\0');
  std::vsnprintf(text.data(), text.size() + 1, pattern, again);
  va_end(again);
  return text;
}

std::string format_number(double value) {
  for (int digits = 1; digits < 17; ++digits) {
    const std::string text = format("%.*g", digits, value);
    if (std::strtod(text.c_str(), nullptr) == value) return text;
  }
  return format("%.17g", value);
}

}  // namespace tokenwalk
