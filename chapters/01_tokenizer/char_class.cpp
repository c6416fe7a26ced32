#include "chapters/01_tokenizer/char_class.h"

#include <algorithm>
#include <iterator>

namespace tokenwalk {
namespace {

constexpr CharRange kRanges[] = {
#include "chapters/01_tokenizer/char_class_table.inc"
};

}  // namespace

CharClass char_class(char32_t code_point) {
  const CharRange* range =
      std::lower_bound(std::begin(kRanges), std::end(kRanges), code_point,
                       [](const CharRange& r, char32_t c) { return r.last < c; });
  const bool inside = range != std::end(kRanges) && range->first <= code_point;
  return inside ? range->kind : CharClass::kOther;
}

std::span<const CharRange> char_ranges() {
  return kRanges;
}

const char* const kUnicodeVersion = "15.0";

}  // namespace tokenwalk
