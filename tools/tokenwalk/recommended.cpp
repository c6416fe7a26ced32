#include "tools/tokenwalk/recommended.h"

#include <cmath>
#include <limits>

#include "lib/base/error.h"
#include "lib/io/json_metadata.h"

namespace tokenwalk {
namespace {

std::optional<double> read_number(const Metadata& m, const std::string& key, double most) {
  if (!m.contains(key)) return std::nullopt;
  const double value = m.get_real(key);
  if (!(value >= 0 && value <= most) || std::isinf(value)) {
    throw Error(ErrorCode::kBadFile,
                {m.source() + ": bad " + key, std::to_string(value),
                 std::isinf(most) ? "a number of at least 0" : "a number from 0 to 1",
                 "a flag of the command line does not mend the file; remove the key"});
  }
  return value;
}

std::optional<int> read_count(const Metadata& m, const std::string& key) {
  if (!m.contains(key)) return std::nullopt;
  const std::int64_t value = m.get_integer(key);
  if (value < 0 || value > std::numeric_limits<int>::max()) {
    throw Error(ErrorCode::kBadFile, {m.source() + ": bad " + key, std::to_string(value),
                                      "a whole number of at least 0", ""});
  }
  return static_cast<int>(value);
}

}  // namespace

Recommended read_recommended(const std::filesystem::path& model) {
  const std::filesystem::path path = model / "generation_config.json";
  std::error_code no_matter;
  if (!std::filesystem::exists(path, no_matter)) return {};
  const Metadata m = read_json_metadata(path);
  Recommended r;
  r.temperature = read_number(m, "temperature", std::numeric_limits<double>::infinity());
  r.top_k = read_count(m, "top_k");
  r.top_p = read_number(m, "top_p", 1);
  r.min_p = read_number(m, "min_p", 1);
  r.repetition_penalty =
      read_number(m, "repetition_penalty", std::numeric_limits<double>::infinity());
  if (!m.get_bool("do_sample", true)) r.temperature = 0;
  return r;
}

}  // namespace tokenwalk
