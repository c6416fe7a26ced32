#include "tests/cuda/device_test.h"

#include "lib/base/error.h"

namespace tokenwalk {

void PrintTo(const TestDevice& device, std::ostream* out) {
  *out << device.name;
}

std::string device_name(const testing::TestParamInfo<TestDevice>& info) {
  return info.param.name;
}

std::vector<TestDevice> all_devices() {
  return {{"emulated"}, {"backwards"}, {"gpu"}};
}

std::shared_ptr<cuda::Device> open_device(const TestDevice& device) {
  if (device.name == "gpu") return cuda::gpu_device();
  cuda::EmulatedOptions options;
  options.backwards = device.name == "backwards";
  return cuda::emulated_device(options);
}

void DeviceTest::SetUp() {
  try {
    device_ = open_device(GetParam());
  } catch (const Error& error) {
    GTEST_SKIP() << "no GPU to test with: " << error.parts().found;
  }
  kernels_ = cuda::cuda_kernel_set(device_);
  reference_ = reference_kernel_set(pool_);
}

std::string DeviceTest::difference(std::size_t width, std::span<const float> expected,
                                   std::span<const float> got) const {
  return describe_difference(GetParam().name, width, expected, got);
}

}  // namespace tokenwalk
