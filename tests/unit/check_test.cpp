#include "lib/base/check.h"

#include <gtest/gtest.h>

#include <string>

#include "lib/base/error.h"
#include "lib/base/not_implemented.h"

namespace tokenwalk {
namespace {

// What the failed check says; empty if none failed.
template <typename Body>
std::string failure_of(Body body) {
  try {
    body();
  } catch (const CheckFailure& failure) {
    return failure.what();
  }
  return "";
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST(Check, SaysTheConditionAndThePlace) {
  const std::string text = failure_of([] { CHECK(2 + 2 == 5); });
  EXPECT_TRUE(contains(text, "2 + 2 == 5")) << text;
  EXPECT_TRUE(contains(text, "tests/unit/check_test.cpp:")) << text;
  EXPECT_NE(text[0], '/') << "the path on this machine is nobody's business: " << text;
}

TEST(Check, PrintsBothValues) {
  const int rows = 3, columns = 4;
  EXPECT_TRUE(contains(failure_of([&] { CHECK_EQ(rows, columns); }), "left is 3, right is 4"));
  EXPECT_TRUE(contains(failure_of([&] { CHECK_EQ(rows, columns); }), "rows == columns"));
  EXPECT_TRUE(contains(failure_of([] { CHECK_NE(7, 7); }), "left is 7, right is 7"));
  EXPECT_TRUE(contains(failure_of([] { CHECK_LT(7, 7); }), "left is 7, right is 7"));
  EXPECT_TRUE(contains(failure_of([] { CHECK_LE(8, 7); }), "left is 8, right is 7"));
  EXPECT_TRUE(contains(failure_of([] { CHECK_GT(7, 7); }), "left is 7, right is 7"));
  EXPECT_TRUE(contains(failure_of([] { CHECK_GE(6, 7); }), "left is 6, right is 7"));
  EXPECT_TRUE(contains(failure_of([] { CHECK_EQ(std::string("abc"), std::string("abd")); }),
                       "left is abc, right is abd"));
}

TEST(Check, PassesInSilence) {
  EXPECT_EQ(failure_of([] {
              CHECK(true);
              CHECK_EQ(1, 1);
              CHECK_NE(1, 2);
              CHECK_LT(1, 2);
              CHECK_LE(2, 2);
              CHECK_GT(2, 1);
              CHECK_GE(2, 2);
            }),
            "");
}

TEST(Check, LooksAtEachOperandOnce) {
  int looks = 0;
  const auto look = [&looks] { return ++looks; };
  CHECK_EQ(look(), 1);
  EXPECT_EQ(looks, 1);
  EXPECT_TRUE(contains(failure_of([&] { CHECK_EQ(look(), 1); }), "left is 2"));
  EXPECT_EQ(looks, 2);
}

TEST(Check, IsOneStatement) {
  const int n = 3;
  bool reached_else = false;
  if (n == 3)
    CHECK_EQ(n, 3);
  else
    reached_else = true;
  EXPECT_FALSE(reached_else);
}

TEST(Error, TellsWhatWasFoundWhatWasExpectedAndAHint) {
  const Error error(ErrorCode::kBadValue,
                    {"bad top_p", "2", "a number from 0 to 1", "1 switches it off"});
  EXPECT_STREQ(error.what(),
               "bad top_p\n  found:    2\n  expected: a number from 0 to 1\n"
               "  hint:     1 switches it off");
  EXPECT_EQ(error.code(), ErrorCode::kBadValue);
  EXPECT_EQ(error.parts().found, "2");
  EXPECT_EQ(error.parts().expected, "a number from 0 to 1");
}

TEST(Error, LeavesOutWhatIsEmpty) {
  const Error error(ErrorCode::kBadFile, {"no file", "nothing", "a file", ""});
  EXPECT_FALSE(contains(error.what(), "hint")) << error.what();
}

TEST(Error, CodesHaveTheNamesOfTheProtocol) {
  EXPECT_STREQ(error_code_name(ErrorCode::kBadValue), "bad_value");
  EXPECT_STREQ(error_code_name(ErrorCode::kBadFile), "bad_file");
  EXPECT_STREQ(error_code_name(ErrorCode::kBadRequest), "bad_request");
  EXPECT_STREQ(error_code_name(ErrorCode::kBadJson), "bad_json");
  EXPECT_STREQ(error_code_name(ErrorCode::kNoModel), "no_model");
  EXPECT_STREQ(error_code_name(ErrorCode::kCapacity), "capacity");
}

TEST(NotImplementedYet, NamesTheExercise) {
  EXPECT_TRUE(contains(NotImplemented("03.2 cut_top_k").what(), "03.2 cut_top_k"));
}

}  // namespace
}  // namespace tokenwalk
