#include <cstdlib>
#include <cstring>
#include <map>
#include <vector>

#include "lib/base/check.h"
#include "lib/base/error.h"
#include "lib/kernels/cuda/device.h"

namespace tokenwalk::cuda {
namespace {

constexpr int kNanByte = 0xFF;
constexpr std::size_t kAlignment = 256;

//! [14-run-block]
// One block: every thread of a phase, then the next phase.
template <typename Kernel>
void run_block(const typename Kernel::Args& args, Grid block, bool backwards,
               std::vector<typename Kernel::State>& states) {
  typename Kernel::Shared shared;
  static_assert(std::is_trivially_copyable_v<typename Kernel::Shared>);
  std::memset(static_cast<void*>(&shared), kNanByte, sizeof(shared));
  states.assign(Kernel::kThreads, {});
  const std::uint32_t n_phases = Kernel::n_phases(args, block);
  for (std::uint32_t phase = 0; phase < n_phases; ++phase) {
    for (std::uint32_t i = 0; i < Kernel::kThreads; ++i) {
      const std::uint32_t thread = backwards ? Kernel::kThreads - 1 - i : i;
      Kernel::phase(args, {block, thread}, phase, shared, states[thread]);
    }
  }
}
//! [14-run-block]

template <typename Kernel>
void run_grid(Grid grid, const void* args, bool backwards) {
  typename Kernel::Args copy;
  std::memcpy(static_cast<void*>(&copy), args, sizeof(copy));
  std::vector<typename Kernel::State> states;
  for (std::uint32_t z = 0; z < grid.z; ++z) {
    for (std::uint32_t y = 0; y < grid.y; ++y) {
      for (std::uint32_t x = 0; x < grid.x; ++x) {
        run_block<Kernel>(copy, {x, y, z}, backwards, states);
      }
    }
  }
}

using RunGrid = void (*)(Grid grid, const void* args, bool backwards);

template <typename... Kernels>
RunGrid kernel_at(int index, KernelList<Kernels...>) {
  static constexpr RunGrid kTable[] = {&run_grid<Kernels>...};
  return kTable[index];
}

struct Launch {
  int kernel;
  Grid grid;
  std::vector<std::byte> args;
};

struct LaunchList : Recording {
  std::vector<Launch> launches;
};

class EmulatedDevice : public Device {
 public:
  explicit EmulatedDevice(EmulatedOptions options) : options_(options) {}

  ~EmulatedDevice() override {
    for (const auto& [memory, bytes] : sizes_) std::free(memory);
  }

  std::string description() const override { return "emulated on the CPU"; }

  void* allocate(std::size_t bytes) override {
    CHECK(recording_ == nullptr);
    if (bytes > options_.memory - used_) {
      throw Error(ErrorCode::kCapacity,
                  out_of_memory(bytes, options_.memory - used_, options_.memory));
    }
    void* memory = nullptr;
    CHECK_EQ(posix_memalign(&memory, kAlignment, bytes), 0);
    std::memset(memory, kNanByte, bytes);
    sizes_[memory] = bytes;
    used_ += bytes;
    return memory;
  }

  void release(void* memory) override {
    const auto found = sizes_.find(memory);
    CHECK(found != sizes_.end());
    used_ -= found->second;
    sizes_.erase(found);
    std::free(memory);
  }

  void upload(void* to, const void* from, std::size_t bytes) override { copy(to, from, bytes); }
  void download(void* to, const void* from, std::size_t bytes) override { copy(to, from, bytes); }
  void copy(void* to, const void* from, std::size_t bytes) override {
    CHECK(recording_ == nullptr);
    if (bytes > 0) std::memcpy(to, from, bytes);
  }
  void fill_with_zeros(void* memory, std::size_t bytes) override {
    CHECK(recording_ == nullptr);
    std::memset(memory, 0, bytes);
  }

  std::unique_ptr<Recording> record(const std::function<void()>& launches) override {
    auto list = std::make_unique<LaunchList>();
    recording_ = list.get();
    launches();
    recording_ = nullptr;
    return list;
  }

  void replay(const Recording& recording) override {
    for (const Launch& launch : static_cast<const LaunchList&>(recording).launches) {
      run(launch.kernel, launch.grid, launch.args.data());
    }
  }

  void launch_at(int kernel, Grid grid, const void* args, std::size_t size) override {
    CHECK_LE(std::max(grid.y, grid.z), kMostBlocksAcross);
    if (recording_ == nullptr) return run(kernel, grid, args);
    const auto* bytes = static_cast<const std::byte*>(args);
    recording_->launches.push_back({kernel, grid, {bytes, bytes + size}});
  }

 private:
  void run(int kernel, Grid grid, const void* args) const {
    kernel_at(kernel, AllKernels{})(grid, args, options_.backwards);
  }

  EmulatedOptions options_;
  std::map<void*, std::size_t> sizes_;
  std::size_t used_ = 0;
  LaunchList* recording_ = nullptr;
};

}  // namespace

std::unique_ptr<Device> emulated_device(EmulatedOptions options) {
  return std::make_unique<EmulatedDevice>(options);
}

}  // namespace tokenwalk::cuda
