#include "chapters/14_cuda/device_pass.h"

#include <algorithm>
#include <initializer_list>
#include <map>
#include <tuple>
#include <utility>

#include "chapters/14_cuda/device_weights.h"
#include "lib/base/check.h"
#include "lib/kernels/cuda/attend.h"

namespace tokenwalk {
namespace {

using cuda::Device;
using cuda::DeviceArray;
using cuda::KvTable;

const cuda::CudaMatrix& on_device(const Matrix& matrix) {
  return static_cast<const cuda::CudaMatrix&>(matrix);
}

// What a step brings to the device: one word for each row and kind, tables of K and V by layer.
struct Step {
  std::vector<std::uint32_t> ids, positions;
  std::vector<std::uint32_t> wanted;  // rows whose logits are wanted
  std::vector<KvTable> tables;        // [n_layers, n_rows]
};

// Buffers on the device, made once for the largest pass, so that recordings stay good.
struct Buffers {
  Buffers(Device& device, const ModelConfig& c, std::size_t n)
      : ids(device, n),
        positions(device, n),
        wanted(device, n),
        tables(device, n * c.n_layers),
        x(device, n * c.hidden),
        h(device, n * c.hidden),
        q(device, n * c.attention.q_size()),
        k(device, n * c.attention.kv_size()),
        v(device, n * c.attention.kv_size()),
        mixed(device, n * c.attention.q_size()),
        gate(device, n * c.intermediate),
        up(device, n * c.intermediate),
        cosines(device, n * c.attention.head_dim / 2),
        sines(device, n * c.attention.head_dim / 2) {}

  DeviceArray<std::uint32_t> ids, positions, wanted;
  DeviceArray<KvTable> tables;        // [n_layers, n_rows]
  DeviceArray<float> x, h;            // [n, hidden]
  DeviceArray<float> q, k, v, mixed;  // as in chapter 06's Workspace
  DeviceArray<float> gate, up;        // [n, intermediate]
  DeviceArray<float> cosines, sines;  // [n, head_dim / 2]
};

class DevicePass : public WholePass {
 public:
  DevicePass(const Model& model, std::shared_ptr<Device> device, DevicePassOptions options)
      : device_(std::move(device)),
        options_(options),
        weights_(*device_, model),
        buffers_(*device_, model.config, std::min(options.most_rows, model.config.context)) {}

  std::vector<float> run(const Model& model, std::span<const PassRow> rows) override {
    const std::size_t most = std::min(options_.most_rows, model.config.context);
    std::vector<float> logits;
    for (; !rows.empty(); rows = rows.subspan(std::min(most, rows.size()))) {
      run_part(model, rows.first(std::min(most, rows.size())), logits);
    }
    return logits;
  }

 private:
  void run_part(const Model& model, std::span<const PassRow> rows, std::vector<float>& logits);
  Step prepare_step(const Model& model, std::span<const PassRow> rows);
  void run_launches(const Model& model, const Step& step, const cuda::AttendPlan& plan);
  void launch_all(const Model& model, std::size_t n, std::size_t n_wanted,
                  const cuda::AttendPlan& plan);
  void launch_attention(const Model& model, std::size_t layer, std::size_t n,
                        const cuda::AttendPlan& plan);
  void launch_mlp(const Model& model, std::size_t layer, std::size_t n);
  void norm_and_rotate(const Model& model, std::size_t layer, std::size_t n);
  void launch_head(const Model& model, std::size_t n_wanted);
  void multiply(std::initializer_list<cuda::Multiplied> matrices, const float* x, std::size_t n,
                bool adds = false) {
    cuda::multiply(*device_, {matrices.begin(), matrices.size()}, x, n, adds);
  }

