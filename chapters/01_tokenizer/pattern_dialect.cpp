#include "chapters/01_tokenizer/pattern_dialect.h"

#include <cctype>

#include "lib/base/error.h"

namespace tokenwalk {
namespace {

// Oniguruma counts the six numbers of Latin-1 that are no digits too: ² ³ ¹ ¼ ½ ¾.
constexpr const char* kWord = R"(\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\x{b2}\x{b3}\x{b9}\x{bc}-\x{be})";

// Rewrites an expression from left to right.
class Rewriter {
 public:
  explicit Rewriter(std::string_view expression) : in_(expression) {}

  std::string rewrite() {
    while (at_ < in_.size()) {
      const char c = in_[at_];
      if (c == '\\') {
        rewrite_escape();
      } else if (in_class_) {
        copy_in_class(c);
      } else {
        check_operator(c);
        if (c == '[')
          open_class();
        else
          copy(1);
      }
    }
    return out_;
  }

 private:
  bool starts_with(std::string_view text) const { return in_.substr(at_, text.size()) == text; }

  [[noreturn]] void refuse(std::size_t size) const {
    throw Error(ErrorCode::kBadValue,
                {"the pattern uses what is not supported",
                 std::string(in_.substr(at_, size)) + " at offset " + std::to_string(at_),
                 "what PCRE2 and Oniguruma understand alike", ""});
  }

  void copy(std::size_t size) {
    out_ += in_.substr(at_, size);
    at_ += size;
  }

  void replace(std::size_t size, const std::string& text) {
    out_ += text;
    at_ += size;
  }

  void open_class() {
    in_class_ = true;
    copy(starts_with("[^") ? 2 : 1);
    if (starts_with("]")) copy(1);  // a first ] stands for itself
  }

  void copy_in_class(char c) {
    if (c == '[') refuse(2);
    if (starts_with("&&")) refuse(2);
    in_class_ = c != ']';
    copy(1);
  }

  // Groups, options and intervals outside of a class.
  void check_operator(char c) const {
    if (starts_with("(*")) refuse(2);
    if (starts_with("(?")) {
      for (const char* known :
           {"(?:", "(?=", "(?!", "(?<", "(?>", "(?i)", "(?i:", "(?-i)", "(?-i:"}) {
        if (starts_with(known)) return;
      }
      refuse(3);
    }
    if (c != '{') return;
    if (starts_with("{,")) refuse(2);
    const std::size_t end = in_.find('}', at_);
    if (end != std::string_view::npos && in_.substr(end, 2) == "}+") refuse(end + 2 - at_);
  }

  void rewrite_escape() {
    const char c = at_ + 1 < in_.size() ? in_[at_ + 1] : '\0';
    switch (c) {
      case 's':
      case 'S':
        return replace(2, c == 's' ? R"(\p{White_Space})" : R"(\P{White_Space})");
      case 'v':
        return replace(2, R"(\x{b})");
      case 'w':
      case 'W':
      case 'b':
      case 'B':
        return rewrite_word(c);
      case 'u':
        return rewrite_code_point();
      case 'p':
      case 'P':
        return rewrite_property();
      default:
        break;
    }
    if (std::isalpha(static_cast<unsigned char>(c)) != 0 &&
        std::string_view("dDnrtfaexAzZk").find(c) == std::string_view::npos) {
      refuse(2);
    }
    copy(c == '\0' ? 1 : 2);
  }

  void rewrite_word(char c) {
    const std::string word = std::string("[") + kWord + "]",
                      other = std::string("[^") + kWord + "]";
    if (in_class_) {
      if (c != 'w') refuse(2);
      return replace(2, kWord);
    }
    if (c == 'w' || c == 'W') return replace(2, c == 'w' ? word : other);
    const std::string after = c == 'b' ? "(?!" : "(?=", not_after = c == 'b' ? "(?=" : "(?!";
    replace(
        2, "(?:(?<=" + word + ")" + after + word + ")|(?<!" + word + ")" + not_after + word + "))");
  }

  // \uHHHH
  void rewrite_code_point() {
    const std::string_view digits = in_.substr(at_ + 2, 4);
    bool good = digits.size() == 4;
    for (const char digit : digits) good = good && std::isxdigit(static_cast<unsigned char>(digit));
    if (!good) refuse(6);
    replace(6, "\\x{" + std::string(digits) + "}");
  }

  // \p{Name}: names of two letters are general categories, longer ones are taken for scripts or,
  // where there is no such script, for properties such as Alphabetic.
  void rewrite_property() {
    const std::size_t end = in_.find('}', at_);
    if (in_.substr(at_ + 2, 1) != "{" || end == std::string_view::npos) return copy(2);
    std::string name(in_.substr(at_ + 3, end - at_ - 3));
    const std::size_t letters = name.size() - (name.rfind('^', 0) == 0 ? 1 : 0);
    const bool is_property = name.find("Alphabetic") != std::string::npos ||
                             name.find("White_Space") != std::string::npos ||
                             name.find("Any") != std::string::npos;
    if (letters > 2 && !is_property) name.insert(name.size() - letters, "sc:");
    replace(end + 1 - at_, std::string(in_.substr(at_, 2)) + "{" + name + "}");
  }

  std::string_view in_;
  std::size_t at_ = 0;
  bool in_class_ = false;
  std::string out_;
};

}  // namespace

std::string pcre2_dialect(std::string_view expression) {
  return Rewriter(expression).rewrite();
}

}  // namespace tokenwalk
