// What the writers write, the readers read.

#include "lib/io/gguf.h"
#include "lib/io/safetensors.h"
#include "lib/io/widen.h"
#include "lib/io/write_gguf.h"
#include "lib/io/write_safetensors.h"
#include "tests/unit/io_test_support.h"

namespace tokenwalk {
namespace {

// Row-major numbers 0.5, 1.5, 2.5, ...
TensorToWrite counting(const std::string& name, std::vector<std::size_t> shape, DType dtype) {
  return {name, std::move(shape), dtype, [](std::size_t row, std::span<float> out) {
            for (std::size_t i = 0; i < out.size(); ++i) {
              out[i] = static_cast<float>(row * out.size() + i) + 0.5f;
            }
          }};
}

std::vector<float> counted(std::size_t n) {
  std::vector<float> values;
  for (std::size_t i = 0; i < n; ++i) values.push_back(static_cast<float>(i) + 0.5f);
  return values;
}

TEST(WriteSafetensors, IsReadBack) {
  const TempFolder folder;
  const auto path = folder.path() / "m.safetensors";
  std::vector<std::size_t> told;
  write_safetensors(path,
                    {counting("b", {3, 5}, DType::kF32), counting("a", {2, 2}, DType::kBF16),
                     counting("one", {}, DType::kF32), counting("none", {0, 4}, DType::kF32)},
                    [&](std::size_t done, std::size_t all) {
                      told.push_back(done);
                      EXPECT_EQ(all, 4u);
                    });
  const SafetensorsFile file(path);
  EXPECT_EQ(file.metadata().get_string("format"), "pt");
  EXPECT_EQ(widen(file.at("b")), counted(15));
  EXPECT_EQ(widen(file.at("a")), counted(4));
  EXPECT_EQ(file.at("a").type_name, "BF16");
  EXPECT_EQ(widen(file.at("one")), counted(1));
  EXPECT_EQ(file.at("none").shape, (std::vector<std::size_t>{0, 4}));
  EXPECT_EQ(told, (std::vector<std::size_t>{1, 2, 3, 4}));
}

TEST(WriteGguf, IsReadBack) {
  const TempFolder folder;
  const auto path = folder.path() / "m.gguf";
  const GgufKeys keys = {{"flag", true},
                         {"size", std::uint32_t{7}},
                         {"real", 0.25f},
                         {"text", std::string("Ġt")},
                         {"list", std::vector<std::string>{"x", ""}},
                         {"types", std::vector<std::int32_t>{1, -3}}};
  write_gguf(path, keys,
             {counting("b", {3, 5}, DType::kF32), counting("q", {2, 64}, DType::kQ8_0),
              counting("h", {4}, DType::kBF16)});
  const GgufFile file(path);
  EXPECT_EQ(file.version(), 3u);
  const Metadata& m = file.metadata();
  EXPECT_TRUE(m.get_bool("flag"));
  EXPECT_EQ(m.get_integer("size"), 7);
  EXPECT_EQ(m.get_real("real"), 0.25);
  EXPECT_EQ(m.get_string("text"), "Ġt");
  EXPECT_EQ(m.get_strings("list"), (std::vector<std::string>{"x", ""}));
  EXPECT_EQ(m.get_integers("types"), (std::vector<std::int64_t>{1, -3}));
  EXPECT_EQ(widen(file.at("b")), counted(15));
  EXPECT_EQ(widen(file.at("h")), counted(4));
  EXPECT_EQ(file.at("q").shape, (std::vector<std::size_t>{2, 64}));
  EXPECT_EQ(file.at("q").type_name, "Q8_0");
}

TEST(WriteGguf, NamesTheTensorThatDoesNotFit) {
  const TempFolder folder;
  TensorToWrite bad = counting("huge", {2, 32}, DType::kQ8_0);
  bad.read_row = [](std::size_t row, std::span<float> out) {
    for (float& value : out) value = row == 1 ? 1e38f : 1;
  };
  try {
    write_gguf(folder.path() / "m.gguf", {}, {bad});
    FAIL() << "no Error";
  } catch (const Error& error) {
    EXPECT_NE(error.parts().message.find("\"huge\", row 1"), std::string::npos) << error.what();
  }
  EXPECT_FALSE(std::filesystem::exists(folder.path() / "m.gguf"));
}

}  // namespace
}  // namespace tokenwalk