  std::shared_ptr<Device> device_;
  DevicePassOptions options_;
  DeviceWeights weights_;
  Buffers buffers_;
  DeviceArray<float> logits_;  // [n_wanted, vocab]
  cuda::AttendWorkspace attending_;
  // Rows, wanted rows, room for positions: what the launches of a step depend on.
  std::map<std::tuple<std::size_t, std::size_t, std::uint32_t>, std::unique_ptr<cuda::Recording>>
      recordings_;
};

// Makes room for K and V of every row, then lists where they lie.
Step DevicePass::prepare_step(const Model& model, std::span<const PassRow> rows) {
  const auto kv_of = [](const PassRow& row, std::size_t layer) -> cuda::CudaKv& {
    return static_cast<cuda::CudaKv&>(*row.kv[layer]);
  };
  Step step;
  for (std::size_t r = 0; r < rows.size(); ++r) {
    step.ids.push_back(static_cast<std::uint32_t>(rows[r].id));
    step.positions.push_back(static_cast<std::uint32_t>(rows[r].position));
    if (rows[r].wants_logits) step.wanted.push_back(static_cast<std::uint32_t>(r));
    for (std::size_t i = 0; i < model.layers.size(); ++i) {
      kv_of(rows[r], i).make_writable(rows[r].position);
    }
  }
  for (std::size_t i = 0; i < model.layers.size(); ++i) {
    for (const PassRow& row : rows) step.tables.push_back(kv_of(row, i).table());
  }
  return step;
}

void DevicePass::run_part(const Model& model, std::span<const PassRow> rows,
                          std::vector<float>& logits) {
  const Step step = prepare_step(model, rows);
  const std::vector<const void*> sequences(step.tables.begin(),
                                           step.tables.begin() + static_cast<long>(rows.size()));
  const cuda::KvShape shape = static_cast<const cuda::CudaKv&>(*rows[0].kv[0]).shape();
  const cuda::AttendPlan plan =
      cuda::plan_attention(shape, step.positions, sequences, options_.most_scores);

  const std::size_t vocab = model.config.vocab, n_wanted = step.wanted.size();
  const bool logits_moved = logits_.reach(*device_, n_wanted * vocab);
  if (attending_.prepare(*device_, plan) || logits_moved) {
    recordings_.clear();  // they know the old places
  }
  buffers_.ids.upload(step.ids.data(), rows.size());
  buffers_.positions.upload(step.positions.data(), rows.size());
  buffers_.wanted.upload(step.wanted.data(), n_wanted);
  buffers_.tables.upload(step.tables.data(), step.tables.size());
  run_launches(model, step, plan);

  const std::size_t there = logits.size();
  logits.resize(there + n_wanted * vocab);
  logits_.download(logits.data() + there, n_wanted * vocab);
}

//! [14-step]
// A step of few rows is always the same launches over the same buffers; only what the buffers hold
// changes. So they are recorded once for each number of rows and room for positions.
void DevicePass::run_launches(const Model& model, const Step& step, const cuda::AttendPlan& plan) {
  // BEGIN SOLUTION 14.1
  const std::size_t n = step.ids.size(), n_wanted = step.wanted.size();
  if (!options_.records || n > cuda::kFewRows || plan.batches.size() > 1) {
    launch_all(model, n, n_wanted, plan);
    return;
  }
  std::unique_ptr<cuda::Recording>& recording = recordings_[{n, n_wanted, plan.batches[0].stride}];
  if (!recording) {
    recording = device_->record([&] { launch_all(model, n, n_wanted, plan); });
  }
  device_->replay(*recording);
  // END SOLUTION
}
//! [14-step]

//! [14-launch-all]
void DevicePass::launch_all(const Model& model, std::size_t n, std::size_t n_wanted,
                            const cuda::AttendPlan& plan) {
  const Buffers& b = buffers_;
  const auto half = static_cast<std::uint32_t>(model.config.attention.head_dim / 2);
  cuda::embed(*device_, on_device(*model.embedding), b.ids.data(), n, b.x.data());
  cuda::rotary_angles(
      *device_,
      {b.positions.data(), weights_.frequencies.data(), b.cosines.data(), b.sines.data(), half}, n);
  for (std::size_t i = 0; i < model.layers.size(); ++i) {
    launch_attention(model, i, n, plan);
    launch_mlp(model, i, n);
  }
  if (n_wanted > 0) launch_head(model, n_wanted);
}
//! [14-launch-all]

void DevicePass::norm_and_rotate(const Model& model, std::size_t layer, std::size_t n) {
  const Buffers& b = buffers_;
  const DeviceLayer& d = weights_.layers[layer];
  const AttentionShape a = model.config.attention;
  const auto head_dim = static_cast<std::uint32_t>(a.head_dim);
  const auto one = [&](float* heads, const float* norm, std::size_t n_heads) {
    if (model.config.qk_norm) {
      cuda::rmsnorm(*device_, {heads, nullptr, norm, heads, head_dim, model.config.rms_eps},
                    n * n_heads);
    }
    cuda::rotate(*device_,
                 {heads, b.cosines.data(), b.sines.data(), static_cast<std::uint32_t>(n_heads),
                  head_dim / 2},
                 n);
  };
  one(b.q.data(), d.q_norm.data(), a.n_heads);
  one(b.k.data(), d.k_norm.data(), a.n_kv_heads);
}

void DevicePass::launch_attention(const Model& model, std::size_t layer, std::size_t n,
                                  const cuda::AttendPlan& plan) {
  const Buffers& b = buffers_;
  const LayerWeights& w = model.layers[layer];
  const DeviceLayer& d = weights_.layers[layer];
  const auto hidden = static_cast<std::uint32_t>(model.config.hidden);
  const cuda::KvShape shape = cuda::kv_shape(model.config.attention, model.kv_type);
  const KvTable* tables = b.tables.data() + layer * n;

  cuda::rmsnorm(
      *device_,
      {b.x.data(), nullptr, d.attention_norm.data(), b.h.data(), hidden, model.config.rms_eps}, n);
  multiply({{&on_device(*w.q), d.q_bias.data(), b.q.data()},
            {&on_device(*w.k), d.k_bias.data(), b.k.data()},
            {&on_device(*w.v), d.v_bias.data(), b.v.data()}},
           b.h.data(), n);
  norm_and_rotate(model, layer, n);
  cuda::kv_write(*device_, {shape, b.k.data(), b.v.data(), b.positions.data(), tables}, n);
  cuda::attend(*device_, plan, attending_, shape, b.q.data(), b.positions.data(), tables,
               b.mixed.data());
  multiply({{&on_device(*w.o), d.o_bias.data(), b.x.data()}}, b.mixed.data(), n, true);
}

//! [14-launch-mlp]
void DevicePass::launch_mlp(const Model& model, std::size_t layer, std::size_t n) {
  // BEGIN SOLUTION 14.2
  const Buffers& b = buffers_;
  const LayerWeights& w = model.layers[layer];
  const DeviceLayer& d = weights_.layers[layer];
  const auto hidden = static_cast<std::uint32_t>(model.config.hidden);
  cuda::rmsnorm(*device_,
                {b.x.data(), nullptr, d.mlp_norm.data(), b.h.data(), hidden, model.config.rms_eps},
                n);
  multiply({{&on_device(*w.gate), d.gate_bias.data(), b.gate.data()},
            {&on_device(*w.up), d.up_bias.data(), b.up.data()}},
           b.h.data(), n);
  cuda::silu_gate(*device_, b.gate.data(), b.up.data(), n * model.config.intermediate);
  multiply({{&on_device(*w.down), d.down_bias.data(), b.x.data()}}, b.gate.data(), n, true);
  // END SOLUTION
}
//! [14-launch-mlp]

// Only the rows whose logits are wanted.
void DevicePass::launch_head(const Model& model, std::size_t n_wanted) {
  const Buffers& b = buffers_;
  const auto hidden = static_cast<std::uint32_t>(model.config.hidden);
  cuda::rmsnorm(*device_,
                {b.x.data(), b.wanted.data(), weights_.final_norm.data(), b.h.data(), hidden,
                 model.config.rms_eps},
                n_wanted);
  multiply({{&on_device(model.head()), nullptr, logits_.data()}}, b.h.data(), n_wanted);
}

}  // namespace

std::unique_ptr<WholePass> device_pass(const Model& model, std::shared_ptr<Device> device,
                                       DevicePassOptions options) {
  return std::make_unique<DevicePass>(model, std::move(device), options);
}

}  // namespace tokenwalk
