#include "lib/kernels/cuda/cuda_set.h"

#include <algorithm>

#include "lib/base/check.h"
#include "lib/kernels/cuda/attend.h"
#include "lib/kernels/cuda/operations.h"

namespace tokenwalk::cuda {
namespace {

constexpr std::size_t kMostScores = std::size_t{1} << 25;  // floats: 128 MiB

// A copy of numbers of the processor on a device.
template <typename T>
DeviceArray<T> uploaded(Device& device, const T* from, std::size_t n) {
  DeviceArray<T> array(device, n);
  array.upload(from, n);
  return array;
}

class CudaKernelSet : public KernelSet {
 public:
  explicit CudaKernelSet(std::shared_ptr<Device> device) : device_(std::move(device)) {}

  std::string_view name() const override { return "cuda"; }

  using KernelSet::pack;
  std::unique_ptr<Matrix> pack(const WeightRows& rows) const override {
    return std::make_unique<CudaMatrix>(device(), rows);
  }

  void unpack_row(const Matrix& matrix, std::size_t index, std::span<float> out) const override {
    const auto id = static_cast<std::uint32_t>(index);
    const DeviceArray<std::uint32_t> ids = uploaded(device(), &id, 1);
    const DeviceArray<float> row(device(), out.size());
    embed(device(), static_cast<const CudaMatrix&>(matrix), ids.data(), 1, row.data());
    row.download(out.data(), out.size());
  }

  void matmul(const Matrix& w, const float* x, std::size_t n_rows, float* y) const override {
    const DeviceArray<float> in = uploaded(device(), x, n_rows * w.n_in);
    const DeviceArray<float> out(device(), n_rows * w.n_out);
    const Multiplied one = {static_cast<const CudaMatrix*>(&w), nullptr, out.data()};
    multiply(device(), {&one, 1}, in.data(), n_rows);
    out.download(y, n_rows * w.n_out);
  }

  void rmsnorm(const float* x, std::span<const float> weight, float eps, std::size_t n_rows,
               float* y) const override {
    const std::size_t n = weight.size();
    const DeviceArray<float> rows = uploaded(device(), x, n_rows * n);
    const DeviceArray<float> scales = uploaded(device(), weight.data(), n);
    cuda::rmsnorm(
        device(),
        {rows.data(), nullptr, scales.data(), rows.data(), static_cast<std::uint32_t>(n), eps},
        n_rows);
    rows.download(y, n_rows * n);
  }

  void rotate(float* heads, std::size_t n_heads, std::size_t head_dim,
              RotaryRow angles) const override {
    const std::size_t half = head_dim / 2;
    const DeviceArray<float> row = uploaded(device(), heads, n_heads * head_dim);
    const DeviceArray<float> cosines = uploaded(device(), angles.cosines, half);
    const DeviceArray<float> sines = uploaded(device(), angles.sines, half);
    cuda::rotate(device(),
                 {row.data(), cosines.data(), sines.data(), static_cast<std::uint32_t>(n_heads),
                  static_cast<std::uint32_t>(half)},
                 1);
    row.download(heads, n_heads * head_dim);
  }

  void silu_gate(float* gate, const float* up, std::size_t n) const override {
    const DeviceArray<float> a = uploaded(device(), gate, n), b = uploaded(device(), up, n);
    cuda::silu_gate(device(), a.data(), b.data(), n);
    a.download(gate, n);
  }

  void add(float* x, const float* y, std::size_t n) const override {
    const DeviceArray<float> a = uploaded(device(), x, n), b = uploaded(device(), y, n);
    cuda::add(device(), a.data(), b.data(), n);
    a.download(x, n);
  }

  std::unique_ptr<LayerKv> kv_create(AttentionShape shape, KvType type) const override {
    return std::make_unique<CudaKv>(device(), shape, type);
  }

  void kv_write(LayerKv& layer, std::size_t position, const float* k,
                const float* v) const override {
    auto& kv = static_cast<CudaKv&>(layer);
    kv.make_writable(position);
    const auto place = static_cast<std::uint32_t>(position);
    const KvTable table = kv.table();
    const DeviceArray<float> keys = uploaded(device(), k, kv.shape().kv_size());
    const DeviceArray<float> values = uploaded(device(), v, kv.shape().kv_size());
    const DeviceArray<std::uint32_t> positions = uploaded(device(), &place, 1);
    const DeviceArray<KvTable> tables = uploaded(device(), &table, 1);
    cuda::kv_write(device(),
                   {kv.shape(), keys.data(), values.data(), positions.data(), tables.data()}, 1);
  }

  void kv_read(const LayerKv& layer, std::size_t position, float* k, float* v) const override {
    const auto& kv = static_cast<const CudaKv&>(layer);
    const std::size_t n = kv.shape().kv_size();
    const DeviceArray<float> keys(device(), n), values(device(), n);
    cuda::kv_read(device(), {kv.shape(), kv.block_of(position),
                             static_cast<std::uint32_t>(position), keys.data(), values.data()});
    keys.download(k, n);
    values.download(v, n);
  }

  std::unique_ptr<LayerKv> kv_fork(const LayerKv& kv) const override {
    return std::make_unique<CudaKv>(static_cast<const CudaKv&>(kv));
  }

  void attend(AttentionShape shape, std::span<const AttendRow> rows) const override {
    if (rows.empty()) return;
    const std::size_t n = shape.q_size();
    std::vector<float> q(rows.size() * n), out(rows.size() * n);
    std::vector<std::uint32_t> positions;
    std::vector<KvTable> tables;
    std::vector<const void*> sequences;
    for (std::size_t r = 0; r < rows.size(); ++r) {
      const auto& kv = static_cast<const CudaKv&>(*rows[r].kv);
      CHECK_LT(rows[r].position, kv.capacity());
      std::copy_n(rows[r].q, n, q.data() + r * n);
      positions.push_back(static_cast<std::uint32_t>(rows[r].position));
      tables.push_back(kv.table());
      sequences.push_back(&kv);
    }
    const KvShape kv = static_cast<const CudaKv&>(*rows[0].kv).shape();
    const AttendPlan plan = plan_attention(kv, positions, sequences, kMostScores);
    attending_.prepare(device(), plan);
    const DeviceArray<float> queries = uploaded(device(), q.data(), q.size());
    const DeviceArray<std::uint32_t> places = uploaded(device(), positions.data(), rows.size());
    const DeviceArray<KvTable> starts = uploaded(device(), tables.data(), rows.size());
    const DeviceArray<float> mixed(device(), out.size());
    cuda::attend(device(), plan, attending_, kv, queries.data(), places.data(), starts.data(),
                 mixed.data());
    mixed.download(out.data(), out.size());
    for (std::size_t r = 0; r < rows.size(); ++r) std::copy_n(out.data() + r * n, n, rows[r].out);
  }

 private:
  Device& device() const { return *device_; }

  std::shared_ptr<Device> device_;
  mutable AttendWorkspace attending_;
};

}  // namespace

std::unique_ptr<KernelSet> cuda_kernel_set(std::shared_ptr<Device> device) {
  return std::make_unique<CudaKernelSet>(std::move(device));
}

}  // namespace tokenwalk::cuda
