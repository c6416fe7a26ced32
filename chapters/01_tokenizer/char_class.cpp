#include "chapters/01_tokenizer/char_class.h"

#include <algorithm>
#include <iterator>

namespace tokenwalk {
namespace {

struct Range {
  char32_t first, last;  // both included
  CharClass kind;
};

// Sorted by `first`; what lies in no range is kOther.
constexpr Range kRanges[] = {
#include "chapters/01_tokenizer/char_class_table.inc"
};

}  // namespace

CharClass char_class(char32_t code_point) {
  const Range* range = std::lower_bound(std::begin(kRanges), std::end(kRanges), code_point,
                                        [](const Range& r, char32_t c) { return r.last < c; });
  const bool inside = range != std::end(kRanges) && range->first <= code_point;
  return inside ? range->kind : CharClass::kOther;
}

const char* const kUnicodeVersion = "15.0";

}  // namespace tokenwalk
