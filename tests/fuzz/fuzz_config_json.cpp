// Any text as a config.json: keys, and then a configuration, or an Error.

#include "lib/base/error.h"
#include "lib/io/json_metadata.h"
#include "lib/model/config.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tokenwalk;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  try {
    const Metadata metadata = parse_json_metadata(text, "config.json");
    for (const auto& [key, value] : metadata.values()) describe_value(value);
    const ModelConfig config = config_from_hf(metadata);
    count_parameters(config);
    kv_bytes_per_position(config, KvType::kF32);
  } catch (const Error&) {
  }
  return 0;
}
