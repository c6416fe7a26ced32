// Malformed files through the real program, with little memory and little time: each is refused
// with what was found, what was expected, and mostly a hint; nothing crashes, hangs or swallows
// memory.

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "tests/program/runner.h"
#include "tests/unit/io_test_support.h"

namespace tokenwalk {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kMoreAddressSpace = std::uint64_t{2} << 30;  // beyond the file's size
constexpr double kMostSeconds = 1;

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kSanitized = true;  // maps terabytes, takes its time
#else
constexpr bool kSanitized = false;
#endif

struct BadFile {
  std::string what;
  std::string bytes;
  std::string says;  // somewhere in the message
};

Outcome run_on(const fs::path& path) {
  Limits limits;
  if (!kSanitized) limits.address_space = fs::file_size(path) + kMoreAddressSpace;
  return run_tokenwalk({"info", path.string()}, "", {}, limits);
}

void expect_refused(const fs::path& path, const std::string& says) {
  const Outcome outcome = run_on(path);
  EXPECT_TRUE(ended_by_itself(outcome)) << "signal " << outcome.signal << ": " << outcome.err;
  EXPECT_EQ(outcome.exit_code, 1) << outcome.err;
  EXPECT_EQ(outcome.out, "");
  for (const std::string& part : {std::string("tokenwalk: "), std::string("\n  found:    "),
                                  std::string("\n  expected: "), says}) {
    EXPECT_NE(outcome.err.find(part), std::string::npos) << part << "\nis not in " << outcome.err;
  }
  EXPECT_EQ(outcome.err.find('\0'), std::string::npos);
  EXPECT_TRUE(kSanitized || outcome.seconds < kMostSeconds) << outcome.seconds << " s";
}

void expect_all_refused(const char* name, const std::vector<BadFile>& files) {
  const TempFolder folder;
  for (const BadFile& file : files) {
    SCOPED_TRACE(file.what);
    expect_refused(folder.write(name, file.bytes), file.says);
  }
}

void expect_accepted(const char* name, const std::string& bytes) {
  const TempFolder folder;
  const Outcome outcome = run_on(folder.write(name, bytes));
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
}

std::string repeat(const std::string& text, std::size_t times) {
  std::string all;
  for (std::size_t i = 0; i < times; ++i) all += text;
  return all;
}

// ---- safetensors -----------------------------------------------------------------------------

const std::string kEight(8, '\0');

// {"a": {...}} with the given type, shape and places.
std::string entry(const std::string& dtype, const std::string& shape, const std::string& places) {
  return R"({"dtype": ")" + dtype + R"(", "shape": )" + shape + R"(, "data_offsets": )" + places +
         "}";
}

std::string one(const std::string& dtype, const std::string& shape, const std::string& places) {
  return safetensors_bytes(R"({"a": )" + entry(dtype, shape, places) + "}", kEight);
}

std::string two(const std::string& first, const std::string& second) {
  return safetensors_bytes(
      R"({"a": )" + entry("F32", "[1]", first) + R"(, "b": )" + entry("F32", "[1]", second) + "}",
      kEight);
}

std::string header(const std::string& text) {
  return safetensors_bytes(text, "");
}

TEST(BadFiles, SafetensorsHeaders) {
  const std::string deep(100'000, '[');
  expect_all_refused(
      "m.safetensors",
      {{"empty", "", "empty"},
       {"seven bytes", "1234567", "not a safetensors file"},
       {"header of no bytes", bytes_of(std::uint64_t{0}) + "{}", "impossible length"},
       {"header past the end", bytes_of(std::uint64_t{100}) + "{}", "impossible length"},
       {"header of 2^63 bytes", bytes_of(std::uint64_t{1} << 63) + "{}", "9223372036854775808"},
       {"header of 2^64 - 1 bytes", bytes_of(UINT64_MAX) + "{}", "18446744073709551615"},
       {"length + 8 wraps", bytes_of(UINT64_MAX - 7) + "{}", "impossible length"},
       {"an array", header("[]"), "not a JSON object"},
       {"a number", header("12345678"), "not a JSON object"},
       {"not JSON", header("{nonsense}"), "not valid JSON"},
       {"not UTF-8", header("{\"\xFF\": 1}"), "not valid JSON"},
       {"text after the object", header("{} x"), "not valid JSON"},
       {"nested 100,000 deep", header("{\"a\": " + deep), "too deeply"},
       {"objects 100,000 deep", header(repeat("{\"a\":", 100'000)), "too deeply"},
       {"a tensor that is a number", header(R"({"a": 1})"), "a number, 1"},
       {"metadata of numbers", header(R"({"__metadata__": {"a": 1}})"), "__metadata__"},
       {"a name twice",
        safetensors_bytes(R"({"a": )" + entry("F32", "[1]", "[0, 4]") + R"(, "a": )" +
                              entry("F32", "[1]", "[4, 8]") + "}",
                          kEight),
        "twice"},
       {"a key of a tensor twice", header(R"({"a": {"dtype": "F32", "dtype": "F16"}})"), "twice"},
       {"no dtype", header(R"({"a": {"shape": [], "data_offsets": [0, 0]}})"), "no dtype"},
       {"no shape", header(R"({"a": {"dtype": "F32", "data_offsets": [0, 0]}})"), "no shape"},
       {"no places", header(R"({"a": {"dtype": "F32", "shape": [0]}})"), "no data_offsets"},
       {"many values", header("{\"a\": [" + repeat("0,", 2'000'000) + "0]}"), "too many values"}});
}

TEST(BadFiles, SafetensorsTensors) {
  expect_all_refused(
      "m.safetensors",
      {{"unknown type", one("F31", "[2]", "[0, 8]"), "\"F31\""},
       {"negative size", one("F32", "[-2]", "[0, 8]"), "a list of sizes"},
       {"size that is no whole number", one("F32", "[2.0]", "[0, 8]"), "a list of sizes"},
       {"size beyond 64 bits", one("F32", "[18446744073709551616]", "[0, 8]"), "a list of sizes"},
       {"shape that is no list", one("F32", "2", "[0, 8]"), "a list of sizes"},
       {"sizes whose product overflows", one("F32", "[4294967296, 4294967296]", "[0, 0]"),
        "as many as F32"},
       {"product that wraps to the right number", one("F32", "[2, 9223372036854775809]", "[0, 8]"),
        "as many as F32"},
       {"bytes that overflow", one("F32", "[4611686018427387906]", "[0, 8]"), "as many as F32"},
       {"too few bytes", one("F32", "[3]", "[0, 8]"), "as many as F32[3] takes, 12"},
       {"too many bytes", one("F32", "[1]", "[0, 8]"), "as many as F32[1] takes, 4"},
       {"end before begin", one("F32", "[2]", "[8, 0]"), "an end that is not before"},
       {"three places", one("F32", "[2]", "[0, 4, 8]"), "3 data_offsets"},
       {"negative place", one("F32", "[2]", "[-8, 0]"), "a list of sizes"},
       {"place beyond 64 bits", one("F32", "[2]", "[0, 99999999999999999999]"), "a list of sizes"},
       {"past the end", one("F32", "[4]", "[0, 16]"), "do not fill the file"},
       {"far past the end", one("U8", "[18446744073709551615]", "[0, 18446744073709551615]"),
        "as many as U8"},
       {"before the end", one("F32", "[1]", "[0, 4]"), "do not fill the file"},
       {"overlap", two("[0, 4]", "[0, 4]"), "overlaps"},
       {"overlap in part", two("[0, 4]", "[2, 6]"), "overlaps"},
       {"hole at the beginning", one("F32", "[1]", "[4, 8]"), "follows a gap"},
       {"hole between", two("[0, 4]", "[5, 9]"), "follows a gap"},
       {"half a byte", one("F4", "[3]", "[0, 1]"), "as many as F4"}});
}

TEST(BadFiles, SafetensorsThatAreLegal) {
  expect_accepted("m.safetensors", header("{}"));
  expect_accepted("m.safetensors", header("{}      "));
  expect_accepted("m.safetensors",
                  header(R"({"none": )" + entry("F32", "[0, 5]", "[0, 0]") + R"(, "nothing": )" +
                         entry("BF16", "[7, 0]", "[0, 0]") + "}"));
  expect_accepted("m.safetensors", two("[4, 8]", "[0, 4]"));
}

// ---- GGUF ------------------------------------------------------------------------------------

std::string gguf_head(std::uint64_t tensors, std::uint64_t keys) {
  return "GGUF" + bytes_of(std::uint32_t{3}) + bytes_of(tensors) + bytes_of(keys);
}

std::string gguf_key(std::uint32_t type, const std::string& value) {
  return GgufWriter().key("k", type, value).bytes();
}

std::string gguf_list(std::uint32_t type, std::uint64_t count, const std::string& data = "") {
  return gguf_key(9, bytes_of(type) + bytes_of(count) + data);
}

std::string gguf_tensor(const std::vector<std::uint64_t>& sizes, std::uint32_t type,
                        std::uint64_t offset) {
  return GgufWriter().tensor("w", sizes, type, offset).data(std::string(64, '\0')).bytes();
}

std::string gguf_two(std::uint64_t first, std::uint64_t second, const char* name = "b") {
  GgufWriter writer;
  writer.tensor("a", {8}, 0, first).tensor(name, {8}, 0, second);
  return writer.data(std::string(128, '\0')).bytes();
}

TEST(BadFiles, GgufKeys) {
  const std::string nested = bytes_of(std::uint32_t{9}) + bytes_of(std::uint64_t{1});
  expect_all_refused(
      "m.gguf",
      {{"the magic alone", "GGUF", "ends inside"},
       {"version 1", GgufWriter().bytes(1), "version 1"},
       {"version 4", GgufWriter().bytes(4), "version 4"},
       {"big-endian", GgufWriter().bytes(0x03000000), "big-endian"},
       {"2^64 - 1 tensors", gguf_head(UINT64_MAX, 0), "more tensors"},
       {"2^64 - 1 keys", gguf_head(0, UINT64_MAX), "more keys"},
       {"2^63 keys", gguf_head(0, std::uint64_t{1} << 63), "more keys"},
       {"a key longer than the file", gguf_head(0, 1) + bytes_of(std::uint64_t{1} << 40) + kEight,
        "ends inside"},
       {"a string longer than the file", gguf_key(8, bytes_of(std::uint64_t{1} << 40)),
        "ends inside"},
       {"a string whose end wraps", gguf_key(8, bytes_of(UINT64_MAX - 8)), "ends inside"},
       {"a list longer than the file", gguf_list(4, std::uint64_t{1} << 40), "more list elements"},
       {"a list whose bytes wrap", gguf_list(10, (std::uint64_t{1} << 61) + 1),
        "more list elements"},
       {"strings without end", gguf_list(8, std::uint64_t{1} << 61), "more list elements"},
       {"unknown type", gguf_key(13, kEight), "type 13"},
       {"list of an unknown type", gguf_list(200, 1, kEight), "type 200"},
       {"a list of lists", gguf_list(9, 1, nested + kEight), "a list of lists"},
       {"lists 100,000 deep", gguf_key(9, repeat(nested, 100'000)), "a list of lists"},
       {"a truth value of 7", gguf_key(7, "\7"), "truth value"},
       {"a key twice", GgufWriter().number("k", 1).number("k", 2).bytes(), "twice"},
       {"alignment 0", GgufWriter().number("general.alignment", 0).bytes(), "alignment"},
       {"alignment 48", GgufWriter().number("general.alignment", 48).bytes(), "alignment"},
       {"alignment 2^31", GgufWriter().number("general.alignment", 1u << 31).bytes(), "alignment"},
       {"alignment in words", GgufWriter().text("general.alignment", "32").bytes(), "alignment"}});
}

TEST(BadFiles, GgufTensors) {
  const std::uint64_t huge = std::uint64_t{1} << 62;
  expect_all_refused(
      "m.gguf",
      {{"unknown type", gguf_tensor({8}, 99, 0), "type 99"},
       {"a type that was given up", gguf_tensor({32}, 4, 0), "type 4"},
       {"five dimensions", gguf_tensor({1, 1, 1, 1, 1}, 0, 0), "too many dimensions"},
       {"2^32 - 1 dimensions",
        gguf_head(1, 0) + gguf_string("w") + bytes_of(UINT32_MAX) + std::string(64, '\0'),
        "too many dimensions"},
       {"negative size", gguf_tensor({UINT64_MAX}, 0, 0), "the size -1"},
       {"sizes whose product overflows", gguf_tensor({huge, huge}, 0, 0), "impossible shape"},
       {"product that wraps to the right number", gguf_tensor({huge, 4, 2}, 0, 0),
        "impossible shape"},
       {"bytes that overflow", gguf_tensor({huge + 2}, 0, 0), "impossible shape"},
       {"half a block", gguf_tensor({16}, 8, 0), "whole blocks of 32"},
       {"larger than the file", gguf_tensor({1 << 20}, 0, 0), "past the end"},
       {"place past the end", gguf_tensor({8}, 0, 1 << 20), "past the end"},
       {"place whose end wraps", gguf_tensor({8}, 0, UINT64_MAX - 31), "past the end"},
       {"not aligned", gguf_tensor({8}, 0, 8), "not aligned"},
       {"overlap", gguf_two(0, 0), "byte 32, the next multiple"},
       {"overlap in part", gguf_two(0, 16), "overlaps"},
       {"hole at the beginning", gguf_two(32, 64), "follows a gap"},
       {"hole between", gguf_two(0, 64), "follows a gap"},
       {"a name twice", gguf_two(0, 32, "a"), "two tensors called"}});
}

TEST(BadFiles, GgufThatAreLegal) {
  expect_accepted("m.gguf", GgufWriter().bytes(2));
  expect_accepted("m.gguf", gguf_two(32, 0));
  expect_accepted("m.gguf", gguf_tensor({0, 5}, 0, 0));
  expect_accepted("m.gguf", gguf_list(8, 0));
}

// ---- both ------------------------------------------------------------------------------------

TEST(BadFiles, CutAnywhere) {
  const std::string safetensors = two("[0, 4]", "[4, 8]");
  GgufWriter writer = small_gguf_tokenizer();
  const std::string gguf = writer.tensor("w", {8}, 0, 0).data(std::string(32, '\1')).bytes();
  const TempFolder folder;
  for (std::size_t n = 1; n < safetensors.size(); n += 7) {
    SCOPED_TRACE(n);
    expect_refused(folder.write("m.safetensors", safetensors.substr(0, n)), "m.safetensors");
  }
  for (std::size_t n = 1; n < gguf.size(); n += 23) {
    SCOPED_TRACE(n);
    expect_refused(folder.write("m.gguf", gguf.substr(0, n)), "m.gguf");
  }
}

// Files that are as large as they claim, but only on paper: all zeros after the beginning.
TEST(BadFiles, LargeOnPaper) {
  const TempFolder folder;
  const std::uint64_t size = std::uint64_t{6} << 30;
  const auto refuse = [&](const char* name, const std::string& begin, const std::string& says) {
    SCOPED_TRACE(says);
    const fs::path path = folder.write(name, begin);
    fs::resize_file(path, size);
    expect_refused(path, says);
  };
  refuse("m.safetensors", bytes_of(size - 8) + "{", "impossible length");
  refuse("m.safetensors", bytes_of(std::uint64_t{100'000'000}) + "{", "not valid JSON");
  refuse("m.gguf", gguf_head(5'000'000, 0), "more tensors than any model");
  refuse("m.gguf", gguf_head(0, 5'000'000), "more keys than any model");
  refuse("m.gguf", gguf_list(0, size - 100), "more list elements");
  refuse("m.gguf", gguf_key(8, bytes_of(size - 100)), "ends inside");
}

// What is legal is read within the same limits, however long its lists are.
TEST(BadFiles, TheLongestLists) {
  const TempFolder folder;
  for (const std::string& begin : {gguf_list(0, 130'000'000), gguf_list(8, 16'000'000)}) {
    const fs::path path = folder.write("m.gguf", begin);
    fs::resize_file(path, 140'000'000);
    const Outcome outcome = run_on(path);
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  }
}

}  // namespace
}  // namespace tokenwalk
