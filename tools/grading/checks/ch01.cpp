// What is tested of chapter 01.
#include <set>

#include "tools/grading/checks/checks.h"

namespace tokenwalk::grading {
namespace {

using Cases = std::vector<Case>;

Cases splits(const std::vector<std::string>& texts) {
  Cases cases;
  for (const std::string& text : texts) cases.push_back({"split_gpt2", {{"text", bytes(text)}}});
  return cases;
}

// A text of n parts out of a list.
std::string text_of(Dice& dice, const std::vector<std::string>& parts, std::size_t n) {
  std::string text;
  for (std::size_t i = 0; i < n; ++i) text += parts[dice.below(parts.size())];
  return text;
}

Cases random_splits(Dice& dice) {
  const std::vector<std::string> parts = {"a", "Zb",  "é",  "猫", "7",        "½",
                                          "!", "...", "'",  "'s", "'ll",      "'LL",
                                          " ", "  ",  "\n", "\t", "\xC2\xA0", "\xFF"};
  Cases cases;
  for (int i = 0; i < 60; ++i) {
    const Cases one = splits({text_of(dice, parts, dice.between(1, 9))});
    cases.insert(cases.end(), one.begin(), one.end());
  }
  return cases;
}

Case merging(const std::vector<int>& ids, int left, int right) {
  return {"merge_pair", {{"ids", ids}, {"pair", {left, right}}, {"merged", 99}}};
}

Cases random_merges(Dice& dice) {
  Cases cases;
  for (int i = 0; i < 30; ++i) {
    const int left = static_cast<int>(dice.below(2));
    cases.push_back(merging(dice.ids(dice.below(12), 3), left, static_cast<int>(dice.below(2))));
  }
  return cases;
}

// Merges of a toy vocabulary over a few letters: each joins two tokens that exist.
json toy_merges(Dice& dice, std::size_t n) {
  std::vector<int> known = {'a', 'b', 'c', ' '};
  std::set<std::pair<int, int>> used;
  json merges = json::array();
  while (merges.size() < n) {
    const int left = known[dice.below(known.size())], right = known[dice.below(known.size())];
    if (!used.insert({left, right}).second) continue;
    merges.push_back({left, right});
    known.push_back(255 + static_cast<int>(merges.size()));
  }
  return merges;
}

Case encoding(const json& merges, const std::string& text, const char* splitter = "none") {
  return {"encode",
          {{"merges", merges},
           {"specials", json::array()},
           {"splitter", splitter},
           {"text", bytes(text)}}};
}

// (a, b) is merged earlier than (b, c), and only ranks say so.
Cases ranked() {
  const json merges = {{'b', 'c'}, {'a', 'b'}, {256, 'd'}, {'a', 'a'}};
  return {encoding(merges, "abcd"),   encoding(merges, "abab"), encoding(merges, "aaaaa"),
          encoding(merges, "aabcdd"), encoding(merges, ""),     encoding(merges, "x")};
}

Cases random_encodings(Dice& dice) {
  Cases cases;
  for (int i = 0; i < 25; ++i) {
    const std::string text = text_of(dice, {"a", "b", "c", "ab", " "}, dice.between(1, 25));
    cases.push_back(encoding(toy_merges(dice, 6), text));
  }
  return cases;
}

Case decoding(const std::vector<int>& ids) {
  return {"decode",
          {{"merges", {{'a', 'b'}, {256, 'c'}}},
           {"specials", {"<end>"}},
           {"splitter", "none"},
           {"ids", ids}}};
}

Case counting(const json& words) {
  return {"count_pairs", {{"words", words}}};
}

Cases random_counts(Dice& dice) {
  Cases cases;
  for (int i = 0; i < 20; ++i) {
    json words = json::array();
    for (std::size_t w = dice.below(6); w > 0; --w) {
      words.push_back({{"ids", dice.ids(dice.below(8), 3)}, {"count", dice.between(1, 50)}});
    }
    cases.push_back(counting(words));
  }
  return cases;
}

Case choosing(const json& counts, const json& tokens) {
  return {"most_frequent_pair", {{"counts", counts}, {"tokens", tokens}}};
}

Cases random_choices(Dice& dice) {
  Cases cases;
  for (int i = 0; i < 30; ++i) {
    const json tokens = {"b", "ab", "a", "abc", "\\xff", "B"};
    json counts = json::array();
    for (int left = 0; left < 6; ++left) {
      for (int right = 0; right < 6; ++right) {
        if (dice.chance(0.4)) counts.push_back({left, right, dice.between(1, 3)});
      }
    }
    if (!counts.empty()) cases.push_back(choosing(counts, tokens));
  }
  return cases;
}

Cases random_trainings(Dice& dice) {
  Cases cases;
  for (int i = 0; i < 6; ++i) {
    const std::string text = text_of(dice, {"ab", "ba", "abc", " a", " ", "c"}, 40);
    cases.push_back({"train_bpe",
                     {{"text", bytes(text)},
                      {"vocab_size", 257 + dice.below(12)},
                      {"specials", {"<end>"}},
                      {"splitter", "gpt2"}}});
  }
  return cases;
}

}  // namespace

std::vector<Check> chapter_checks() {
  return {{"01.1 words",
           [](Dice&) {
             return splits({"hello world", "a1b2", "x!y??z", "it's we'll I'm", "don't"});
           }},
          {"01.1 spaces",
           [](Dice&) {
             return splits({"a  b", "a \n b", "  ", "end  ", "\n\n x", " 'tis", "a\xC2\xA0 b"});
           }},
          {"01.1 anything", random_splits},
          {"01.2 pairs",
           [](Dice&) -> Cases {
             return {merging({1, 2, 3, 1, 2}, 1, 2), merging({1, 2}, 2, 1), merging({1, 2}, 1, 2),
                     merging({3, 1}, 1, 2)};
           }},
          {"01.2 overlaps",
           [](Dice& dice) {
             Cases cases = random_merges(dice);
             cases.push_back(merging({1, 1, 1}, 1, 1));
             cases.push_back(merging({}, 1, 2));
             return cases;
           }},
          {"01.3 ranks", [](Dice&) { return ranked(); }},
          {"01.3 anything", random_encodings},
          {"01.4 bytes",
           [](Dice&) -> Cases {
             return {decoding({257, 'x', 256, 255, 258}), decoding({})};
           }},
          {"01.4 ids out of range",
           [](Dice&) -> Cases {
             return {decoding({-1}), decoding({'a', 259})};
           }},
          {"01.5 counts",
           [](Dice&) -> Cases {
             return {
                 counting({{{"ids", {1, 2, 3}}, {"count", 4}}, {{"ids", {2, 3}}, {"count", 10}}}),
                 counting({{{"ids", {7}}, {"count", 3}}}),
                 counting({{{"ids", {1, 1, 1}}, {"count", 2}}})};
           }},
          {"01.5 anything", random_counts},
          {"01.6 frequency",
           [](Dice&) -> Cases {
             return {choosing({{0, 1, 5}, {1, 0, 7}}, {"a", "b"}),
                     choosing({{0, 1, 9}, {1, 0, 7}}, {"z", "b"})};
           }},
          {"01.6 ties", random_choices},
          {"01.6 training", random_trainings}};
}

}  // namespace tokenwalk::grading
