#include "lib/kernels/packed/packed_matrix.h"

#include <algorithm>
#include <cstring>
#include <vector>

#include "lib/base/check.h"

namespace tokenwalk {
namespace {

constexpr std::size_t kGroup = 16;  // outputs

// Four bytes of a row, the terms that one line holds of one output.
constexpr std::size_t kUnit = 4;

// How a format's row goes into lines: block by block, each block's numbers behind its scales.
struct RowLayout {
  std::size_t block_bytes;  // in a row
  std::size_t scales;       // f16 numbers at the beginning of a block
  std::size_t units;        // of a block, behind them
  std::size_t n_blocks;

  std::size_t row_bytes() const { return n_blocks * block_bytes; }
};

RowLayout layout_of(const PackedMatrix& m) {
  constexpr std::size_t kOfPairs = kSumBlock * sizeof(BFloat);
  switch (m.format) {
    case WeightFormat::kF32:
      return {sizeof(float), 0, 1, m.n_in};
    case WeightFormat::kBF16:
      return {kOfPairs, 0, kOfPairs / kUnit, m.n_blocks()};
    case WeightFormat::kQ8_0:
      return {sizeof(Q8Block), 1, sizeof(Q8Block::q) / kUnit, m.n_blocks()};
    case WeightFormat::kQ4_1:
      return {sizeof(Q4Block), 2, sizeof(Q4Block::q) / kUnit, m.n_blocks()};
  }
  return {};
}

// 16 rows into the lines and scales of a group.
void pack_group(const RowLayout& layout, const std::byte* rows, std::byte* lines, Half* scales) {
  const std::size_t stride = layout.row_bytes();
  for (std::size_t b = 0; b < layout.n_blocks; ++b, rows += layout.block_bytes) {
    const std::byte* numbers = rows;
    for (std::size_t s = 0; s < layout.scales; ++s, numbers += sizeof(Half)) {
      for (std::size_t i = 0; i < kGroup; ++i) {
        std::memcpy(scales++, numbers + i * stride, sizeof(Half));
      }
    }
    for (std::size_t u = 0; u < layout.units; ++u, numbers += kUnit, lines += kGroup * kUnit) {
      for (std::size_t i = 0; i < kGroup; ++i) {
        std::memcpy(lines + i * kUnit, numbers + i * stride, kUnit);
      }
    }
  }
}

// Row i of a group back out of its lines and scales.
void unpack_row(const RowLayout& layout, const std::byte* lines, const Half* scales, std::size_t i,
                std::byte* row) {
  for (std::size_t b = 0; b < layout.n_blocks; ++b) {
    for (std::size_t s = 0; s < layout.scales; ++s, scales += kGroup, row += sizeof(Half)) {
      std::memcpy(row, scales + i, sizeof(Half));
    }
    for (std::size_t u = 0; u < layout.units; ++u, lines += kGroup * kUnit, row += kUnit) {
      std::memcpy(row, lines + i * kUnit, kUnit);
    }
  }
}

}  // namespace

PackedMatrix::PackedMatrix(std::size_t out, std::size_t in, WeightFormat f)
    : Matrix(out, in, f), lines(n_groups() * group_bytes()), scales(n_groups() * group_scales()) {}

std::size_t PackedMatrix::group_bytes() const {
  const RowLayout layout = layout_of(*this);
  return layout.n_blocks * layout.units * kUnit * kGroup;
}

std::size_t PackedMatrix::group_scales() const {
  const RowLayout layout = layout_of(*this);
  return layout.n_blocks * layout.scales * kGroup;
}

std::unique_ptr<PackedMatrix> pack_matrix(const WeightRows& rows, ThreadPool& pool) {
  auto matrix = std::make_unique<PackedMatrix>(rows.n_rows, rows.n_cols, rows.format);
  const RowLayout layout = layout_of(*matrix);
  pool.for_chunks(matrix->n_groups(), 4, [&](std::size_t begin, std::size_t end) {
    std::vector<std::byte> group(kGroup * layout.row_bytes());  // zeros behind what is read
    for (std::size_t g = begin; g < end; ++g) {
      const std::size_t n = std::min(rows.n_rows - g * kGroup, kGroup);
      for (std::size_t i = 0; i < n; ++i) {
        rows.read(g * kGroup + i, 1, group.data() + i * layout.row_bytes());
      }
      std::fill(group.begin() + static_cast<std::ptrdiff_t>(n * layout.row_bytes()), group.end(),
                std::byte{0});
      pack_group(layout, group.data(), matrix->lines.data() + g * matrix->group_bytes(),
                 matrix->scales.data() + g * matrix->group_scales());
    }
  });
  return matrix;
}

void unpack_matrix_row(const PackedMatrix& m, std::size_t index, std::span<float> out) {
  CHECK_LT(index, m.n_out);
  CHECK_EQ(out.size(), m.n_in);
  const RowLayout layout = layout_of(m);
  const std::size_t group = index / kGroup;
  std::vector<std::byte> row(layout.row_bytes());
  unpack_row(layout, m.lines_of<std::byte>(group), m.scales_of(group), index % kGroup, row.data());
  read_row({row.data(), m.n_in, m.format}, out);
}

}  // namespace tokenwalk
