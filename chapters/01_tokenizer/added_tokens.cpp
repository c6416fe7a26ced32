#include "chapters/01_tokenizer/added_tokens.h"

#include <algorithm>

#include "chapters/01_tokenizer/char_class.h"
#include "chapters/01_tokenizer/pattern.h"
#include "chapters/01_tokenizer/utf8.h"

namespace tokenwalk {
namespace {

// The last character of a text that is not empty.
std::string_view last_char(std::string_view text) {
  std::size_t size = 1;
  while (size < std::min<std::size_t>(text.size(), 4) &&
         (text[text.size() - size] & 0xC0) == 0x80) {
    ++size;
  }
  return text.substr(text.size() - size);
}

std::string_view first_char(std::string_view text) {
  return text.substr(0, read_utf8(text).size);
}

bool is_space(std::string_view character) {
  return char_class(read_utf8(character).code_point) == CharClass::kSpace;
}

// The word characters of Rust's regex library, Unicode's UTS #18, annex C.
bool is_word(std::string_view character) {
  static const Pattern pattern(R"([\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\x{200C}\x{200D}])");
  return !pattern.find_all(character).empty();
}

bool touches_a_word(std::string_view text, Span token) {
  const std::string_view before = text.substr(0, token.begin), after = text.substr(token.end);
  return (!before.empty() && is_word(last_char(before))) ||
         (!after.empty() && is_word(first_char(after)));
}

// Where white space that ends at `end` begins, not before `least`.
std::size_t space_begin(std::string_view text, std::size_t end, std::size_t least) {
  while (end > least && is_space(last_char(text.substr(0, end)))) {
    end -= last_char(text.substr(0, end)).size();
  }
  return end;
}

std::size_t space_end(std::string_view text, std::size_t begin) {
  while (begin < text.size() && is_space(first_char(text.substr(begin)))) {
    begin += first_char(text.substr(begin)).size();
  }
  return begin;
}

}  // namespace

AddedTokens::AddedTokens(const std::vector<AddedToken>& tokens) : tokens_(tokens) {
  const auto by_text = [](const AddedToken& a, const AddedToken& b) { return a.text < b.text; };
  std::stable_sort(tokens_.begin(), tokens_.end(), by_text);
  for (const AddedToken& token : tokens_) {
    if (!token.text.empty()) starts_[static_cast<unsigned char>(token.text[0])] = true;
  }
}

// Narrows the range of tokens that agree with the text, a byte at a time.
const AddedToken* AddedTokens::longest_at(std::string_view text) const {
  const AddedToken* longest = nullptr;
  auto first = tokens_.begin(), last = tokens_.end();
  for (std::size_t size = 0; first != last; ++size) {
    if (first->text.size() == size && size > 0) longest = &*first;
    if (size == text.size()) break;
    const auto at = [&](const AddedToken& token) {  // -1: the token ends before
      return size < token.text.size() ? static_cast<unsigned char>(token.text[size]) : -1;
    };
    const int byte = static_cast<unsigned char>(text[size]);
    first = std::partition_point(first, last, [&](const auto& token) { return at(token) < byte; });
    last = std::partition_point(first, last, [&](const auto& token) { return at(token) <= byte; });
  }
  return longest;
}

std::vector<AddedPart> AddedTokens::cut(std::string_view text) const {
  std::vector<AddedPart> parts;
  std::size_t done = 0;  // the parts so far end here
  const auto add_between = [&](std::size_t end) {
    if (done < end) parts.push_back({text.substr(done, end - done), -1});
  };
  for (std::size_t i = 0; i < text.size() && !tokens_.empty();) {
    const bool may_start = starts_[static_cast<unsigned char>(text[i])];
    const AddedToken* token = may_start ? longest_at(text.substr(i)) : nullptr;
    if (token == nullptr) {
      ++i;
      continue;
    }
    Span span{i, i + token->text.size()};
    i = span.end;
    if (token->single_word && touches_a_word(text, span)) continue;
    if (token->lstrip) span.begin = space_begin(text, span.begin, done);
    if (token->rstrip) span.end = space_end(text, span.end);
    add_between(span.begin);
    parts.push_back({text.substr(span.begin, span.end - span.begin), token->id});
    done = span.end;
  }
  add_between(text.size());
  return parts;
}

}  // namespace tokenwalk
