#pragma once

#include <sstream>
#include <stdexcept>
#include <string>

namespace tokenwalk {

/// Thrown by the CHECK macros: a function was called against its contract.
class CheckFailure : public std::logic_error {
 public:
  using std::logic_error::logic_error;
};

[[noreturn]] void fail_check(const char* file, int line, const char* text,
                             const std::string& values);

template <typename A, typename B>
[[noreturn]] void fail_check_values(const char* file, int line, const char* text, const A& a,
                                    const B& b) {
  std::ostringstream values;
  values << "left is " << a << ", right is " << b;
  fail_check(file, line, text, values.str());
}

}  // namespace tokenwalk

/// CHECK(condition): throws CheckFailure with the condition's text unless it holds.
#define CHECK(condition)                                                           \
  do {                                                                             \
    if (!(condition)) ::tokenwalk::fail_check(__FILE__, __LINE__, #condition, ""); \
  } while (false)

#define TOKENWALK_CHECK_OP(a, op, b)                                                    \
  do {                                                                                  \
    const auto& check_left = (a);                                                       \
    const auto& check_right = (b);                                                      \
    if (!(check_left op check_right))                                                   \
      ::tokenwalk::fail_check_values(__FILE__, __LINE__, #a " " #op " " #b, check_left, \
                                     check_right);                                      \
  } while (false)

/// CHECK_EQ(a, b) and its kin: throw CheckFailure that prints both values.
#define CHECK_EQ(a, b) TOKENWALK_CHECK_OP(a, ==, b)
#define CHECK_NE(a, b) TOKENWALK_CHECK_OP(a, !=, b)
#define CHECK_LT(a, b) TOKENWALK_CHECK_OP(a, <, b)
#define CHECK_LE(a, b) TOKENWALK_CHECK_OP(a, <=, b)
#define CHECK_GT(a, b) TOKENWALK_CHECK_OP(a, >, b)
#define CHECK_GE(a, b) TOKENWALK_CHECK_OP(a, >=, b)
