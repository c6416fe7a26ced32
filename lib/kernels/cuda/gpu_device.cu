#include <cuda_runtime.h>

#include "lib/base/format.h"
#include "lib/kernels/cuda/device.h"

// The device behind CUDA's runtime: one stream, on which everything happens in order.

namespace tokenwalk::cuda {
namespace {

[[noreturn]] void fail(const char* what, cudaError_t error) {
  throw Error(ErrorCode::kBadValue,
              {format("the GPU failed: %s", what),
               format("%s (%s)", cudaGetErrorName(error), cudaGetErrorString(error)), "success",
               "compute-sanitizer build/tokenwalk .. names the place; --device cpu works without"});
}

void check(const char* what, cudaError_t error) {
  if (error != cudaSuccess) fail(what, error);
}

//! [14-run-kernel]
template <typename Kernel>
__global__ void __launch_bounds__(Kernel::kThreads, Kernel::kBlocks)
    run_kernel(const __grid_constant__ typename Kernel::Args args) {
  __shared__ typename Kernel::Shared shared;
  typename Kernel::State state = {};
  const Place at = {{blockIdx.x, blockIdx.y, blockIdx.z}, threadIdx.x};
  const std::uint32_t n_phases = Kernel::n_phases(args, at.block);
  for (std::uint32_t phase = 0; phase < n_phases; ++phase) {
    if (phase > 0) __syncthreads();
    Kernel::phase(args, at, phase, shared, state);
  }
}
//! [14-run-kernel]

using Start = void (*)(cudaStream_t stream, Grid grid, const void* args);

template <typename Kernel>
void start(cudaStream_t stream, Grid grid, const void* args) {
  run_kernel<Kernel><<<dim3(grid.x, grid.y, grid.z), Kernel::kThreads, 0, stream>>>(
      *static_cast<const typename Kernel::Args*>(args));
}

template <typename... Kernels>
Start kernel_at(int index, KernelList<Kernels...>) {
  static constexpr Start kTable[] = {&start<Kernels>...};
  return kTable[index];
}

// The runtime brings a kernel to the GPU when it first hears of it, which it must not do while
// launches are recorded.
template <typename... Kernels>
void load_all(KernelList<Kernels...>) {
  cudaFuncAttributes attributes;
  (check("cudaFuncGetAttributes", cudaFuncGetAttributes(&attributes, run_kernel<Kernels>)), ...);
}

struct Graph : Recording {
  ~Graph() override { cudaGraphExecDestroy(executable); }
  cudaGraphExec_t executable = nullptr;
};

class GpuDevice : public Device {
 public:
  GpuDevice() {
    check("cudaGetDeviceProperties", cudaGetDeviceProperties(&properties_, 0));
    check("cudaStreamCreate", cudaStreamCreateWithFlags(&stream_, cudaStreamNonBlocking));
    check("cudaDeviceGetDefaultMemPool", cudaDeviceGetDefaultMemPool(&memory_, 0));
    std::uint64_t keep = UINT64_MAX;  // freed memory stays with the program
    check("cudaMemPoolSetAttribute",
          cudaMemPoolSetAttribute(memory_, cudaMemPoolAttrReleaseThreshold, &keep));
    load_all(AllKernels{});
  }

  ~GpuDevice() override { cudaStreamDestroy(stream_); }

  std::string description() const override {
    return format("%s, %.1f GiB", properties_.name,
                  static_cast<double>(properties_.totalGlobalMem) / (1 << 30));
  }

  void* allocate(std::size_t bytes) override {
    void* memory = nullptr;
    const cudaError_t error = cudaMallocAsync(&memory, bytes, stream_);
    if (error == cudaErrorMemoryAllocation) {
      cudaGetLastError();  // the error has been seen
      std::size_t left = 0, all = 0;
      check("cudaMemGetInfo", cudaMemGetInfo(&left, &all));
      throw Error(ErrorCode::kCapacity, out_of_memory(bytes, left, all));
    }
    check("cudaMallocAsync", error);
    return memory;
  }

  void release(void* memory) override { cudaFreeAsync(memory, stream_); }

  void upload(void* to, const void* from, std::size_t bytes) override {
    move(to, from, bytes, cudaMemcpyHostToDevice);
  }
  void download(void* to, const void* from, std::size_t bytes) override {
    move(to, from, bytes, cudaMemcpyDeviceToHost);
    check("cudaStreamSynchronize", cudaStreamSynchronize(stream_));
  }
  void copy(void* to, const void* from, std::size_t bytes) override {
    move(to, from, bytes, cudaMemcpyDeviceToDevice);
  }
  void fill_with_zeros(void* memory, std::size_t bytes) override {
    check("cudaMemsetAsync", cudaMemsetAsync(memory, 0, bytes, stream_));
  }

  std::unique_ptr<Recording> record(const std::function<void()>& launches) override {
    cudaGraph_t graph = nullptr;
    check("cudaStreamBeginCapture",
          cudaStreamBeginCapture(stream_, cudaStreamCaptureModeThreadLocal));
    launches();
    check("cudaStreamEndCapture", cudaStreamEndCapture(stream_, &graph));
    auto recording = std::make_unique<Graph>();
    const cudaError_t error = cudaGraphInstantiate(&recording->executable, graph, 0);
    cudaGraphDestroy(graph);
    check("cudaGraphInstantiate", error);
    return recording;
  }

  void replay(const Recording& recording) override {
    check("cudaGraphLaunch",
          cudaGraphLaunch(static_cast<const Graph&>(recording).executable, stream_));
  }

  void launch_at(int kernel, Grid grid, const void* args, std::size_t) override {
    kernel_at(kernel, AllKernels{})(stream_, grid, args);
    check("a launch", cudaGetLastError());
  }

 private:
  void move(void* to, const void* from, std::size_t bytes, cudaMemcpyKind kind) {
    if (bytes > 0) check("cudaMemcpyAsync", cudaMemcpyAsync(to, from, bytes, kind, stream_));
  }

  cudaDeviceProp properties_ = {};
  cudaStream_t stream_ = nullptr;
  cudaMemPool_t memory_ = nullptr;
};

constexpr int kLeastMajor = 8;

[[noreturn]] void refuse(const std::string& found, const char* hint) {
  throw Error(ErrorCode::kBadValue, {"--device cuda cannot be used", found,
                                     "an NVIDIA GPU of compute capability 8.0 or newer", hint});
}

}  // namespace

std::unique_ptr<Device> gpu_device() {
  int n = 0;
  const cudaError_t error = cudaGetDeviceCount(&n);
  if (error != cudaSuccess || n == 0) {
    cudaGetLastError();
    refuse(error == cudaSuccess ? "no GPU" : format("no GPU: %s", cudaGetErrorString(error)),
           "nvidia-smi shows GPUs and the driver; --device cpu needs neither");
  }
  cudaDeviceProp properties = {};
  check("cudaGetDeviceProperties", cudaGetDeviceProperties(&properties, 0));
  if (properties.major < kLeastMajor) {
    refuse(format("%s, of %d.%d", properties.name, properties.major, properties.minor),
           "CUDA_VISIBLE_DEVICES chooses another GPU; --device cpu needs none");
  }
  return std::make_unique<GpuDevice>();
}

}  // namespace tokenwalk::cuda
