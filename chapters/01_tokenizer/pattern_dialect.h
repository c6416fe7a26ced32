#pragma once

#include <string>
#include <string_view>

namespace tokenwalk {

/// A regular expression as tokenizer files write it, for Oniguruma (Ruby's syntax), rewritten so
/// that PCRE2 with UTF and UCP finds the same:
///   `\s` `\S` property White_Space (PCRE2 adds U+180E)
///   `\w` `\b` Alphabetic, M, Nd, Pc and ²³¹¼½¾; the borders of runs of these (PCRE2: L, N, _)
///   `\v`      U+000B (PCRE2: any vertical white space)
///   `\uHHHH`  that code point
///   `\p{Han}` a script by the property Script (PCRE2: Script_Extensions)
/// Under (?i) a letter matches those that fold to the same single letter; foldings to several
/// letters (ß and ss) are not made. What would mean something else and has no such rewriting throws
/// Error(kBadValue) that names it: options but (?i), verbs (*...), `\R \X \h \K \G \Q \N \C`, POSIX
/// classes, `&&` and `[` inside a class, `{,n}`, `{n,m}+`. Source: Oniguruma, pcre2pattern(3).
std::string pcre2_dialect(std::string_view expression);

}  // namespace tokenwalk
