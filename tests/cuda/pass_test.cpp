#include <algorithm>

#include "chapters/06_cached_generate/forward_cached.h"
#include "chapters/06_cached_generate/proof.h"
#include "chapters/14_cuda/device_pass.h"
#include "chapters/14_cuda/known_wrong.h"
#include "lib/base/dot.h"
#include "lib/base/error.h"
#include "tests/cuda/device_test.h"
#include "tests/support/dice.h"
#include "tests/support/property.h"
#include "tests/support/tiny_random_model.h"

namespace tokenwalk {
namespace {

// Counts recordings on the way to the emulated device.
class CountingDevice : public cuda::Device {
 public:
  std::string description() const override { return inner_->description(); }
  void* allocate(std::size_t bytes) override { return inner_->allocate(bytes); }
  void release(void* memory) override { inner_->release(memory); }
  void upload(void* to, const void* from, std::size_t n) override { inner_->upload(to, from, n); }
  void download(void* to, const void* from, std::size_t n) override {
    inner_->download(to, from, n);
  }
  void copy(void* to, const void* from, std::size_t n) override { inner_->copy(to, from, n); }
  void fill_with_zeros(void* memory, std::size_t n) override { inner_->fill_with_zeros(memory, n); }
  std::unique_ptr<cuda::Recording> record(const std::function<void()>& launches) override {
    ++recorded;
    return inner_->record(launches);
  }
  void replay(const cuda::Recording& recording) override {
    ++replayed;
    inner_->replay(recording);
  }

  void launch_at(int kernel, cuda::Grid grid, const void* args, std::size_t size) override {
    inner_->launch_at(kernel, grid, args, size);
  }

  int recorded = 0, replayed = 0;

 private:
  std::unique_ptr<cuda::Device> inner_ = cuda::emulated_device();
};

// A model twice: on the processor with the set `reference`, and on the device with a pass.
class Ch14DevicePass : public DeviceTest {
 protected:
  void build(const TinySpec& spec, DevicePassOptions options = {}) {
    const TinyRandomModel model(spec);
    on_cpu_ = model.build(reference());
    on_device_ = model.build(kernels());
    on_device_.pass = device_pass(on_device_, shared_device(), options);
  }

  // All logits of the ids, fed in calls of random sizes.
  std::vector<float> feed(KvCache& cache, std::span<const int> ids, Dice& dice, std::size_t most) {
    std::vector<float> all;
    while (!ids.empty()) {
      const std::size_t n = std::min(dice.between(1, most), ids.size());
      std::vector<ForwardRow> rows;
      for (std::size_t i = 0; i < n; ++i)
        rows.push_back({ids[i], cache.length() + i, &cache, true});
      const std::vector<float> logits = forward_cached(on_device_, rows);
      all.insert(all.end(), logits.begin(), logits.end());
      ids = ids.subspan(n);
    }
    return all;
  }

  std::vector<float> kv_of(const KvCache& cache) const {
    std::vector<float> all;
    for (std::size_t i = 0; i < on_device_.config.n_layers; ++i) {
      append_kv(on_device_, cache.layer(i), cache.length(), all);
    }
    return all;
  }

  // "" if logits and K/V of the ids on the device are those of forward_full on the processor.
  std::string find_difference(std::span<const int> ids, Dice& dice, std::size_t most) {
    KvCache cache(on_device_);
    const RunResult got = {feed(cache, ids, dice, most), kv_of(cache)};
    return describe_difference(on_cpu_.config, run_full(on_cpu_, ids), got);
  }

