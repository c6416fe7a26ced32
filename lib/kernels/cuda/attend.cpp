#include "lib/kernels/cuda/attend.h"

#include <algorithm>
#include <cmath>

#include "lib/kernels/cuda/operations.h"

namespace tokenwalk::cuda {
namespace {

// Consecutive rows of one sequence, as many as a tile takes.
std::vector<AttendTile> cut_into_tiles(const KvShape& shape,
                                       const std::vector<std::uint32_t>& positions,
                                       const std::vector<const void*>& sequences, bool tiled) {
  const std::uint32_t most_rows = tiled ? rows_of_tile(shape.group()) : 1;
  std::vector<AttendTile> tiles;
  for (std::uint32_t r = 0; r < positions.size(); ++r) {
    const bool goes_on =
        !tiles.empty() && tiles.back().n_rows < most_rows && sequences[r] == sequences[r - 1];
    if (!goes_on) tiles.push_back({r, 0, positions[r], positions[r]});
    AttendTile& tile = tiles.back();
    ++tile.n_rows;
    tile.least_position = std::min(tile.least_position, positions[r]);
    tile.largest_position = std::max(tile.largest_position, positions[r]);
  }
  return tiles;
}

void attend_batch(Device& device, const AttendArgs& args, const AttendBatch& batch) {
  const KvShape& shape = args.shape;
  const Grid pairs = {shape.n_heads, batch.n_rows, 1};
  if (batch.n_tiles > 0) {
    device.launch<ScoreTiles>({args.stride / kTileColumns, shape.n_kv_heads, batch.n_tiles}, args);
    device.launch<Exponentials>(pairs, args);
    const std::uint32_t columns = divide_up(shape.head_dim, kTileColumns);
    device.launch<MixTiles>({columns, shape.n_kv_heads, batch.n_tiles}, args);
    return;
  }
  const Grid keys = {args.stride / kKvPositions, shape.n_kv_heads * head_parts(shape),
                     batch.n_rows};
  device.launch<ScoreRows>(keys, args);
  device.launch<Exponentials>(pairs, args);
  device.launch<MixRows>(keys, args);
  device.launch<FinishRows>(pairs, args);
}

}  // namespace

std::uint32_t attend_stride(std::uint32_t position) {
  std::uint32_t stride = kKvPositions;
  while (stride <= position) stride *= 2;
  return stride;
}

AttendPlan plan_attention(const KvShape& shape, const std::vector<std::uint32_t>& positions,
                          const std::vector<const void*>& sequences, std::size_t most_scores) {
  const bool tiled = positions.size() > kFewRows && rows_of_tile(shape.group()) > 0;
  AttendPlan plan;
  for (AttendTile tile : cut_into_tiles(shape, positions, sequences, tiled)) {
    const std::uint32_t stride = attend_stride(tile.largest_position);
    AttendBatch* batch = plan.batches.empty() ? nullptr : &plan.batches.back();
    const auto scores_with = [&](const AttendBatch& b) {
      return std::size_t{b.n_rows + tile.n_rows} * shape.n_heads * std::max(b.stride, stride);
    };
    if (batch == nullptr || scores_with(*batch) > most_scores ||
        batch->n_rows + tile.n_rows > kMostBlocksAcross) {
      const auto n_tiles = static_cast<std::uint32_t>(plan.tiles.size());
      plan.batches.push_back({tile.first_row, 0, n_tiles, 0, 0});
      batch = &plan.batches.back();
    }
    tile.first_row -= batch->first_row;
    batch->n_rows += tile.n_rows;
    batch->stride = std::max(batch->stride, stride);
    if (!tiled) continue;
    ++batch->n_tiles;
    plan.tiles.push_back(tile);
  }
  for (const AttendBatch& batch : plan.batches) {
    const std::size_t pairs = std::size_t{batch.n_rows} * shape.n_heads;
    plan.pairs = std::max(plan.pairs, pairs);
    plan.scores = std::max(plan.scores, pairs * batch.stride);
    if (tiled) continue;
    plan.sums = std::max(plan.sums, pairs * (batch.stride / kUnit) * shape.head_dim);
  }
  return plan;
}

bool AttendWorkspace::prepare(Device& device, const AttendPlan& plan) {
  bool moved = scores.reach(device, plan.scores);
  moved = one_over_sum.reach(device, plan.pairs) || moved;
  moved = sums.reach(device, plan.sums) || moved;
  moved = tiles.reach(device, plan.tiles.size()) || moved;
  tiles.upload(plan.tiles.data(), plan.tiles.size());
  return moved;
}

void attend(Device& device, const AttendPlan& plan, const AttendWorkspace& workspace,
            const KvShape& shape, const float* q, const std::uint32_t* positions,
            const KvTable* tables, float* out) {
  const std::size_t row_size = std::size_t{shape.n_heads} * shape.head_dim;
  AttendArgs args;
  args.shape = shape;
  args.scores = workspace.scores.data();
  args.one_over_sum = workspace.one_over_sum.data();
  args.sums = workspace.sums.data();
  args.scale = static_cast<float>(1.0 / std::sqrt(static_cast<double>(shape.head_dim)));
  for (const AttendBatch& batch : plan.batches) {
    args.q = q + batch.first_row * row_size;
    args.out = out + batch.first_row * row_size;
    args.positions = positions + batch.first_row;
    args.tables = tables + batch.first_row;
    args.tiles = workspace.tiles.data() + batch.first_tile;
    args.stride = batch.stride;
    attend_batch(device, args, batch);
  }
}

}  // namespace tokenwalk::cuda
