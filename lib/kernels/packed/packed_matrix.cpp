#include "lib/kernels/packed/packed_matrix.h"

#include <algorithm>
#include <cstring>
#include <vector>

#include "lib/base/check.h"

namespace tokenwalk {
namespace {

constexpr std::size_t kGroup = 16;  // outputs

// One block of 32 terms of output i, between its row and the lines of a group.

void put_block(const Q8Block& block, std::size_t i, std::byte* lines, Half* scales) {
  scales[i] = {block.d};
  for (std::size_t l = 0; l < 8; ++l) {
    std::memcpy(lines + l * 64 + i * 4, block.q + l * 4, 4);
  }
}

void take_block(const std::byte* lines, const Half* scales, std::size_t i, Q8Block& block) {
  block.d = scales[i].bits;
  for (std::size_t l = 0; l < 8; ++l) {
    std::memcpy(block.q + l * 4, lines + l * 64 + i * 4, 4);
  }
}

void put_block(const Q4Block& block, std::size_t i, std::byte* lines, Half* scales) {
  scales[i] = {block.d};
  scales[kGroup + i] = {block.m};
  for (std::size_t l = 0; l < 4; ++l) {
    std::memcpy(lines + l * 64 + i * 4, block.q + l * 4, 4);
  }
}

void take_block(const std::byte* lines, const Half* scales, std::size_t i, Q4Block& block) {
  block.d = scales[i].bits;
  block.m = scales[kGroup + i].bits;
  for (std::size_t l = 0; l < 4; ++l) {
    std::memcpy(block.q + l * 4, lines + l * 64 + i * 4, 4);
  }
}

template <typename Block>
constexpr std::size_t kScalesPerBlock = 0;
template <>
constexpr std::size_t kScalesPerBlock<Q8Block> = kGroup;
template <>
constexpr std::size_t kScalesPerBlock<Q4Block> = 2 * kGroup;

template <typename Block>
constexpr std::size_t kLineBytes = kGroup * sizeof(Block::q);

// The rows of a group, n <= 16 of them, into its lines.

template <typename Block>
void pack_blocks(const Block* rows, std::size_t n, std::size_t n_blocks, std::byte* lines,
                 Half* scales) {
  for (std::size_t b = 0; b < n_blocks; ++b) {
    for (std::size_t i = 0; i < kGroup; ++i) {
      put_block(i < n ? rows[i * n_blocks + b] : Block{}, i, lines + b * kLineBytes<Block>,
                scales + b * kScalesPerBlock<Block>);
    }
  }
}

void pack_floats(const float* rows, std::size_t n, std::size_t n_in, float* lines) {
  for (std::size_t k0 = 0; k0 < n_in; k0 += 16) {  // 16 x 16 at a time: in cache
    const std::size_t k1 = std::min(k0 + 16, n_in);
    for (std::size_t i = 0; i < kGroup; ++i) {
      for (std::size_t k = k0; k < k1; ++k) lines[k * 16 + i] = i < n ? rows[i * n_in + k] : 0.0f;
    }
  }
}

void pack_pairs(const std::uint16_t* rows, std::size_t n, std::size_t n_in, std::size_t n_terms,
                std::uint16_t* lines) {
  for (std::size_t k0 = 0; k0 < n_terms; k0 += 32) {
    for (std::size_t i = 0; i < kGroup; ++i) {
      for (std::size_t k = k0; k < k0 + 32; ++k) {
        const bool there = i < n && k < n_in;
        lines[k / 2 * 32 + i * 2 + k % 2] = there ? rows[i * n_in + k] : std::uint16_t{0};
      }
    }
  }
}

void pack_group(const std::byte* rows, std::size_t n, std::size_t group, PackedMatrix& m) {
  std::byte* lines = m.lines.data() + group * m.group_bytes();
  Half* scales = m.scales.data() + group * m.group_scales();
  switch (m.format) {
    case WeightFormat::kF32:
      pack_floats(reinterpret_cast<const float*>(rows), n, m.n_in, reinterpret_cast<float*>(lines));
      break;
    case WeightFormat::kBF16:
      pack_pairs(reinterpret_cast<const std::uint16_t*>(rows), n, m.n_in, m.n_blocks() * kSumBlock,
                 reinterpret_cast<std::uint16_t*>(lines));
      break;
    case WeightFormat::kQ8_0:
      pack_blocks(reinterpret_cast<const Q8Block*>(rows), n, m.n_blocks(), lines, scales);
      break;
    case WeightFormat::kQ4_1:
      pack_blocks(reinterpret_cast<const Q4Block*>(rows), n, m.n_blocks(), lines, scales);
      break;
  }
}

template <typename Block>
void unpack_blocks(const PackedMatrix& m, std::size_t index, std::span<float> out) {
  const std::byte* lines = m.lines_of<std::byte>(index / kGroup);
  const Half* scales = m.scales_of(index / kGroup);
  std::vector<Block> row(m.n_blocks());
  for (std::size_t b = 0; b < row.size(); ++b) {
    take_block(lines + b * kLineBytes<Block>, scales + b * kScalesPerBlock<Block>, index % kGroup,
               row[b]);
  }
  read_row({row.data(), m.n_in, m.format}, out);
}

}  // namespace

PackedMatrix::PackedMatrix(std::size_t out, std::size_t in, WeightFormat f)
    : Matrix(out, in, f), lines(n_groups() * group_bytes()), scales(n_groups() * group_scales()) {}

std::size_t PackedMatrix::group_bytes() const {
  switch (format) {
    case WeightFormat::kF32:
      return n_in * kGroup * sizeof(float);
    case WeightFormat::kBF16:
      return n_blocks() * kSumBlock * kGroup * sizeof(BFloat);
    case WeightFormat::kQ8_0:
      return n_blocks() * kLineBytes<Q8Block>;
    case WeightFormat::kQ4_1:
      return n_blocks() * kLineBytes<Q4Block>;
  }
  return 0;
}

std::size_t PackedMatrix::group_scales() const {
  if (format == WeightFormat::kQ8_0) return n_blocks() * kScalesPerBlock<Q8Block>;
  return format == WeightFormat::kQ4_1 ? n_blocks() * kScalesPerBlock<Q4Block> : 0;
}

std::unique_ptr<PackedMatrix> pack_matrix(const WeightRows& rows, ThreadPool& pool) {
  auto matrix = std::make_unique<PackedMatrix>(rows.n_rows, rows.n_cols, rows.format);
  const std::size_t row_bytes = weight_row_bytes(rows.format, rows.n_cols);
  pool.for_chunks(matrix->n_groups(), 4, [&](std::size_t begin, std::size_t end) {
    AlignedBytes group_rows(kGroup * row_bytes);
    for (std::size_t group = begin; group < end; ++group) {
      const std::size_t n = std::min(rows.n_rows - group * kGroup, kGroup);
      rows.read(group * kGroup, n, group_rows.data());
      pack_group(group_rows.data(), n, group, *matrix);
    }
  });
  return matrix;
}

void unpack_matrix_row(const PackedMatrix& m, std::size_t index, std::span<float> out) {
  CHECK_LT(index, m.n_out);
  CHECK_EQ(out.size(), m.n_in);
  const std::size_t group = index / kGroup, i = index % kGroup;
  switch (m.format) {
    case WeightFormat::kF32: {
      const auto* lines = m.lines_of<float>(group);
      for (std::size_t k = 0; k < m.n_in; ++k) out[k] = lines[k * 16 + i];
      break;
    }
    case WeightFormat::kBF16: {
      const auto* lines = m.lines_of<std::uint16_t>(group);
      std::vector<std::uint16_t> row(m.n_in);
      for (std::size_t k = 0; k < m.n_in; ++k) row[k] = lines[k / 2 * 32 + i * 2 + k % 2];
      read_row({row.data(), m.n_in, m.format}, out);
      break;
    }
    case WeightFormat::kQ8_0:
      unpack_blocks<Q8Block>(m, index, out);
      break;
    case WeightFormat::kQ4_1:
      unpack_blocks<Q4Block>(m, index, out);
      break;
  }
}

}  // namespace tokenwalk