  Model on_cpu_, on_device_;
};

TEST_P(Ch14DevicePass, EqualsForwardFullOnTheProcessor) {
  check_property(25, [&] {
    const auto seed = *rc::gen::inRange<std::uint64_t>(1, 1000000);
    const TinySpec spec = draw_spec(seed);
    Dice dice(seed);
    DevicePassOptions options;
    options.records = dice.chance(0.7);
    options.most_rows = dice.between(1, 40);
    options.most_scores = dice.chance(0.5) ? 5000 : 1 << 20;
    build(spec, options);
    const std::vector<int> ids = dice.ids(dice.between(1, 40), spec.vocab);
    const std::string found = find_difference(ids, dice, dice.chance(0.5) ? 4 : 40);
    RC_ASSERT(found == "");
  });
}

TEST_P(Ch14DevicePass, EqualsItBeyondABlockOfPositions) {
  TinySpec spec;
  spec.qwen3 = true;
  spec.n_kv_heads = 2;
  spec.heads_per_kv = 2;
  spec.n_layers = 2;
  build(spec);
  Dice dice(3);
  const std::vector<int> ids = dice.ids(300, spec.vocab);
  EXPECT_EQ(find_difference(ids, dice, 100), "");
  EXPECT_EQ(find_difference(ids, dice, 4), "");
}

TEST_P(Ch14DevicePass, SharpFaintAndBrokenWeightsToo) {
  for (const WeightKind kind : {WeightKind::kSharp, WeightKind::kFaint, WeightKind::kBroken}) {
    TinySpec spec = draw_spec(77);
    spec.kind = kind;
    build(spec);
    Dice dice(4);
    EXPECT_EQ(find_difference(dice.ids(40, spec.vocab), dice, 24), "");
  }
}

// Chapter 06's own proof: cached on the device equals uncached on the device, which goes operation
// by operation through the set.
TEST_P(Ch14DevicePass, CachedEqualsUncachedOnTheDevice) {
  const TinySpec spec = draw_spec(5);
  build(spec);
  Dice dice(5);
  const std::vector<std::size_t> calls = {1, 20, 1, 1, 3};
  const Proof proof = prove_cached_equals_full(on_device_, dice.ids(26, spec.vocab), calls);
  EXPECT_GT(proof.logits, 0u);
  EXPECT_EQ(proof.logits_differ, 0u);
  EXPECT_EQ(proof.kv_differ, 0u);
}

// Texts of different length in the same calls, a fork, a truncation: each row as if alone.
TEST_P(Ch14DevicePass, BatchesForksAndTruncations) {
  const TinySpec spec = draw_spec(6);
  build(spec);
  Dice dice(6);
  std::vector<int> a = dice.ids(30, spec.vocab), b = dice.ids(12, spec.vocab);
  KvCache first(on_device_), second(on_device_);
  feed(first, a, dice, 9);
  feed(second, b, dice, 9);
  KvCache forked = first.fork(on_device_);
  first.truncate(17);
  a.resize(17);
  std::vector<int> c = dice.ids(30, spec.vocab);
  for (const int id : dice.ids(6, spec.vocab)) {
    const ForwardRow rows[] = {{id, a.size(), &first, true}, {id, b.size(), &second, true}};
    const std::vector<float> logits = forward_cached(on_device_, rows);
    a.push_back(id);
    b.push_back(id);
    const std::size_t vocab = spec.vocab;
    const auto last = [&](const std::vector<int>& ids) {
      const std::vector<float> all = run_full(on_cpu_, ids).logits;
      return std::vector<float>(all.end() - static_cast<long>(vocab), all.end());
    };
    EXPECT_EQ(difference(vocab, last(a), {logits.data(), vocab}), "");
    EXPECT_EQ(difference(vocab, last(b), {logits.data() + vocab, vocab}), "");
  }
  EXPECT_EQ(difference(1, run_full(on_cpu_, a).kv, kv_of(first)), "");
  EXPECT_EQ(forked.length(), 30u);
  const int id = 1;
  const ForwardRow row = {id, 30, &forked, true};
  forward_cached(on_device_, {&row, 1});
}

TEST_P(Ch14DevicePass, RowsWithoutLogitsGiveNone) {
  const TinySpec spec = draw_spec(8);
  build(spec);
  KvCache cache(on_device_);
  const ForwardRow rows[] = {{1, 0, &cache, false}, {2, 1, &cache, true}, {3, 2, &cache, false}};
  const std::vector<float> logits = forward_cached(on_device_, rows);
  const std::vector<int> ids = {1, 2, 3};
  const std::vector<float> all = run_full(on_cpu_, ids).logits;
  EXPECT_EQ(difference(spec.vocab, {all.data() + spec.vocab, spec.vocab}, logits), "");
  EXPECT_EQ(forward_cached(on_device_, std::vector<ForwardRow>{{1, 3, &cache, false}}).size(), 0u);
}

// A step of a text is recorded once and then only replayed.
TEST(Ch14Recording, StepsOfOneKindAreRecordedOnce) {
  ThreadPool pool(2);
  const auto reference = reference_kernel_set(pool);
  const auto device = std::make_shared<CountingDevice>();
  const auto kernels = cuda::cuda_kernel_set(device);
  const TinySpec spec = draw_spec(9);
  Model model = TinyRandomModel(spec).build(*kernels);
  model.pass = device_pass(model, device);
  KvCache cache(model);
  for (int i = 0; i < 5; ++i) {
    const ForwardRow row = {i % 4, cache.length(), &cache, true};
    forward_cached(model, {&row, 1});
  }
  EXPECT_EQ(device->recorded, 1);
  EXPECT_EQ(device->replayed, 5);
}

INSTANTIATE_TEST_SUITE_P(On, Ch14DevicePass, testing::ValuesIn(all_devices()), device_name);

// The usual way to add on a GPU is another number, and not only now and then.
TEST(Ch14KnownWrong, ATreeOfSumsIsNotTheRule) {
  Dice dice(14);
  int differ = 0;
  for (int i = 0; i < 100; ++i) {
    const std::vector<float> w = dice.floats(576), x = dice.floats(576);
    differ += dot_of_a_warp(w, x) == dot(w, x) ? 0 : 1;
  }
  EXPECT_GT(differ, 50);
}

TEST(Ch14Memory, RunningOutIsAnErrorWithNumbers) {
  cuda::EmulatedOptions options;
  options.memory = 1000;
  const auto device = cuda::emulated_device(options);
  void* memory = device->allocate(600);
  try {
    device->allocate(401);
    FAIL() << "nothing was thrown";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kCapacity);
    EXPECT_EQ(error.parts().found, "401 bytes wanted, 400 of 1000 free");
  }
  device->release(memory);
  device->release(device->allocate(1000));
}

}  // namespace
}  // namespace tokenwalk
