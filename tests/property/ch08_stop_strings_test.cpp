#include "chapters/08_stopping_and_streaming/stop_strings.h"

#include <gtest/gtest.h>

#include "chapters/01_tokenizer/utf8.h"
#include "lib/base/error.h"
#include "tests/property/ch08_text.h"
#include "tests/support/random_cases.h"

namespace tokenwalk {
namespace {

using Stream = Texts (*)(const Texts&, const Texts&);

Texts stream_through(const Texts& tokens, const Texts& stop) {
  StopStrings strings(stop);
  Utf8Stream characters;
  Texts pieces;
  for (const std::string& token : tokens) pieces.push_back(characters.push(strings.push(token)));
  pieces.push_back(characters.push(strings.flush()));
  pieces.back() += characters.flush();
  return pieces;
}

// "" if the stream shows what the search says, else the case and both.
std::string find_fault(const StreamCase& c, Stream stream) {
  const Texts expected = pieces_by_search(c.tokens, c.stop), got = stream(c.tokens, c.stop);
  if (got == expected) return "";
  return "tokens " + show_pieces(c.tokens) + ", stop " + show_pieces(c.stop) + "\n  expected " +
         show_pieces(expected) + "\n  got      " + show_pieces(got);
}

TEST(Ch08StopStrings, ShowsWhatASearchOfTheWholeTextSays) {
  for (const std::uint64_t seed : case_seeds(20000)) {
    const StreamCase c = draw_stream_case(seed);
    ASSERT_EQ(find_fault(c, stream_through), "") << "case seed " << seed;
  }
}

TEST(Ch08StopStrings, KnownWrongStreamsAreRejected) {
  const auto rejected = [](Stream stream, bool needs_stop) {
    for (const std::uint64_t seed : case_seeds(200)) {
      const StreamCase c = draw_stream_case(seed);
      const bool fits = !needs_stop || c.stop.size() == 1;
      if (fits && !find_fault(c, stream).empty()) return true;
    }
    return false;
  };
  EXPECT_TRUE(rejected(stream_ends_with, false));
  EXPECT_TRUE(rejected(stream_token_by_token, false));
  EXPECT_TRUE(rejected(stream_late, false));
  EXPECT_TRUE(rejected(stream_without_going_back, true));
  EXPECT_EQ(find_fault({{"aa", "ab"}, {"aab"}}, stream_through), "");
  EXPECT_NE(find_fault({{"aa", "ab"}, {"aab"}}, stream_without_going_back), "");
  EXPECT_NE(find_fault({{"say ", "END."}, {"END"}}, stream_ends_with), "");
  EXPECT_NE(find_fault({{"EN", "D"}, {"END"}}, stream_ends_with), "");
}

// ---- one by one --------------------------------------------------------------------------------

struct Match {
  std::string text, let_through;
  const char* matched;  // null: none
  Texts stop;
};

TEST(Ch08StopStrings, TheEarliestEndWinsThenTheLongest) {
  for (const Match& m : std::vector<Match>{{"abcd", "a", "bc", {"abcd", "bc"}},
                                           {"xabc", "x", "abc", {"bc", "abc"}},
                                           {"xabc", "x", "abc", {"abc", "bc"}},
                                           {"aaab", "a", "aab", {"aab"}},
                                           {"aba", "", "a", {"ba", "a"}},
                                           {"say END.", "say ", "END", {"END"}},
                                           {"THE EN", "THE EN", nullptr, {"END"}},
                                           {"END", "END", nullptr, {}}}) {
    StopStrings strings(m.stop);
    std::string got = strings.push(m.text);
    got += strings.flush();
    EXPECT_EQ(got, m.let_through) << m.text << " with " << show_pieces(m.stop);
    ASSERT_EQ(strings.matched() == nullptr, m.matched == nullptr) << m.text;
    if (m.matched == nullptr) continue;
    EXPECT_EQ(*strings.matched(), m.matched) << m.text;
  }
}

TEST(Ch08StopStrings, HoldsBackThePrefixAndNothingMore) {
  StopStrings strings({"\n\nUser:", "END"});
  EXPECT_EQ(strings.push("one\n"), "one");
  EXPECT_EQ(strings.held(), "\n");
  EXPECT_EQ(strings.push("E"), "\n");
  EXPECT_EQ(strings.held(), "E");
  EXPECT_EQ(strings.push("NE"), "EN");
  EXPECT_EQ(strings.held(), "E");
  EXPECT_EQ(strings.flush(), "E");
  EXPECT_EQ(strings.held(), "");
}

TEST(Ch08StopStrings, NothingComesAfterAMatch) {
  StopStrings strings({"END"});
  EXPECT_EQ(strings.push("xEND and END"), "x");
  EXPECT_EQ(strings.push("more"), "");
  EXPECT_EQ(strings.held(), "");
  EXPECT_EQ(strings.flush(), "");
}

TEST(Ch08StopStrings, AnEmptyOneIsAnError) {
  for (const Texts& stop : {Texts{""}, {"END", ""}}) {
    try {
      StopStrings strings(stop);
      FAIL() << "an empty stop string was taken";
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::kBadValue);
    }
  }
}

// Stop strings that make a slower way take minutes: 10^11 comparisons of bytes.
TEST(Ch08StopStrings, CostsTheSameForHostileStops) {
  const std::size_t n = 300000;
  const std::string as(n, 'a');
  Texts many;
  for (std::size_t i = 1; i < 1500; ++i) many.push_back(as.substr(0, i) + "bb");
  for (const Texts& stop : {Texts{as + "bb"}, many}) {
    StopStrings strings(stop);
    std::string text;
    for (std::size_t i = 0; i < n; ++i) text += strings.push("a");  // one byte a token
    for (std::size_t i = 0; i < n; ++i) text += strings.push(i % 1000 == 0 ? "abc" : "a");
    EXPECT_LT(strings.held().size(), stop.back().size());
    text += strings.flush();
    EXPECT_EQ(strings.matched(), nullptr);
    EXPECT_EQ(text.size(), 2 * n + 2 * n / 1000);
  }
}

}  // namespace
}  // namespace tokenwalk
