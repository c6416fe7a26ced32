#include "chapters/08_stopping_and_streaming/known_wrong.h"

#include <algorithm>
#include <utility>

#include "chapters/01_tokenizer/utf8.h"

namespace tokenwalk {
namespace {

bool ends_with(const std::string& text, const std::string& end) {
  return text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

// Where the match that ends first begins; npos if there is none.
std::size_t find_first(const std::string& text, const Texts& stop) {
  for (std::size_t end = 1; end <= text.size(); ++end) {
    std::size_t longest = 0;
    for (const std::string& s : stop) {
      if (ends_with(text.substr(0, end), s)) longest = std::max(longest, s.size());
    }
    if (longest > 0) return end - longest;
  }
  return std::string::npos;
}

}  // namespace

//! [08-wrong-ends-with]
Texts stream_ends_with(const Texts& tokens, const Texts& stop) {
  Texts pieces(tokens.size() + 1);
  std::string text;
  Utf8Stream characters;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    text += tokens[i];
    pieces[i] = characters.push(tokens[i]);
    for (const std::string& s : stop) {
      if (ends_with(text, s)) return pieces;
    }
  }
  pieces.back() = characters.flush();
  return pieces;
}
//! [08-wrong-ends-with]

//! [08-wrong-token-by-token]
Texts stream_token_by_token(const Texts& tokens, const Texts&) {
  Texts pieces;
  for (const std::string& token : tokens) pieces.push_back(to_text(token));
  pieces.push_back("");
  return pieces;
}
//! [08-wrong-token-by-token]

//! [08-wrong-late]
Texts stream_late(const Texts& tokens, const Texts& stop) {
  std::size_t longest = 1;
  for (const std::string& s : stop) longest = std::max(longest, s.size());
  Texts pieces(tokens.size() + 1);
  std::string text;
  std::size_t shown = 0;
  Utf8Stream characters;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    text += tokens[i];
    const std::size_t match = find_first(text, stop);
    const std::size_t held = std::min(text.size(), longest - 1);
    const std::size_t end = match != std::string::npos ? match : text.size() - held;
    pieces[i] = characters.push(text.substr(shown, end - shown));
    shown = end;
    if (match != std::string::npos) return pieces;
  }
  pieces.back() = characters.push(text.substr(shown));
  pieces.back() += characters.flush();
  return pieces;
}
//! [08-wrong-late]

//! [08-wrong-without-going-back]
Texts stream_without_going_back(const Texts& tokens, const Texts& stop) {
  const std::string& s = stop.at(0);
  Texts pieces(tokens.size() + 1);
  std::size_t n = 0;  // bytes of s that the text ends with, or so it is believed
  Utf8Stream characters;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    for (const char byte : tokens[i]) {
      if (byte != s[n]) pieces[i] += characters.push(s.substr(0, std::exchange(n, 0)));
      if (byte == s[n]) {
        ++n;
      } else {
        pieces[i] += characters.push({&byte, 1});
      }
      if (n == s.size()) return pieces;
    }
  }
  pieces.back() = characters.push(s.substr(0, n));
  pieces.back() += characters.flush();
  return pieces;
}
//! [08-wrong-without-going-back]

}  // namespace tokenwalk
