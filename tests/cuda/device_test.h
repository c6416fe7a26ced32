#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "chapters/04_transformer/reference_kernels.h"
#include "lib/kernels/cuda/cuda_set.h"
#include "lib/kernels/cuda/device.h"
#include "tests/support/runs.h"

namespace tokenwalk {

/// Which device a test runs on.
struct TestDevice {
  std::string name;  ///< "emulated", "backwards" (threads in the other order) or "gpu"
};

void PrintTo(const TestDevice& device, std::ostream* out);
std::string device_name(const testing::TestParamInfo<TestDevice>& info);
std::vector<TestDevice> all_devices();

/// That device; the GPU throws Error where there is none.
std::shared_ptr<cuda::Device> open_device(const TestDevice& device);

/// Tests of the set `cuda` against the set `reference`. All comparisons are of bits; any NaN equals
/// any other. On the GPU they are skipped with a reason where there is none.
class DeviceTest : public testing::TestWithParam<TestDevice> {
 protected:
  void SetUp() override;

  cuda::Device& device() const { return *device_; }
  const std::shared_ptr<cuda::Device>& shared_device() const { return device_; }
  const KernelSet& kernels() const { return *kernels_; }
  const KernelSet& reference() const { return *reference_; }

  /// "" or a report of the first difference. Rows are `width` long.
  std::string difference(std::size_t width, std::span<const float> expected,
                         std::span<const float> got) const;

 private:
  ThreadPool pool_{2};
  std::shared_ptr<cuda::Device> device_;
  std::unique_ptr<KernelSet> kernels_;
  std::unique_ptr<KernelSet> reference_;
};

}  // namespace tokenwalk
