// Any bytes as a GGUF file: tensors, tokenizer and configuration are read, or it is an Error.

#include "chapters/01_tokenizer/published.h"
#include "lib/base/error.h"
#include "lib/io/gguf.h"
#include "lib/io/gguf_tokenizer.h"
#include "lib/io/widen.h"
#include "lib/model/config.h"
#include "tests/fuzz/memory_file.h"

namespace {

template <typename Read>
void allow_error(Read read) {
  try {
    read();
  } catch (const tokenwalk::Error&) {
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tokenwalk;
  const MemoryFile bytes(data, size);
  allow_error([&] {
    const GgufFile file(bytes.path());
    for (const StoredTensor& tensor : file.tensors()) {
      if (tensor.dtype != DType::kOther) widen(tensor);
    }
    for (const auto& [key, value] : file.metadata().values()) describe_value(value);
    allow_error([&] { config_from_gguf(file.metadata()); });
    allow_error([&] { make_published(read_gguf_tokenizer(file.metadata())); });
  });
  return 0;
}
