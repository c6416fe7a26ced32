#include "lib/tensor/npy.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <string>
#include <string_view>
#include <xtensor/xadapt.hpp>
#include <xtensor/xarray.hpp>

#include "lib/io/describe.h"
#include "lib/io/mapped_file.h"

namespace tokenwalk {
namespace {

constexpr std::string_view kMagic = "\x93NUMPY";
constexpr std::size_t kMaxDimensions = 32;

struct Header {
  bool fortran_order = false;
  Shape shape;
  std::size_t data_start = 0;
};

// Reads the header, a Python dictionary on one line:
// {'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }
class HeaderParser {
 public:
  HeaderParser(std::string_view text, const std::string& source) : text_(text), source_(source) {}

  void parse(Header& header) {
    expect("{'descr': '<f4', 'fortran_order': ");
    header.fortran_order = text_.substr(at_, 1) == "T";
    expect(header.fortran_order ? "True" : "False");
    expect(", 'shape': (");
    while (!take(")")) {
      header.shape.push_back(parse_size());
      if (!take(", ") && !take(",") && text_.substr(at_, 1) != ")") fail("a comma or )");
    }
    if (header.shape.size() > kMaxDimensions) fail("at most 32 dimensions");
    expect(", }");
    if (text_.find_first_not_of(' ', at_) != text_.size() - 1 || text_.back() != '\n') {
      fail("spaces, then the end of the line");
    }
  }

 private:
  [[noreturn]] void fail(const std::string& expected) const {
    throw_bad_file("the header of " + source_ + " is not one of a float32 array",
                   quote(text_.substr(0, 120)), expected + " at character " + std::to_string(at_),
                   "write it with numpy.save of an array of dtype float32");
  }

  // Steps over `part` if it comes next.
  bool take(std::string_view part) {
    if (text_.substr(at_, part.size()) != part) return false;
    at_ += part.size();
    return true;
  }

  void expect(std::string_view part) {
    if (!take(part)) fail(quote(part));
  }

  // Decimal digits.
  std::size_t parse_size() {
    std::size_t size = 0;
    const std::size_t first = at_;
    for (; at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9'; ++at_) {
      if (size > std::numeric_limits<std::size_t>::max() / 10 - 1) fail("a size of 64 bits");
      size = size * 10 + static_cast<std::size_t>(text_[at_] - '0');
    }
    if (at_ == first) fail("a size");
    return size;
  }

  std::string_view text_;
  const std::string& source_;
  std::size_t at_ = 0;
};

// Magic, version, the length of the header in two or four bytes, the header.
Header read_header(const MappedFile& file) {
  const std::string_view text = file.text();
  const bool is_npy = text.size() >= 10 && text.substr(0, kMagic.size()) == kMagic;
  const int version = is_npy ? text[kMagic.size()] : 0;
  if (version != 1 && version != 2) {
    throw_bad_file(file.path() + " is not an .npy file that can be read",
                   "it begins with " + quote(text.substr(0, 8)),
                   "\"\\x93NUMPY\", version 1.0 or 2.0");
  }
  const std::size_t length_bytes = version == 1 ? 2 : 4;
  const std::size_t start = kMagic.size() + 2 + length_bytes;
  std::uint32_t length = 0;
  if (text.size() >= start) std::memcpy(&length, text.data() + start - length_bytes, length_bytes);
  if (text.size() < start || length == 0 || length > text.size() - start) {
    throw_bad_file("the header of " + file.path() + " does not fit into the file",
                   std::to_string(length) + " bytes in a file of " + std::to_string(text.size()),
                   "a header of 1 byte or more, all in the file", "the file is cut");
  }
  Header header;
  HeaderParser(text.substr(start, length), file.path()).parse(header);
  header.data_start = start + length;
  return header;
}

// How many numbers the shape holds; anything impossible is more than `most`.
std::size_t count_at_most(const Shape& shape, std::size_t most) {
  if (std::find(shape.begin(), shape.end(), std::size_t{0}) != shape.end()) return 0;
  std::size_t count = 1;
  for (const std::size_t size : shape) {
    if (size > most / count) return most + 1;
    count *= size;
  }
  return count;
}

}  // namespace

Tensor load_npy_f32(const std::filesystem::path& path) {
  const MappedFile file(path);
  const Header header = read_header(file);
  const auto data = file.bytes().subspan(header.data_start);
  const std::size_t present = data.size() / sizeof(float);
  if (count_at_most(header.shape, present) != present || data.size() % sizeof(float) != 0) {
    throw_bad_file(file.path() + " holds another amount of numbers than its shape",
                   std::to_string(data.size()) + " bytes",
                   "4 bytes for each number of " + shape_text(header.shape), "the file is cut");
  }
  Tensor tensor{header.shape, std::vector<float>(present)};
  if (present == 0) return tensor;
  std::memcpy(tensor.values.data(), data.data(), data.size());
  if (header.fortran_order) {  // columns lie side by side: let xtensor turn them to rows
    const xt::xarray<float, xt::layout_type::row_major> row_major =
        xt::adapt<xt::layout_type::column_major>(tensor.values, header.shape);
    std::copy(row_major.begin(), row_major.end(), tensor.values.begin());
  }
  return tensor;
}

}  // namespace tokenwalk
