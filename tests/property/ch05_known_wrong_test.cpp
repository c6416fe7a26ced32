// What the right functions of chapter 05 get right, the known-wrong ones must get wrong.

#include "chapters/05_naive_generate/known_wrong.h"

#include <gtest/gtest.h>

#include "tests/property/ch05_cases.h"
#include "tests/support/random_cases.h"

namespace tokenwalk {
namespace {

TEST(Ch05NaiveGenerate, EndsTextWithTheLengthFirstIsRejected) {
  std::vector<std::string> wrong;
  for (const EndCase& test : kEndCases) {
    if (end_of(ends_text_length_first, test) != test.expected()) wrong.push_back(test.what);
  }
  EXPECT_EQ(wrong, (std::vector<std::string>{"an eos id as the last", "a stop id as the last"}));
}

template <typename Loop>
std::size_t count_wrong(Loop loop) {
  std::size_t wrong = 0;
  for (const std::uint64_t seed : case_seeds(12)) {
    const LoopCase test(seed);
    wrong += loop(test.desk.model, test.prompt, test.options).tokens != test.expected;
  }
  return wrong;
}

TEST(Ch05NaiveGenerate, GenerateFromTheFirstRowIsRejected) {
  EXPECT_GT(count_wrong(generate_from_first_row), 6u);
  EXPECT_EQ(count_wrong(generate_naive), 0u);
}

TEST(Ch05NaiveGenerate, GenerateKeyedByTheStepIsRejected) {
  EXPECT_GT(count_wrong(generate_keyed_by_step), 6u);
}

}  // namespace
}  // namespace tokenwalk
