#include "chapters/01_tokenizer/split_fast.h"

#include <algorithm>
#include <cstdint>

#include "chapters/01_tokenizer/char_class.h"
#include "chapters/01_tokenizer/utf8.h"

namespace tokenwalk {
namespace {

// What the patterns tell apart. White space is kSpace and kLineEnd.
enum Kind : std::uint8_t { kOther, kLetter, kNumber, kSpace, kLineEnd };

// The kind of every code point. Only ever made as a static object: those begin as zeros, kOther,
// and so the memory of blocks without letters is never touched.
class KindTable {
 public:
  KindTable() {
    for (const CharRange& range : char_ranges()) {
      std::fill(kinds_ + range.first, kinds_ + range.last + 1, kind_of(range.kind));
    }
    kinds_[U'\r'] = kinds_[U'\n'] = kLineEnd;
  }

  Kind operator[](char32_t code_point) const { return kinds_[code_point]; }

 private:
  static Kind kind_of(CharClass kind) {
    if (kind == CharClass::kLetter) return kLetter;
    return kind == CharClass::kNumber ? kNumber : kSpace;
  }

  Kind kinds_[0x110000];
};

// Reads characters of a text as kinds. Places are pointers into the text.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : end_(text.data() + text.size()) {
    static const KindTable table;
    kinds_ = &table;
  }

  const char* end() const { return end_; }

  // The character at `at`, which is before the end: its kind, and where the next one begins.
  Kind read(const char*& at) const {
    const auto byte = static_cast<unsigned char>(*at);
    if (byte >= 0x80) return read_long(at);
    ++at;
    return (*kinds_)[byte];
  }

  bool is(const char* at, Kind kind) const { return at != end_ && read(at) == kind; }

  // Behind the characters at `at` that are of one kind, or of two neighbouring ones.
  const char* skip(const char* at, Kind kind) const { return skip(at, kind, kind); }
  const char* skip(const char* at, Kind low, Kind high) const {
    for (const char* next = at; at != end_; at = next) {
      const Kind kind = read(next);
      if (kind < low || kind > high) break;
    }
    return at;
  }

 private:
  Kind read_long(const char*& at) const {
    const Utf8Char c = read_utf8({at, static_cast<std::size_t>(end_ - at)});
    at += c.size;
    return (*kinds_)[c.code_point];
  }

  const char* end_;
  const KindTable* kinds_;
};

// Behind the white space at `at`, of which there is some, as "\s+(?!\S)|\s+" takes it: the last
// one is left to the word that follows, if there is a word and another one.
const char* take_spaces(const Scanner& text, const char* at) {
  const char* last = at;
  const char* next = at;
  while (next != text.end()) {
    const char* const here = next;
    if (text.read(next) < kSpace) return last == at ? here : last;
    last = here;
  }
  return text.end();
}

// Behind the last line end in the white space at `at`: "\s*[\r\n]+"; `at` itself if there is none.
const char* take_lines(const Scanner& text, const char* at) {
  const char* found = at;
  for (const char* next = at; next != text.end();) {
    const Kind kind = text.read(next);
    if (kind < kSpace) break;
    if (kind == kLineEnd) found = next;
  }
  return found;
}

// Length of 's, 't, 're, 've, 'm, 'll or 'd at the start of text, or 0.
std::size_t contraction_size(std::string_view text) {
  if (text.size() < 2 || text[0] != '\'') return 0;
  const char first = text[1];
  if (first == 's' || first == 't' || first == 'm' || first == 'd') return 2;
  const std::string_view two = text.substr(1, 2);
  return two == "re" || two == "ve" || two == "ll" ? 3 : 0;
}

// The same in any case. The long s, U+017F, is an s too.
std::size_t contraction_size_any_case(std::string_view text) {
  if (text[0] != '\'') return 0;
  if (text.substr(1, 2) == "\u017F") return 3;
  char lower[3] = {};
  const std::size_t size = std::min(text.size(), sizeof(lower));
  for (std::size_t i = 0; i < size; ++i) {
    lower[i] = text[i] >= 'A' && text[i] <= 'Z' ? static_cast<char>(text[i] + 32) : text[i];
  }
  return contraction_size({lower, size});
}

// Qwen2's pattern, with at most `digits` numbers together.
std::size_t next_piece_of_words(std::string_view whole, int digits) {
  if (const std::size_t size = contraction_size_any_case(whole); size > 0) return size;
  const Scanner text(whole);
  const char* const start = whole.data();
  const char* next = start;
  const Kind first = text.read(next);
  const auto until = [&](const char* end) { return static_cast<std::size_t>(end - start); };

  if (first == kLetter) return until(text.skip(next, kLetter));
  if (first == kNumber) {
    for (int i = 1; i < digits && text.is(next, kNumber); ++i) text.read(next);
    return until(next);
  }
  // One character of another kind goes with the letters behind it, a blank with punctuation.
  if (first != kLineEnd && text.is(next, kLetter)) return until(text.skip(next, kLetter));
  const char* const marks = *start == ' ' ? next : start;
  if (text.is(marks, kOther)) return until(text.skip(text.skip(marks, kOther), kLineEnd));

  const char* const lines = take_lines(text, start);
  return until(lines == start ? take_spaces(text, start) : lines);
}

}  // namespace

std::size_t next_piece_gpt2(std::string_view whole) {
  if (const std::size_t size = contraction_size(whole); size > 0) return size;
  const Scanner text(whole);
  const char* const start = whole.data();
  const auto until = [&](const char* end) { return static_cast<std::size_t>(end - start); };

  const char* next = *start == ' ' && whole.size() > 1 ? start + 1 : start;
  const Kind kind = text.read(next);
  return until(kind < kSpace ? text.skip(next, kind) : take_spaces(text, start));
}

std::size_t next_piece_qwen2(std::string_view text) {
  return next_piece_of_words(text, 1);
}

std::size_t next_piece_llama3(std::string_view text) {
  return next_piece_of_words(text, 3);
}

std::vector<std::string_view> split_by(NextPiece next_piece, std::string_view text) {
  std::vector<std::string_view> pieces;
  while (!text.empty()) {
    pieces.push_back(text.substr(0, next_piece(text)));
    text.remove_prefix(pieces.back().size());
  }
  return pieces;
}

std::vector<std::string_view> split_qwen2(std::string_view text) {
  return split_by(next_piece_qwen2, text);
}

std::vector<std::string_view> split_llama3(std::string_view text) {
  return split_by(next_piece_llama3, text);
}

NextPiece next_piece_of(const Splitter& splitter) {
  using Function = std::vector<std::string_view> (*)(std::string_view);
  const Function* function = splitter.target<Function>();
  if (function == nullptr) return nullptr;
  if (*function == split_gpt2) return next_piece_gpt2;
  if (*function == split_qwen2) return next_piece_qwen2;
  return *function == split_llama3 ? next_piece_llama3 : nullptr;
}

}  // namespace tokenwalk
