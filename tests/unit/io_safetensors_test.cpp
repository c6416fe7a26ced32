#include "lib/io/safetensors.h"

#include "lib/io/widen.h"
#include "tests/unit/io_test_support.h"

namespace tokenwalk {
namespace {

// Opens a file of this header and these data.
void open(const std::string& header, const std::string& data) {
  const TempFolder folder;
  const SafetensorsFile file(folder.write("m.safetensors", safetensors_bytes(header, data)));
}

const std::string kEight = std::string(8, '\0');

TEST(Safetensors, ReadsTensorsOfEveryType) {
  const TempFolder folder;
  // A header of odd length leaves the numbers unaligned; spaces at its end are allowed.
  const std::string header =
      R"({"__metadata__": {"format": "pt"},)"
      R"("b": {"dtype": "F16", "shape": [2], "data_offsets": [24, 28]},)"
      R"("a": {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]},)"
      R"("c": {"dtype": "BF16", "shape": [], "data_offsets": [28, 30]},)"
      R"("none": {"dtype": "F32", "shape": [0, 5], "data_offsets": [30, 30]},)"
      R"("ids": {"dtype": "I64", "shape": [1], "data_offsets": [30, 38]}}   )";
  const std::string data = float_bytes({1, 2, 3, 4, 5, 6}) + bytes_of(std::uint16_t{0x3C00}) +
                           bytes_of(std::uint16_t{0xC000}) + bytes_of(std::uint16_t{0x3FC0}) +
                           kEight;
  const SafetensorsFile file(folder.write("m.safetensors", safetensors_bytes(header, data)));

  EXPECT_EQ(file.metadata().get_string("format"), "pt");
  ASSERT_EQ(file.tensors().size(), 5u);
  EXPECT_EQ(file.tensors()[0].name, "a");  // in the order of their bytes
  EXPECT_EQ(file.at("a").shape, (std::vector<std::size_t>{2, 3}));
  EXPECT_EQ(widen(file.at("a")), (std::vector<float>{1, 2, 3, 4, 5, 6}));
  EXPECT_EQ(widen(file.at("b")), (std::vector<float>{1, -2}));
  EXPECT_EQ(widen(file.at("c")), std::vector<float>{1.5});
  EXPECT_TRUE(widen(file.at("none")).empty());
  EXPECT_EQ(file.find("missing"), nullptr);
}

TEST(Safetensors, ListsButDoesNotGiveOtherTypes) {
  const TempFolder folder;
  const std::string header = R"({"ids": {"dtype": "I64", "shape": [1], "data_offsets": [0, 8]}})";
  const SafetensorsFile file(folder.write("m.safetensors", safetensors_bytes(header, kEight)));
  EXPECT_EQ(file.tensors()[0].type_name, "I64");
  EXPECT_EQ(file.find_listed("ids")->dtype, DType::kOther);
  expect_bad_file([&] { (void)file.at("ids"); }, {"\"ids\"", "I64", "F32, F16", "convert"});
  expect_bad_file([&] { (void)file.find("ids"); }, {"\"ids\"", "I64", "F32, F16", "convert"});
}

TEST(Safetensors, NamesTheNearestTensor) {
  const TempFolder folder;
  const std::string header =
      R"({"model.norm.weight": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}})";
  const SafetensorsFile file(folder.write("m.safetensors", safetensors_bytes(header, kEight)));
  expect_bad_file([&] { (void)file.at("model.norms.weight"); },
                  {"no tensor \"model.norms.weight\"", "1 tensors", "", "\"model.norm.weight\""});
}

TEST(Safetensors, ChecksTheLengthOfTheHeader) {
  const TempFolder folder;
  const auto bad = [&](const std::string& bytes, const ErrorSays& says) {
    expect_bad_file([&] { SafetensorsFile{folder.write("m.safetensors", bytes)}; }, says);
  };
  bad("1234567", {"not a safetensors file", "7 bytes", "at least 8", ""});
  bad(bytes_of(std::uint64_t{0}) + "{}", {"impossible length", "0 bytes", "2 to 2", ""});
  bad(bytes_of(std::uint64_t{3}) + "{}", {"impossible length", "3 bytes", "2 to 2", "cut"});
  bad(bytes_of(UINT64_MAX) + "{}", {"impossible length", "18446744073709551615 bytes", "", ""});
  bad(bytes_of(std::uint64_t{2}) + "[]", {"not a JSON object", "\"[]\"", "{", ""});
  bad(bytes_of(std::uint64_t{2}) + "{x", {"not valid JSON", "", "", ""});
}

TEST(Safetensors, RefusesAHeaderOfMoreThan100MB) {
  const TempFolder folder;
  const auto path = folder.write("m.safetensors", bytes_of(std::uint64_t{100'000'001}) + "{}");
  std::filesystem::resize_file(path, 200'000'000);  // sparse: takes no room
  expect_bad_file([&] { SafetensorsFile{path}; },
                  {"impossible length", "100000001 bytes", "2 to 100000000", ""});
}

TEST(Safetensors, ChecksEveryEntry) {
  const auto entry = [](const std::string& value, const ErrorSays& says) {
    expect_bad_file([&] { open("{\"t\": " + value + "}", kEight); }, says);
  };
  const std::string about = "describes the tensor \"t\" wrongly";
  entry("7", {about, "a number, 7", "an object", ""});
  entry(R"({"shape": [2], "data_offsets": [0, 8]})", {about, "no dtype", "", ""});
  entry(R"({"dtype": 1, "shape": [2], "data_offsets": [0, 8]})",
        {about, "dtype is a number", "", ""});
  entry(R"({"dtype": "F99", "shape": [2], "data_offsets": [0, 8]})", {about, "\"F99\"", "F32", ""});
  entry(R"({"dtype": "F32", "data_offsets": [0, 8]})", {about, "no shape", "", ""});
  entry(R"({"dtype": "F32", "shape": [-2], "data_offsets": [0, 8]})", {about, "shape is", "", ""});
  entry(R"({"dtype": "F32", "shape": [2.0], "data_offsets": [0, 8]})", {about, "shape is", "", ""});
  entry(R"({"dtype": "F32", "shape": "2", "data_offsets": [0, 8]})", {about, "shape is", "", ""});
  entry(R"({"dtype": "F32", "shape": [2]})", {about, "no data_offsets", "", ""});
  entry(R"({"dtype": "F32", "shape": [2], "data_offsets": [0]})",
        {about, "1 data_offsets", "", ""});
  entry(R"({"dtype": "F32", "shape": [2], "data_offsets": [8, 0]})", {about, "8 to 0", "end", ""});
  entry(R"({"dtype": "F32", "shape": [3], "data_offsets": [0, 8]})",
        {about, "8 bytes", "F32[3] takes, 12", ""});
  entry(R"({"dtype": "F4", "shape": [17], "data_offsets": [0, 8]})",
        {about, "8 bytes", "F4[17]", ""});
}

TEST(Safetensors, DoesNotOverflow) {
  const auto shape = [](const std::string& sizes) {
    expect_bad_file(
        [&] {
          open(R"({"t": {"dtype": "F32", "shape": )" + sizes + R"(, "data_offsets": [0, 8]}})",
               kEight);
        },
        {"wrongly", "8 bytes", "F32", ""});
  };
  shape("[4294967296, 4294967296]");  // 2^64
  shape("[4611686018427387904, 4]");  // 2^64 numbers
  shape("[4611686018427387906]");     // 2^64 + 8 bytes
  shape("[18446744073709551615, 18446744073709551615, 18446744073709551615]");
}

TEST(Safetensors, WantsPlacesWithoutGapOrOverlap) {
  const auto places = [](const std::string& a, const std::string& b, const ErrorSays& says) {
    const std::string head = R"({"dtype": "F32", "shape": [1], "data_offsets": )";
    expect_bad_file([&] { open("{\"a\": " + head + a + "}, \"b\": " + head + b + "}}", kEight); },
                    says);
  };
  places("[0, 4]", "[0, 4]", {"overlaps", "byte 0", "byte 4", ""});
  places("[0, 4]", "[2, 6]", {"\"b\"", "byte 2", "byte 4", ""});
  places("[0, 4]", "[5, 9]", {"follows a gap", "byte 5", "byte 4", ""});
  places("[1, 5]", "[5, 9]", {"\"a\"", "byte 1", "byte 0", ""});
  const std::string one = R"({"a": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}})";
  expect_bad_file([&] { open(one, "1234567"); }, {"do not fill", "7 bytes", "8 bytes", "cut"});
  expect_bad_file([&] { open(one, kEight + "x"); }, {"do not fill", "9 bytes", "8 bytes", ""});
}

TEST(Safetensors, RefusesNamesTwiceAndBadMetadata) {
  const std::string entry = R"({"dtype": "F32", "shape": [1], "data_offsets": [0, 4]})";
  expect_bad_file([&] { open("{\"a\": " + entry + ", \"a\": " + entry + "}", kEight); },
                  {"\"a\" twice", "", "each key once", ""});
  expect_bad_file([&] { open(R"({"__metadata__": {"format": 1}})", ""); },
                  {"__metadata__", "an object", "strings", ""});
  expect_bad_file([&] { open(R"({"__metadata__": "pt"})", ""); },
                  {"__metadata__", "\"pt\"", "", ""});
}

class Shards : public testing::Test {
 protected:
  void SetUp() override {
    const std::string entry = R"({"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}})";
    folder_.write("s1.safetensors", safetensors_bytes("{\"a\": " + entry, float_bytes({1})));
    folder_.write("s2.safetensors", safetensors_bytes("{\"b\": " + entry, float_bytes({2})));
  }

  void write_index(const std::string& map) {
    folder_.write("model.safetensors.index.json", "{\"weight_map\": " + map + "}");
  }

  TempFolder folder_;
};

