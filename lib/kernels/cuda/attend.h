#pragma once

#include <vector>

#include "lib/kernels/cuda/device.h"

namespace tokenwalk::cuda {

/// Rows of one launch, and the tiles that hold them; no tiles: each row on its own.
struct AttendBatch {
  std::uint32_t first_row, n_rows;
  std::uint32_t first_tile, n_tiles;
  std::uint32_t stride;  // positions that scores have room for
};

/// How attention of some rows is cut into launches, so that their scores fit in memory. It never
/// changes a bit of the result.
struct AttendPlan {
  std::vector<AttendTile> tiles;  // rows counted from the first of their batch
  std::vector<AttendBatch> batches;
  std::size_t scores = 0, pairs = 0, sums = 0;  // floats that the largest batch needs
};

/// Positions that scores have room for when the largest is `position`: a power of two times 256, so
/// that few lengths occur.
std::uint32_t attend_stride(std::uint32_t position);

/// positions [n_rows]; sequences [n_rows]: equal where rows share K and V. At most `most_scores`
/// floats of scores at once, as far as one row or tile allows.
AttendPlan plan_attention(const KvShape& shape, const std::vector<std::uint32_t>& positions,
                          const std::vector<const void*>& sequences, std::size_t most_scores);

/// Memory of the device for attention, used again by every call.
struct AttendWorkspace {
  DeviceArray<AttendTile> tiles;
  DeviceArray<float> scores, one_over_sum, sums;

  /// Room for a plan, and its tiles on the device. Returns whether anything lies elsewhere now.
  bool prepare(Device& device, const AttendPlan& plan);
};

/// Attention over the rows of a plan. q, out, positions and tables are on the device.
void attend(Device& device, const AttendPlan& plan, const AttendWorkspace& workspace,
            const KvShape& shape, const float* q, const std::uint32_t* positions,
            const KvTable* tables, float* out);

}  // namespace tokenwalk::cuda
