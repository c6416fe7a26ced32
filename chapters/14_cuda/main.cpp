// Chapter 14: the kernels of a GPU. What a launch is, the ladder of products, attention for few
// rows and for many, and a whole model on the device, each against the processor's bits. Runs on
// the processor unless told otherwise; with --device cuda --measure, times too.
#include <cstdio>

#include "chapters/04_transformer/reference_kernels.h"
#include "chapters/14_cuda/program/ladder.h"
#include "chapters/14_cuda/program/whole_model.h"
#include "lib/base/program_flags.h"
#include "lib/base/thread_pool.h"
#include "lib/kernels/cuda/cuda_set.h"

namespace tokenwalk {
namespace {

std::shared_ptr<cuda::Device> open_device(const std::string& name) {
  if (name == "cuda") return cuda::gpu_device();
  if (name == "emulated") return cuda::emulated_device();
  throw UsageError({"unknown device", name, "emulated or cuda", ""});
}

void run(const ProgramFlags& flags) {
  ThreadPool pool(available_processors());
  const std::unique_ptr<KernelSet> reference = reference_kernel_set(pool);
  const std::shared_ptr<cuda::Device> device = open_device(flags.text("--device", "emulated"));
  const std::unique_ptr<KernelSet> kernels = cuda::cuda_kernel_set(device);
  std::printf("14.1 device: %s\n\n", device->description().c_str());
  std::printf("14.2 the ladder: y = W x, 576 outputs, 1,536 inputs\n%s\n",
              ladder_table(*device, *kernels, *reference, flags.has("--measure")).c_str());
  std::printf("14.3 data/tiny, %s\n", show_whole_model(*reference, *kernels, device).c_str());
  std::printf("14.4 bytes of a decode step, and the steps a second that memory allows\n%s",
              roofline_table().c_str());
}

}  // namespace
}  // namespace tokenwalk

int main(int argc, char** argv) {
  using namespace tokenwalk;
  return run_chapter(argc, argv,
                     {{"--device", "NAME", "emulated (default) or cuda"},
                      {"--measure", "", "times of the ladder, for a GPU"}},
                     run);
}
