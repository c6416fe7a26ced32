#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace tokenwalk {

/// A part of a text: the bytes from begin to end, without end.
struct Span {
  std::size_t begin, end;
};

/// A regular expression (pattern_dialect.h) or a literal text to look for, compiled by PCRE2 with
/// its just-in-time compiler where there is one. Letters, numbers and white space are Unicode's;
/// ^ and $ match at the borders of lines.
class Pattern {
 public:
  enum class Syntax { kRegex, kLiteral };

  /// A malformed expression throws Error(kBadValue) with PCRE2's message and the offset.
  explicit Pattern(const std::string& expression, Syntax syntax = Syntax::kRegex);

  /// Everything that it finds, from left to right: at each place the first alternative that
  /// matches, then on after it. An empty match right after another is not counted, as in
  /// Oniguruma's scan. text: UTF-8; ill-formed parts count as characters of no kind.
  /// Throws Error(kBadValue) where a match needs too many steps. Cost: that of the expression;
  /// linear for all that named_split knows.
  std::vector<Span> find_all(std::string_view text) const;

 private:
  std::shared_ptr<const void> code_;  // pcre2_code, shared by copies
};

}  // namespace tokenwalk
