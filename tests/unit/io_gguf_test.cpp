#include "lib/io/gguf.h"

#include "lib/io/widen.h"
#include "tests/unit/io_test_support.h"

namespace tokenwalk {
namespace {

constexpr std::uint32_t kTypeF32 = 0;
constexpr std::uint32_t kTypeQ8 = 8;

// Opens a file of these bytes; it is gone when the function returns.
void open(const std::string& bytes) {
  const TempFolder folder;
  const GgufFile file(folder.write("m.gguf", bytes));
}

const std::string kFloats = float_bytes({1, 2, 3, 4, 5, 6, 7, 8});  // 32 bytes

TEST(Gguf, ReadsEveryTypeOfValue) {
  const TempFolder folder;
  GgufWriter writer;
  writer.key("u8", 0, "\xff").key("i8", 1, "\xff");
  writer.key("u16", 2, bytes_of(std::uint16_t{65535})).key("i16", 3, bytes_of(std::int16_t{-2}));
  writer.key("u32", 4, bytes_of(std::uint32_t{4000000000}));
  writer.key("i32", 5, bytes_of(std::int32_t{-3})).key("f32", 6, bytes_of(1.5f));
  writer.key("flag", 7, std::string(1, '\1')).text("text", "Ġt");
  writer.key("u64", 10, bytes_of(UINT64_MAX)).key("i64", 11, bytes_of(INT64_MIN));
  writer.key("f64", 12, bytes_of(0.1));
  writer.texts("list", {"x", ""}).numbers("types", {1, -3});
  const GgufFile file(folder.write("m.gguf", writer.bytes()));
  const Metadata& m = file.metadata();

  EXPECT_EQ(file.version(), 3u);
  EXPECT_EQ(m.get_integer("u8"), 255);
  EXPECT_EQ(m.get_integer("i8"), -1);
  EXPECT_EQ(m.get_integer("u16"), 65535);
  EXPECT_EQ(m.get_integer("i16"), -2);
  EXPECT_EQ(m.get_integer("u32"), 4000000000);
  EXPECT_EQ(m.get_integer("i32"), -3);
  EXPECT_EQ(m.get_real("f32"), 1.5);
  EXPECT_TRUE(m.get_bool("flag"));
  EXPECT_EQ(m.get_string("text"), "Ġt");
  EXPECT_EQ(std::get<std::uint64_t>(m.values().at("u64")), UINT64_MAX);
  EXPECT_EQ(m.get_integer("i64"), INT64_MIN);
  EXPECT_EQ(m.get_real("f64"), 0.1);
  EXPECT_EQ(m.get_strings("list"), (std::vector<std::string>{"x", ""}));
  EXPECT_EQ(m.get_integers("types"), (std::vector<std::int64_t>{1, -3}));
}

TEST(Gguf, TurnsShapesToRowMajor) {
  const TempFolder folder;
  GgufWriter writer;
  writer.tensor("w", {4, 2}, kTypeF32, 0).data(kFloats);
  for (const std::uint32_t version : {2u, 3u}) {
    const GgufFile file(folder.write("m.gguf", writer.bytes(version)));
    const StoredTensor& w = file.at("w");
    EXPECT_EQ(w.shape, (std::vector<std::size_t>{2, 4}));
    std::vector<float> row(4);
    widen_row(w, 1, row);
    EXPECT_EQ(row, (std::vector<float>{5, 6, 7, 8}));
  }
}

TEST(Gguf, KeepsTheAlignmentThatTheFileGives) {
  const TempFolder folder;
  GgufWriter writer;
  writer.number("general.alignment", 64)
      .tensor("a", {1}, kTypeF32, 0)
      .tensor("b", {1}, kTypeF32, 64);
  std::string bytes = writer.bytes();
  bytes.resize((bytes.size() + 63) / 64 * 64, '\0');
  bytes += float_bytes({1}) + std::string(60, '\0') + float_bytes({2});
  const GgufFile file(folder.write("m.gguf", bytes));
  EXPECT_EQ(widen(file.at("a")), std::vector<float>{1});
  EXPECT_EQ(widen(file.at("b")), std::vector<float>{2});
}

TEST(Gguf, ListsButDoesNotGiveOtherTypes) {
  const TempFolder folder;
  GgufWriter writer;
  writer.tensor("k", {256}, 10, 0).data(std::string(84, 'x'));
  const GgufFile file(folder.write("m.gguf", writer.bytes()));
  ASSERT_EQ(file.tensors().size(), 1u);
  EXPECT_EQ(file.tensors()[0].type_name, "Q2_K");
  EXPECT_EQ(file.tensors()[0].bytes.size(), 84u);
  expect_bad_file([&] { (void)file.at("k"); }, {"\"k\"", "Q2_K", "Q4_1, Q4_K", "convert"});
}

TEST(Gguf, ChecksTheBeginning) {
  expect_bad_file([&] { open("GGML" + std::string(40, '\0')); },
                  {"not a GGUF file", "\"GGML\"", "\"GGUF\"", ""});
  expect_bad_file([&] { open(GgufWriter().bytes(1)); },
                  {"cannot be read", "version 1", "2 or 3", ""});
  expect_bad_file([&] { open(GgufWriter().bytes(0x03000000)); },
                  {"cannot be read", "big-endian", "little-endian", ""});
  expect_bad_file([&] { open("GG"); }, {"ends inside", "", "", "cut"});
}

TEST(Gguf, ChecksCountsBeforeUsingThem) {
  const GgufWriter writer;
  const std::string head = "GGUF" + bytes_of(std::uint32_t{3});
  const std::string zero = bytes_of(std::uint64_t{0});
  const std::string huge = bytes_of(UINT64_MAX);
  expect_bad_file([&] { open(head + huge + zero); },
                  {"more tensors", "18446744073709551615", "at most 0", ""});
  expect_bad_file([&] { open(head + zero + huge); },
                  {"more keys", "18446744073709551615", "at most 0", ""});
  expect_bad_file([&] { open(GgufWriter().text("a", "some longer text").bytes(3, 0, 1)); },
                  {"ends inside", "", "", ""});
  // A string and a list that claim more than the file has.
  expect_bad_file([&] { open(GgufWriter().key("a", 8, bytes_of(std::uint64_t{1} << 60)).bytes()); },
                  {"ends inside", "0 bytes left", "1152921504606846976 bytes", "fetch it again"});
  for (const std::uint64_t wrapping : {UINT64_MAX, UINT64_MAX - 40}) {
    expect_bad_file([&] { open(GgufWriter().key("a", 8, bytes_of(wrapping)).bytes()); },
                    {"ends inside", "0 bytes left", std::to_string(wrapping), ""});
  }
  const std::string list = bytes_of(std::uint32_t{8}) + bytes_of(std::uint64_t{1} << 61);
  expect_bad_file([&] { open(GgufWriter().key("a", 9, list).bytes()); },
                  {"more list elements", "2305843009213693952", "at most 0", ""});
}

TEST(Gguf, ChecksValues) {
  expect_bad_file([&] { open(GgufWriter().key("k", 13, "abcdefgh").bytes()); },
                  {"\"k\" a value of an unknown type", "type 13", "0 to 12", ""});
  expect_bad_file([&] { open(GgufWriter().key("k", 7, std::string(1, '\2')).bytes()); },
                  {"truth value", "the byte 2", "0 or 1", ""});
  expect_bad_file([&] { open(GgufWriter().number("k", 1).number("k", 2).bytes()); },
                  {"\"k\" twice", "first 1", "each key once", ""});
  const std::string nested = bytes_of(std::uint32_t{9}) + bytes_of(std::uint64_t{1});
  expect_bad_file([&] { open(GgufWriter().key("k", 9, nested + nested).bytes()); },
                  {"\"k\" a list of lists", "", "", ""});
  for (const std::uint32_t alignment : {0u, 3u, 48u, 1u << 30}) {
    expect_bad_file([&] { open(GgufWriter().number("general.alignment", alignment).bytes()); },
                    {"general.alignment", std::to_string(alignment), "a power of two", ""});
  }
  expect_bad_file([&] { open(GgufWriter().text("general.alignment", "32").bytes()); },
                  {"general.alignment", "\"32\"", "a whole number", ""});
}

TEST(Gguf, ChecksShapes) {
  const auto tensor = [](std::vector<std::uint64_t> sizes, std::uint32_t type,
                         const ErrorSays& says) {
    expect_bad_file([&] { open(GgufWriter().tensor("w", sizes, type, 0).data(kFloats).bytes()); },
                    says);
  };
  tensor({1, 1, 1, 1, 1}, kTypeF32, {"too many dimensions", "5", "at most 4", ""});
  tensor({40}, kTypeQ8, {"impossible shape", "Q8_0 of shape [40]", "whole blocks of 32", ""});
  tensor({std::uint64_t{1} << 32, std::uint64_t{1} << 32}, kTypeF32,
         {"impossible shape", "F32", "64 bits", ""});
  tensor({std::uint64_t{1} << 62}, kTypeF32, {"impossible shape", "F32", "64 bits", ""});
  tensor({UINT64_MAX, 2}, kTypeF32, {"impossible shape", "the size -1", "2^63 - 1", ""});
  tensor({std::uint64_t{1} << 63, 0}, kTypeF32,
         {"impossible shape", "-9223372036854775808", "", ""});
  tensor({8}, 99, {"\"w\" an unknown type", "type 99", "0 for F32", "newer than this program"});
  tensor({9}, kTypeF32, {"\"w\"", "32 bytes of data", "36 bytes from byte 0", "cut"});
}

TEST(Gguf, ChecksPlaces) {
  const auto places = [](std::uint64_t a, std::uint64_t b, const ErrorSays& says) {
    GgufWriter writer;
    writer.tensor("a", {8}, kTypeF32, a).tensor("b", {8}, kTypeF32, b).data(kFloats + kFloats);
    expect_bad_file([&] { open(writer.bytes()); }, says);
  };
  places(0, 0, {"\"b\"", "byte 0", "byte 32, the next multiple of 32", ""});
  places(0, 16, {"overlaps another", "byte 16", "byte 32", ""});
  places(0, 64, {"past the end", "64 bytes of data", "32 bytes from byte 64", ""});
  places(0, UINT64_MAX - 31, {"past the end", "64 bytes of data", "18446744073709551584", ""});
  GgufWriter writer;
  writer.tensor("a", {1}, kTypeF32, 8).data(kFloats);
  expect_bad_file([&] { open(writer.bytes()); },
                  {"not aligned", "byte 8", "byte 0, the next multiple of 32", ""});
  GgufWriter gap;
  gap.tensor("a", {1}, kTypeF32, 0).tensor("b", {1}, kTypeF32, 64).data(std::string(96, '\0'));
  expect_bad_file([&] { open(gap.bytes()); }, {"\"b\"", "byte 64", "byte 32", ""});
  GgufWriter twice;
  twice.tensor("a", {1}, kTypeF32, 0).tensor("a", {1}, kTypeF32, 32).data(kFloats + kFloats);
  expect_bad_file([&] { open(twice.bytes()); }, {"two tensors called \"a\"", "", "once", ""});
}

TEST(Gguf, TensorsOfNoNumbersTakeNoRoom) {
  const TempFolder folder;
  GgufWriter writer;
  writer.tensor("none", {4, 0}, kTypeF32, 0).tensor("w", {8}, kTypeF32, 0);
  writer.tensor("nothing", {0}, kTypeQ8, 32).data(kFloats);
  const GgufFile file(folder.write("m.gguf", writer.bytes()));
  EXPECT_TRUE(widen(file.at("none")).empty());
  EXPECT_EQ(widen(file.at("w")).size(), 8u);
}

TEST(Gguf, RefusesAbsurdCountsThatTheFileHasRoomFor) {
  const TempFolder folder;
  const std::string head = "GGUF" + bytes_of(std::uint32_t{3});
  const auto open_long = [&](const std::string& begin) {
    const auto path = folder.write("m.gguf", begin);
    std::filesystem::resize_file(path, std::uint64_t{1} << 40);  // sparse: takes no room
    GgufFile{path};
  };
  const std::string zero = bytes_of(std::uint64_t{0}), million = bytes_of(std::uint64_t{1000000});
  expect_bad_file([&] { open_long(head + million + zero); },
                  {"more tensors than any model", "1000000", "200000", ""});
  expect_bad_file([&] { open_long(head + zero + million); },
                  {"more keys than any model", "1000000", "100000", ""});
  const std::string key = head + zero + bytes_of(std::uint64_t{1}) + gguf_string("k");
  expect_bad_file([&] { open_long(key + bytes_of(std::uint32_t{8}) + bytes_of(1ull << 32)); },
                  {"ends inside", "", "4294967296", "the first 134217728 bytes"});
}

TEST(Gguf, RefusesEveryTruncation) {
  GgufWriter writer = small_gguf_tokenizer();
  writer.tensor("w", {4, 2}, kTypeF32, 0).data(kFloats);
  const std::string bytes = writer.bytes();
  const TempFolder folder;
  const auto open_one = [&](const std::string& part) { GgufFile{folder.write("m.gguf", part)}; };
  open_one(bytes);
  for (std::size_t n = 1; n < bytes.size(); ++n) {
    expect_bad_file([&] { open_one(bytes.substr(0, n)); }, {"m.gguf", "", "", ""});
  }
}

TEST(Gguf, IsToldByItsFirstBytes) {
  const TempFolder folder;
  EXPECT_TRUE(is_gguf(folder.write("a", GgufWriter().bytes())));
  EXPECT_FALSE(is_gguf(folder.write("b", "GGU")));
  EXPECT_FALSE(is_gguf(folder.write("c", "{\"a\": 1}")));
  EXPECT_FALSE(is_gguf(folder.path()));
  EXPECT_FALSE(is_gguf(folder.path() / "none"));
}

}  // namespace
}  // namespace tokenwalk
