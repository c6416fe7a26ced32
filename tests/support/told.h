#pragma once

#include <gtest/gtest.h>

#include <span>
#include <string>
#include <vector>

namespace tokenwalk {

/// What a reader of a failed test needs to know besides the numbers.
struct Told {
  std::string input;  ///< what went into the function
  std::string read;   ///< where to read about it: "page 04, Rotary positions"
};

/// Numbers as a person wants to see them, at most 12 of them: [0.5, -1, 2, ... 40 in all].
std::string show(std::span<const double> numbers);
std::string show(std::span<const float> numbers);
std::string show(std::span<const int> numbers);

/// Fails the test unless every number is within `tolerance` of what it should be. The message says
/// input, expected, got, the first that is off, and where to read.
void expect_close(std::span<const double> expected, std::span<const float> got, double tolerance,
                  const Told& told, const char* file = __builtin_FILE(),
                  int line = __builtin_LINE());

/// Fails the test unless both lists are equal.
void expect_same(std::span<const int> expected, std::span<const int> got, const Told& told,
                 const char* file = __builtin_FILE(), int line = __builtin_LINE());

/// Fails the test unless both texts are equal.
void expect_same(const std::string& expected, const std::string& got, const Told& told,
                 const char* file = __builtin_FILE(), int line = __builtin_LINE());

/// Fails the test unless both numbers are equal.
void expect_same(std::size_t expected, std::size_t got, const Told& told,
                 const char* file = __builtin_FILE(), int line = __builtin_LINE());

}  // namespace tokenwalk
