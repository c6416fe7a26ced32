#pragma once

#include <string>
#include <vector>

namespace tokenwalk {

// Streams that are known to be wrong, kept for the page and the tests. Each takes the bytes of the
// tokens in order and the stop strings, and returns what is shown after each token and at the end.

using Texts = std::vector<std::string>;

/// Shows each token at once and ends where all of the text so far ends with a stop string. Misses
/// one that ends inside a token, and has shown the stop string before it knows it.
/// From: Text Generation (docs/sources.md).
Texts stream_ends_with(const Texts& tokens, const Texts& stop);

/// Turns each token into text by itself: every part of a divided character becomes U+FFFD.
/// From: Text Generation, and Text Generation Semantics (docs/sources.md).
Texts stream_token_by_token(const Texts& tokens, const Texts& stop);

/// Holds back as many bytes as the longest stop string has, less one, whatever they are. The text
/// is right in the end, and late all the time.
Texts stream_late(const Texts& tokens, const Texts& stop);

/// Compares the one stop string with the text, and begins with its first byte again where they
/// differ: "aab" is missed in "aaab".
Texts stream_without_going_back(const Texts& tokens, const Texts& stop);

}  // namespace tokenwalk
