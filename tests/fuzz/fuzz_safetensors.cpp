// Any bytes as a safetensors file: it loads, and then all of it can be read, or it is an Error.

#include "lib/base/error.h"
#include "lib/io/safetensors.h"
#include "lib/io/widen.h"
#include "tests/fuzz/memory_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tokenwalk;
  const MemoryFile bytes(data, size);
  try {
    const SafetensorsFile file(bytes.path());
    for (const StoredTensor& tensor : file.tensors()) {
      if (tensor.dtype != DType::kOther) widen(tensor);
    }
  } catch (const Error&) {
  }
  return 0;
}
