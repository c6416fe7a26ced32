#include "lib/tensor/print.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <vector>

#include "lib/base/check.h"

namespace tokenwalk {
namespace {

constexpr int kMostDecimals = 4;
constexpr std::size_t kEdge = 3;  // entries shown at either end of a long dimension
constexpr std::size_t kGap = static_cast<std::size_t>(-1);
constexpr double kTiny = 1e-3;
constexpr double kHuge = 1e7;

// The indices of a dimension that are shown; kGap stands for those left out.
std::vector<std::size_t> shown_indices(std::size_t size) {
  std::vector<std::size_t> indices;
  for (std::size_t i = 0; i < size; ++i) {
    const bool is_edge = size <= 2 * kEdge || i < kEdge || i >= size - kEdge;
    if (is_edge) indices.push_back(i);
    if (size > 2 * kEdge && i == kEdge) {
      indices.push_back(kGap);
      i = size - kEdge - 1;
    }
  }
  return indices;
}

// A tensor as matrices: shape [.., rows, columns].
class Printer {
 public:
  explicit Printer(const TensorView& tensor) : values_(tensor.values) {
    Shape shape = tensor.shape;
    while (shape.size() < 2) shape.insert(shape.begin(), 1);
    columns_ = shape.back();
    rows_ = shape[shape.size() - 2];
    leading_.assign(shape.begin(), shape.end() - 2);
    choose_format();
  }

  std::string text() const {
    std::string out;
    visit_matrices([&](const Shape& index, std::size_t offset) {
      if (offset == kGap) {
        out += "…\n";
        return;
      }
      if (!leading_.empty()) out += heading(index);
      print_matrix(offset, out);
    });
    return out;
  }

 private:
  // Calls visit(leading indices, offset of the first value) for every matrix that is shown, and
  // visit(.., kGap) where some are left out.
  template <typename Visit>
  void visit_matrices(const Visit& visit) const {
    Shape index;
    visit_from(index, 0, visit);
  }

  template <typename Visit>
  void visit_from(Shape& index, std::size_t offset, const Visit& visit) const {
    if (index.size() == leading_.size()) {
      visit(index, offset * rows_ * columns_);
      return;
    }
    const std::size_t size = leading_[index.size()];
    for (const std::size_t i : shown_indices(size)) {
      if (i == kGap) {
        visit(index, kGap);
        continue;
      }
      index.push_back(i);
      visit_from(index, offset * size + i, visit);
      index.pop_back();
    }
  }

  // "[0, 2, :, :]"
  static std::string heading(const Shape& index) {
    std::string text = "[";
    for (const std::size_t i : index) text += std::to_string(i) + ", ";
    return text + ":, :]\n";
  }

  // Calls use(value) for every number that is shown.
  template <typename Use>
  void for_each_shown(const Use& use) const {
    visit_matrices([&](const Shape&, std::size_t offset) {
      if (offset == kGap) return;
      for (const std::size_t row : shown_indices(rows_)) {
        if (row == kGap) continue;
        for (const std::size_t column : shown_indices(columns_)) {
          if (column != kGap) use(values_[offset + row * columns_ + column]);
        }
      }
    });
  }

  // One format for the whole tensor: decimals, or powers of ten, and the width of a column.
  void choose_format() {
    double largest = 0;
    for_each_shown([&](float value) {
      if (std::isfinite(value)) largest = std::max(largest, std::fabs(double{value}));
    });
    scientific_ = largest >= kHuge || (largest > 0 && largest < kTiny);
    decimals_ = 0;
    for_each_shown([&](float value) { decimals_ = std::max(decimals_, needed_decimals(value)); });
    for_each_shown([&](float value) { width_ = std::max(width_, number(value).size()); });
  }

  // Decimals that are left of four once zeros at the end are dropped.
  int needed_decimals(float value) const {
    if (!std::isfinite(value)) return 0;
    const std::string text = format(value, kMostDecimals);
    const std::size_t last = text.find_last_not_of('0');
    return static_cast<int>(last) - static_cast<int>(text.find('.'));
  }

  // A number as it is shown, without padding.
  std::string number(float value) const {
    if (std::isnan(value)) return "nan";
    if (std::isinf(value)) return value < 0 ? "-inf" : "inf";
    return scientific_ ? format(value, kMostDecimals) : format(value, decimals_);
  }

  std::string format(float value, int decimals) const {
    char text[64];
    std::snprintf(text, sizeof text, scientific_ ? "%.*e" : "%.*f", decimals, double{value});
    // A number that rounds to zero has no sign to show.
    const bool is_zero = std::string(text).find_first_of("123456789") == std::string::npos;
    return text[0] == '-' && is_zero ? text + 1 : text;
  }

  // Rows of right-aligned numbers, two spaces before each.
  void print_matrix(std::size_t offset, std::string& out) const {
    for (const std::size_t row : shown_indices(rows_)) {
      if (row == kGap) {
        out += "  …\n";
        continue;
      }
      for (const std::size_t column : shown_indices(columns_)) {
        if (column == kGap) {
          out += "  …";
          continue;
        }
        const std::string text = number(values_[offset + row * columns_ + column]);
        out += std::string(2 + width_ - text.size(), ' ') + text;
      }
      out += "\n";
    }
  }

  std::span<const float> values_;
  Shape leading_;
  std::size_t rows_ = 0;
  std::size_t columns_ = 0;
  bool scientific_ = false;
  int decimals_ = 0;
  std::size_t width_ = 0;
};

std::string shape_line(const std::string& name, const Shape& shape) {
  std::string text = name + " [";
  for (std::size_t i = 0; i < shape.size(); ++i) {
    if (i > 0) text += ", ";
    text += std::to_string(shape[i]);
  }
  return text + "]";
}

}  // namespace

std::string format_tensor(const TensorView& tensor, const std::string& name) {
  CHECK_EQ(tensor.values.size(), count_values(tensor.shape));
  const std::string first = shape_line(name, tensor.shape);
  if (tensor.values.empty()) return first + ", no values\n";
  return first + "\n" + Printer(tensor).text();
}

}  // namespace tokenwalk