TEST_F(Shards, AreReadAsOneModel) {
  write_index(R"({"a": "s1.safetensors", "b": "s2.safetensors"})");
  const auto model = open_safetensors(folder_.path());
  ASSERT_EQ(model->tensors().size(), 2u);
  EXPECT_EQ(widen(model->at("a")), std::vector<float>{1});
  EXPECT_EQ(widen(model->at("b")), std::vector<float>{2});
}

TEST_F(Shards, AreCheckedAgainstTheIndex) {
  const auto open_folder = [&] { open_safetensors(folder_.path()); };
  write_index(R"({"a": "s2.safetensors"})");
  expect_bad_file(open_folder, {"s2.safetensors lacks the tensor \"a\"", "", "", "another model"});
  write_index(R"({"a": "s3.safetensors"})");
  expect_bad_file(open_folder, {"s3.safetensors", "No such file", "", ""});
  for (const char* name : {"../s1.safetensors", "/etc/passwd", "", "..", "x/s1.safetensors"}) {
    write_index("{\"a\": \"" + std::string(name) + "\"}");
    expect_bad_file(open_folder, {"\"a\"", "a string", "in the same folder", ""});
  }
  write_index("7");
  expect_bad_file(open_folder, {"names no shards", "", "weight_map", ""});
}

TEST_F(Shards, GiveWayToOneFile) {
  write_index(R"({"a": "s1.safetensors", "b": "s2.safetensors"})");
  std::filesystem::copy_file(folder_.path() / "s1.safetensors",
                             folder_.path() / "model.safetensors");
  EXPECT_EQ(open_safetensors(folder_.path())->tensors().size(), 1u);
}

TEST(OpenTensorFile, SaysWhatAFolderLacks) {
  const TempFolder folder;
  expect_bad_file(
      [&] { open_tensor_file(folder.path()); },
      {"holds no weights", "neither model.safetensors", "one of the two", "config.json"});
  expect_bad_file([&] { open_tensor_file(folder.path() / "none.gguf"); },
                  {"none.gguf", "No such file", "", ""});
}

}  // namespace
}  // namespace tokenwalk
