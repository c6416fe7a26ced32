#include "lib/io/json_metadata.h"
#include "tests/unit/io_test_support.h"

namespace tokenwalk {
namespace {

Metadata parse(const std::string& text) {
  return parse_json_metadata(text, "config.json");
}

TEST(JsonMetadata, FlattensNestedObjects) {
  const Metadata m = parse(
      R"({"a": {"b": {"c": 7}, "d": "x"}, "rope_parameters": {"rope_theta": 10000.0}, "e": true})");
  EXPECT_EQ(m.get_integer("a.b.c"), 7);
  EXPECT_EQ(m.get_string("a.d"), "x");
  EXPECT_EQ(m.get_real("rope_parameters.rope_theta"), 10000.0);
  EXPECT_TRUE(m.get_bool("e"));
  EXPECT_EQ(m.values().size(), 4u);
}

TEST(JsonMetadata, KeepsTheTypeOfLists) {
  const Metadata m = parse(
      R"({"n": [1, 2], "s": [3, -4], "r": [1, 2.5], "t": ["x", "y"], "f": [true, false], "z": []})");
  EXPECT_EQ(m.get_integers("n"), (std::vector<std::int64_t>{1, 2}));
  EXPECT_EQ(m.get_integers("s"), (std::vector<std::int64_t>{3, -4}));
  EXPECT_EQ(std::get<std::vector<double>>(m.values().at("r")), (std::vector<double>{1, 2.5}));
  EXPECT_EQ(m.get_strings("t"), (std::vector<std::string>{"x", "y"}));
  EXPECT_EQ(std::get<std::vector<bool>>(m.values().at("f")), (std::vector<bool>{true, false}));
  EXPECT_TRUE(m.get_integers("z").empty());
  EXPECT_TRUE(m.get_strings("z").empty());
}

TEST(JsonMetadata, NumbersTheElementsOfMixedLists) {
  const Metadata m = parse(R"({"l": [{"name": "default", "n": 1}, "x", null, 3]})");
  EXPECT_EQ(m.get_string("l.0.name"), "default");
  EXPECT_EQ(m.get_integer("l.0.n"), 1);
  EXPECT_EQ(m.get_string("l.1"), "x");
  EXPECT_FALSE(m.contains("l.2"));
  EXPECT_EQ(m.get_integer("l.3"), 3);
}

TEST(JsonMetadata, TakesNullForAMissingKey) {
  const Metadata m = parse(R"({"rope_scaling": null})");
  EXPECT_FALSE(m.contains("rope_scaling"));
  EXPECT_EQ(m.get_integer("rope_scaling", 5), 5);
}

TEST(JsonMetadata, KeepsNumbersExact) {
  const Metadata m =
      parse(R"({"big": 18446744073709551615, "low": -9223372036854775808, "eps": 1e-06})");
  EXPECT_EQ(std::get<std::uint64_t>(m.values().at("big")), 18446744073709551615u);
  EXPECT_EQ(m.get_integer("low"), INT64_MIN);
  EXPECT_EQ(m.get_real("eps"), 1e-06);
}

TEST(JsonMetadata, SaysWhereTextStopsBeingJson) {
  const std::string good = R"({"hidden_size": 64, "layers": [1, 2]})";
  for (std::size_t n = 1; n < good.size(); ++n) {
    expect_bad_file([&] { parse(good.substr(0, n)); },
                    {"config.json is not valid JSON", "", "JSON text", "at byte"});
  }
  expect_bad_file([&] { parse(good + "x"); }, {"not valid JSON", "", "", ""});
  expect_bad_file([&] { parse("{\"a\": \"\xff\"}"); }, {"not valid JSON", "\\xff", "UTF-8", ""});
  expect_bad_file([&] { parse("{\"a\": 1e999}"); }, {"not valid JSON", "overflow", "", ""});
  expect_bad_file([&] { parse("{\"a\": NaN}"); }, {"not valid JSON", "", "", ""});
}

TEST(JsonMetadata, RefusesAKeyTwice) {
  expect_bad_file([&] { parse(R"({"layers": 2, "layers": 3})"); },
                  {"\"layers\" twice", "", "each key once", ""});
  expect_bad_file([&] { parse(R"({"a": {"b": 1}, "a.b": 2})"); }, {"\"a.b\" twice", "", "", ""});
}

TEST(JsonMetadata, RefusesWhatIsTooDeepLongOrMany) {
  std::string deep = "1";
  for (int i = 0; i < 70; ++i) deep = "{\"a\":" + deep + "}";
  expect_bad_file([&] { parse(deep); }, {"too deeply", "more than 64", "at most 64", ""});
  expect_bad_file([&] { parse(std::string(1000000, '[')); }, {"too deeply", "", "", ""});
  std::string many = "[1";
  for (int i = 0; i < 1'000'000; ++i) many += ",1";
  expect_bad_file([&] { parse(many + "]"); }, {"too many values", "1000000", "at most", ""});
  const std::string long_key(600, 'k');
  expect_bad_file([&] { parse("{\"" + long_key + "\": 1}"); }, {"too long", "kkk", "500", ""});
}

TEST(JsonMetadata, WantsAnObject) {
  expect_bad_file([&] { parse("[1, 2]"); }, {"does not hold an object", "an array", "{", ""});
  expect_bad_file([&] { parse("7"); }, {"does not hold an object", "a number, 7", "{", ""});
}

TEST(Metadata, NamesKeyFoundAndExpected) {
  const Metadata m = parse(R"({"n": "eight", "r": 2.5, "l": [1, "x"], "b": 1, "big": 1e3})");
  expect_bad_file([&] { (void)m.get_integer("layers"); },
                  {"config.json has no key \"layers\"", "no such key", "a whole number", ""});
  expect_bad_file([&] { (void)m.get_integer("n"); },
                  {"config.json: the key \"n\"", "a string, \"eight\"", "a whole number", ""});
  expect_bad_file([&] { (void)m.get_integer("r", 3); },
                  {"\"r\"", "a real number, 2.5", "whole", ""});
  expect_bad_file([&] { (void)m.get_integer("big"); }, {"\"big\"", "a real number", "whole", ""});
  expect_bad_file([&] { (void)m.get_real("n"); }, {"\"n\"", "a string", "a number", ""});
  expect_bad_file([&] { (void)m.get_bool("b"); },
                  {"\"b\"", "a whole number, 1", "true or false", ""});
  expect_bad_file([&] { (void)m.get_string("r"); }, {"\"r\"", "2.5", "a string", ""});
  expect_bad_file([&] { (void)m.get_strings("n"); },
                  {"\"n\"", "\"eight\"", "a list of strings", ""});
  expect_bad_file([&] { (void)m.get_integers("n"); },
                  {"\"n\"", "\"eight\"", "a list of whole", ""});
}

TEST(Metadata, GivesWhatFits) {
  const Metadata m = parse(R"({"n": 3, "huge": 9223372036854775808, "ids": 2})");
  EXPECT_EQ(m.get_real("n"), 3.0);
  EXPECT_EQ(m.get_integers("ids"), std::vector<std::int64_t>{2});
  EXPECT_EQ(m.get_string("missing", "fallback"), "fallback");
  EXPECT_FALSE(m.get_bool("missing", false));
  EXPECT_EQ(m.get_real("missing", 0.5), 0.5);
  expect_bad_file([&] { (void)m.get_integer("huge"); }, {"", "9223372036854775808", "2^63", ""});
}

TEST(Metadata, DescribesLongListsShortly) {
  EXPECT_EQ(describe_value(std::vector<std::int64_t>{1, 2, 3}), "[1, 2, 3]");
  EXPECT_EQ(describe_value(std::vector<std::uint64_t>(1000, 7)),
            "[7, 7, 7, 7, 7, 7, ...] (1000 values)");
  EXPECT_EQ(describe_value(std::vector<bool>{true, false}), "[true, false]");
  EXPECT_EQ(describe_value(std::string("a\"b\n")), "\"a\"b\\x0a\"");
  EXPECT_EQ(describe_value(std::string(100, 'x')), "\"" + std::string(60, 'x') + "...\"");
}

}  // namespace
}  // namespace tokenwalk
