#pragma once

#include <gtest/gtest.h>

#include <string>

namespace tokenwalk {

/// What a check of a contract found wrong. A contract is checked by a function that takes the
/// implementation as a parameter, so that the same check runs twice: it must find nothing wrong
/// with the right one, and something with each version known to be wrong.
class Complaints {
 public:
  /// read: where the contract stands, for example "page 03, exercise 03.3".
  explicit Complaints(std::string read) : read_(std::move(read)) {}

  /// Notes a complaint unless `fine`.
  void expect(bool fine, const std::string& input, const std::string& expected,
              const std::string& got) {
    if (fine) return;
    ++count_;
    if (count_ > kShown) return;
    text_ += "\n  input:    " + input + "\n  expected: " + expected + "\n  got:      " + got +
             "\n  read:     " + read_ + "\n";
  }

  bool none() const { return count_ == 0; }

  /// The first few complaints and how many there are in all.
  std::string text() const { return std::to_string(count_) + " complaints" + text_; }

 private:
  static constexpr int kShown = 3;

  std::string read_;
  std::string text_;
  int count_ = 0;
};

/// For EXPECT_TRUE(holds(check(right))) and EXPECT_FALSE(holds(check(wrong))).
inline testing::AssertionResult holds(const Complaints& complaints) {
  if (complaints.none()) return testing::AssertionSuccess() << "nothing to complain about";
  return testing::AssertionFailure() << complaints.text();
}

}  // namespace tokenwalk
