#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "lib/base/error.h"
#include "lib/kernels/cuda/kernel_list.h"

namespace tokenwalk::cuda {

/// A list of launches that can be run again as one.
class Recording {
 public:
  virtual ~Recording() = default;
};

/// Memory and kernels of a GPU, or of the program that stands in for one. Everything happens in the
/// order of the calls; download returns when all before it is done.
class Device {
 public:
  virtual ~Device() = default;

  /// What a reader may want to know: the card, or "emulated on the CPU".
  virtual std::string description() const = 0;

  /// bytes > 0 of memory at a multiple of 256, holding anything. Throws Error(kCapacity) with what
  /// was wanted and what is left.
  virtual void* allocate(std::size_t bytes) = 0;
  virtual void release(void* memory) = 0;

  virtual void upload(void* to, const void* from, std::size_t bytes) = 0;
  virtual void download(void* to, const void* from, std::size_t bytes) = 0;
  virtual void copy(void* to, const void* from, std::size_t bytes) = 0;
  virtual void fill_with_zeros(void* memory, std::size_t bytes) = 0;

  /// Runs a kernel once for each block of the grid. An empty grid is no launch.
  template <typename Kernel>
  void launch(Grid grid, const typename Kernel::Args& args) {
    constexpr int kIndex = index_in<Kernel>(AllKernels{});
    static_assert(kIndex >= 0, "the kernel is in the list");
    static_assert(std::is_trivially_copyable_v<typename Kernel::Args>);
    if (grid.x > 0 && grid.y > 0 && grid.z > 0) launch_at(kIndex, grid, &args, sizeof(args));
  }

  /// The launches of a function, which are not run. It may do nothing else with the device.
  virtual std::unique_ptr<Recording> record(const std::function<void()>& launches) = 0;
  virtual void replay(const Recording& recording) = 0;

  /// The kernel with that number in AllKernels.
  virtual void launch_at(int kernel, Grid grid, const void* args, std::size_t size) = 0;
};

/// Threads of a block one after the other on the CPU: the same kernels without a GPU, for tests and
/// for the chapter's program. New memory and a block's shared memory hold NaN.
struct EmulatedOptions {
  bool backwards = false;         ///< last thread first: no result may depend on it
  std::size_t memory = SIZE_MAX;  ///< bytes before allocate throws
};
std::unique_ptr<Device> emulated_device(EmulatedOptions options = {});

/// Blocks that a grid may have along y and z.
inline constexpr std::uint32_t kMostBlocksAcross = 65535;

/// The message of a device that has `left` of `all` bytes where `wanted` are needed.
ErrorParts out_of_memory(std::size_t wanted, std::size_t left, std::size_t all);

/// The first GPU. Throws Error(kBadValue) where the program was built without CUDA or there is no
/// GPU of compute capability 8.0 or newer.
std::unique_ptr<Device> gpu_device();

/// An array on a device, freed with it. Moved, never copied. The device must outlive it.
template <typename T>
class DeviceArray {
 public:
  DeviceArray() = default;
  DeviceArray(Device& device, std::size_t size)
      : device_(&device),
        data_(size > 0 ? static_cast<T*>(device.allocate(size * sizeof(T))) : nullptr),
        size_(size) {}
  DeviceArray(DeviceArray&& other) noexcept { swap(other); }
  DeviceArray& operator=(DeviceArray&& other) noexcept {
    swap(other);
    return *this;
  }
  ~DeviceArray() {
    if (data_ != nullptr) device_->release(data_);
  }

  T* data() const { return data_; }
  std::size_t size() const { return size_; }

  void upload(const T* from, std::size_t n) {
    if (n > 0) device_->upload(data_, from, n * sizeof(T));
  }
  void download(T* to, std::size_t n) const {
    if (n > 0) device_->download(to, data_, n * sizeof(T));
  }

  /// At least `size` elements from now on. Returns whether it had to grow: then it lies elsewhere,
  /// and what it held is lost.
  bool reach(Device& device, std::size_t size) {
    if (size <= size_) return false;
    *this = DeviceArray();
    *this = DeviceArray(device, size);
    return true;
  }

 private:
  void swap(DeviceArray& other) {
    std::swap(device_, other.device_);
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
  }

  Device* device_ = nullptr;
  T* data_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace tokenwalk::cuda
