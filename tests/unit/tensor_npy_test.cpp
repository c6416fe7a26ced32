#include "lib/tensor/npy.h"

#include "lib/base/data_path.h"
#include "tests/unit/io_test_support.h"

namespace tokenwalk {
namespace {

// An .npy file of this version, header text (without its padding) and data.
std::string npy_bytes(const std::string& header, const std::string& data, char version = '\1') {
  const std::string text = header + "   \n";
  const auto length = static_cast<std::uint32_t>(text.size());
  const std::string length_bytes = bytes_of(length).substr(0, version == '\1' ? 2 : 4);
  return std::string("\x93NUMPY") + version + '\0' + length_bytes + text + data;
}

std::string header_of(const std::string& shape, const std::string& fortran = "False") {
  return "{'descr': '<f4', 'fortran_order': " + fortran + ", 'shape': " + shape + ", }";
}

void expect_refused(const std::string& bytes, const ErrorSays& says) {
  const TempFolder folder;
  expect_bad_file([&] { load_npy_f32(folder.write("a.npy", bytes)); }, says);
}

TEST(Npy, ReadsShapesAndValues) {
  const TempFolder folder;
  const std::string data = float_bytes({1, 2, 3, 4, 5, 6});
  for (const char version : {'\1', '\2'}) {
    const Tensor t =
        load_npy_f32(folder.write("a.npy", npy_bytes(header_of("(2, 3)"), data, version)));
    EXPECT_EQ(t.shape, (Shape{2, 3}));
    EXPECT_EQ(t.values, (std::vector<float>{1, 2, 3, 4, 5, 6}));
  }
  EXPECT_EQ(load_npy_f32(folder.write("a.npy", npy_bytes(header_of("(6,)"), data))).shape,
            Shape{6});
  const Tensor one =
      load_npy_f32(folder.write("a.npy", npy_bytes(header_of("()"), float_bytes({7}))));
  EXPECT_TRUE(one.shape.empty());
  EXPECT_EQ(one.values, std::vector<float>{7});
  EXPECT_TRUE(
      load_npy_f32(folder.write("a.npy", npy_bytes(header_of("(3, 0)"), ""))).values.empty());
}

TEST(Npy, TurnsFortranOrderToRowMajor) {
  const TempFolder folder;
  const std::string columns = float_bytes({1, 4, 2, 5, 3, 6});
  const Tensor t =
      load_npy_f32(folder.write("a.npy", npy_bytes(header_of("(2, 3)", "True"), columns)));
  EXPECT_EQ(t.values, (std::vector<float>{1, 2, 3, 4, 5, 6}));
}

TEST(Npy, RefusesOtherFiles) {
  expect_refused("PK\3\4 something else", {"not an .npy file", "PK", "NUMPY", ""});
  expect_refused(npy_bytes(header_of("(1,)"), float_bytes({1}), '\3'),
                 {"not an .npy file", "", "1.0 or 2.0", ""});
  expect_refused("\x93NUMPY", {"not an .npy file", "", "", ""});
}

TEST(Npy, RefusesOtherNumbersAndBadHeaders) {
  const auto refused = [](const std::string& header, const std::string& expected) {
    expect_refused(npy_bytes(header, float_bytes({1, 2})),
                   {"not one of a float32 array", "", expected, "numpy.save"});
  };
  refused("{'descr': '<f8', 'fortran_order': False, 'shape': (1,), }", "'<f4'");
  refused("{'descr': '>f4', 'fortran_order': False, 'shape': (2,), }", "'<f4'");
  refused("{'descr': '<f4', 'fortran_order': Maybe, 'shape': (2,), }", "False");
  refused("{'descr': '<f4', 'fortran_order': False, 'shape': (2, }", "a size");
  refused("{'descr': '<f4', 'fortran_order': False, 'shape': (-2,), }", "a size");
  refused("{'descr': '<f4', 'fortran_order': False, 'shape': (2 2), }", "a comma or )");
  refused("{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,), }",
          "64 bits");
  refused("{'descr': '<f4', 'fortran_order': False, 'shape': (2,), 'more': 1}", ", }");
  refused(header_of("(2,)") + " x", "end of the line");
  std::string many = "(";
  for (int i = 0; i < 40; ++i) many += "1, ";
  refused(header_of(many + ")"), "32 dimensions");
}

TEST(Npy, RefusesSizesThatDoNotFitTheFile) {
  const std::string two = float_bytes({1, 2});
  const auto refused = [&](const std::string& shape, const std::string& data) {
    expect_refused(npy_bytes(header_of(shape), data),
                   {"another amount of numbers", "bytes", "4 bytes for each", "cut"});
  };
  refused("(3,)", two);
  refused("(1,)", two);
  refused("(2,)", two + "x");
  refused("(2,)", two.substr(1));
  refused("(4294967296, 4294967296)", two);
  refused("(1000000000000,)", two);
  expect_refused(std::string("\x93NUMPY\1\0\xff\xff{", 11),
                 {"does not fit", "65535 bytes", "", "cut"});
}

TEST(Npy, RefusesEveryTruncation) {
  const TempFolder folder;
  const std::string good = npy_bytes(header_of("(2, 3)"), float_bytes({1, 2, 3, 4, 5, 6}));
  for (std::size_t n = 1; n < good.size(); ++n) {
    expect_bad_file([&] { load_npy_f32(folder.write("a.npy", good.substr(0, n))); },
                    {"a.npy", "", "", ""});
  }
}

TEST(Npy, SurvivesEveryChangedByte) {
  const TempFolder folder;
  const std::string good = npy_bytes(header_of("(2, 3)"), float_bytes({1, 2, 3, 4, 5, 6}));
  for (std::size_t at = 0; at + 24 < good.size(); ++at) {
    for (const int flip : {1, 2, 16, 64, 128, 255}) {
      std::string bad = good;
      bad[at] = static_cast<char>(bad[at] ^ flip);
      try {
        load_npy_f32(folder.write("a.npy", bad));
      } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::kBadFile);
      }
    }
  }
}

TEST(Npy, ReadsAGoldenFile) {
  const Tensor logits = load_npy_f32(data_path("golden/smollm2_logits.npy"));
  EXPECT_EQ(logits.shape, (Shape{14, 3072}));
}

}  // namespace
}  // namespace tokenwalk
