#include "chapters/01_tokenizer/pattern.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <algorithm>

#include "chapters/01_tokenizer/pattern_dialect.h"
#include "chapters/01_tokenizer/utf8.h"
#include "lib/base/error.h"

namespace tokenwalk {
namespace {

// Of one match: some 10 ms, and what a pass over the text takes, there and back.
constexpr std::size_t kMostSteps = 1000000, kStepsPerByte = 16;

std::string pcre2_message(int code) {
  unsigned char text[256] = "unknown error";
  pcre2_get_error_message(code, text, sizeof text);
  return reinterpret_cast<const char*>(text);
}

// Throws with PCRE2's words if the expression is malformed.
std::shared_ptr<const void> compile(const std::string& expression, std::uint32_t options) {
  int problem = 0;
  std::size_t offset = 0;
  pcre2_code* code = pcre2_compile(reinterpret_cast<PCRE2_SPTR>(expression.data()),
                                   expression.size(), options, &problem, &offset, nullptr);
  if (code == nullptr) {
    throw Error(ErrorCode::kBadValue,
                {"the pattern is no regular expression",
                 pcre2_message(problem) + " at offset " + std::to_string(offset),
                 "a regular expression as PCRE2 reads it", "pattern: " + to_text(expression)});
  }
  return {code, [](pcre2_code* compiled) { pcre2_code_free(compiled); }};
}

// A text of the same length where every ill-formed part is a character that is no letter, number,
// white space, mark or sign: a control character of one or two bytes, or a noncharacter of three.
std::string with_stand_ins(std::string_view text) {
  constexpr std::string_view kStandIns[] = {"", "\x1A", "\xC2\x80", "\xEF\xB7\x90"};
  std::string well_formed;
  for (std::size_t i = 0; i < text.size();) {
    const Utf8Char c = read_utf8(text.substr(i));
    well_formed += c.valid ? text.substr(i, c.size) : kStandIns[c.size];
    i += c.size;
  }
  return well_formed;
}

// What one search needs beside the compiled expression.
class Search {
 public:
  Search(const pcre2_code* code, std::size_t size)
      : code_(code),
        context_(pcre2_match_context_create(nullptr)),
        match_(pcre2_match_data_create(1, nullptr)) {
    const std::size_t most = std::min<std::size_t>(kMostSteps + kStepsPerByte * size, UINT32_MAX);
    pcre2_set_match_limit(context_.get(), static_cast<std::uint32_t>(most));
  }

  // The first match at `from` or after it; false if there is none.
  bool find(std::string_view text, std::size_t from, Span& found) {
    int result = run(text, from, PCRE2_NO_UTF_CHECK);
    if (result == PCRE2_ERROR_JIT_STACKLIMIT) {
      result = run(text, from, PCRE2_NO_UTF_CHECK | PCRE2_NO_JIT);
    }
    if (result == PCRE2_ERROR_NOMATCH) return false;
    if (result < 0) {
      throw Error(ErrorCode::kBadValue, {"the pattern gives up on this text", pcre2_message(result),
                                         "a pattern that needs less work", ""});
    }
    const std::size_t* ends = pcre2_get_ovector_pointer(match_.get());
    found = {ends[0], ends[1]};
    return true;
  }

 private:
  int run(std::string_view text, std::size_t from, std::uint32_t options) {
    return pcre2_match(code_, reinterpret_cast<PCRE2_SPTR>(text.data()), text.size(), from, options,
                       match_.get(), context_.get());
  }

  struct Free {
    void operator()(pcre2_match_context* context) const { pcre2_match_context_free(context); }
    void operator()(pcre2_match_data* match) const { pcre2_match_data_free(match); }
  };
  const pcre2_code* code_;
  std::unique_ptr<pcre2_match_context, Free> context_;
  std::unique_ptr<pcre2_match_data, Free> match_;
};

}  // namespace

Pattern::Pattern(const std::string& expression, Syntax syntax) {
  if (syntax == Syntax::kLiteral) {
    code_ = compile(expression, PCRE2_UTF | PCRE2_LITERAL);
  } else {
    const std::uint32_t options = PCRE2_UTF | PCRE2_UCP | PCRE2_MULTILINE | PCRE2_NEVER_BACKSLASH_C;
    try {
      code_ = compile(pcre2_dialect(expression), options);
    } catch (const Error&) {
      compile(expression, options);  // may say it better: with the offset in what was given
      throw;
    }
  }
  // Where it fails, matching is slower and the same.
  pcre2_jit_compile(static_cast<pcre2_code*>(const_cast<void*>(code_.get())), PCRE2_JIT_COMPLETE);
}

std::vector<Span> Pattern::find_all(std::string_view text) const {
  std::string well_formed;
  if (find_invalid_utf8(text) != std::string_view::npos) text = well_formed = with_stand_ins(text);
  Search search(static_cast<const pcre2_code*>(code_.get()), text.size());
  std::vector<Span> spans;
  Span found{0, 0};
  for (std::size_t from = 0; from <= text.size() && search.find(text, from, found);) {
    const bool is_empty = found.begin == found.end;
    if (is_empty && !spans.empty() && spans.back().end == found.end) {
      from += from < text.size() ? read_utf8(text.substr(from)).size : 1;
      continue;
    }
    spans.push_back(found);
    from = found.end;
  }
  return spans;
}

}  // namespace tokenwalk
