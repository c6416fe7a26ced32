#include "lib/model/config_reader.h"

#include <cmath>

#include "lib/base/error.h"

namespace tokenwalk {
namespace {

constexpr std::int64_t kLargestSize = 1 << 24;
constexpr std::int64_t kMostLayers = 1 << 14;

std::size_t check_range(const Metadata& m, const std::string& key, std::int64_t value,
                        std::int64_t most) {
  if (value < 1 || value > most) {
    fail_config(m, "bad size " + key, std::to_string(value),
                "a number from 1 to " + std::to_string(most));
  }
  return static_cast<std::size_t>(value);
}

}  // namespace

void fail_config(const Metadata& m, const std::string& message, const std::string& found,
                 const std::string& expected) {
  throw Error(ErrorCode::kBadFile, {m.source() + ": " + message, found, expected, ""});
}

std::size_t check_size(const Metadata& m, const std::string& key, std::int64_t value) {
  return check_range(m, key, value, kLargestSize);
}

std::size_t get_size(const Metadata& m, const std::string& key) {
  return check_size(m, key, m.get_integer(key));
}

std::size_t get_size(const Metadata& m, const std::string& key, std::size_t fallback) {
  return m.contains(key) ? get_size(m, key) : fallback;
}

std::size_t get_layers(const Metadata& m, const std::string& key) {
  return check_range(m, key, m.get_integer(key), kMostLayers);
}

std::size_t get_head_dim(const Metadata& m, const std::string& key, const ModelConfig& c) {
  if (m.contains(key)) return get_size(m, key);
  return check_size(m, "head_dim", static_cast<std::int64_t>(c.hidden / c.attention.n_heads));
}

std::vector<int> get_ids(const Metadata& m, const std::string& key, std::size_t vocab) {
  std::vector<int> ids;
  if (!m.contains(key)) return ids;
  for (const std::int64_t id : m.get_integers(key)) {
    if (id < 0 || id >= static_cast<std::int64_t>(vocab)) {
      fail_config(m, key + " is no token", std::to_string(id),
                  "an id from 0 to " + std::to_string(vocab - 1));
    }
    ids.push_back(static_cast<int>(id));
  }
  return ids;
}

void check_config(const Metadata& m, const ModelConfig& c) {
  const AttentionShape& a = c.attention;
  if (a.n_heads % a.n_kv_heads != 0) {
    fail_config(m, "query heads do not share the K/V heads evenly",
                std::to_string(a.n_heads) + " and " + std::to_string(a.n_kv_heads),
                "a multiple of the K/V heads");
  }
  if (a.head_dim % 2 != 0) {
    fail_config(m, "rotary positions need pairs", "head_dim " + std::to_string(a.head_dim),
                "an even one");
  }
  if (!(c.rms_eps > 0 && std::isfinite(c.rms_eps)) || !(c.rope_theta > 0) ||
      !std::isfinite(c.rope_theta)) {
    fail_config(
        m, "bad number",
        "rms eps " + std::to_string(c.rms_eps) + ", rope theta " + std::to_string(c.rope_theta),
        "finite numbers above 0");
  }
}

}  // namespace tokenwalk
