#include "tools/tokenwalk/bench_sampler.h"

#include <cstring>
#include <ctime>
#include <iostream>

#include "chapters/12_more_samplers/chain.h"
#include "lib/base/error.h"
#include "lib/io/mapped_file.h"
#include "tools/tokenwalk/sampling_request.h"

namespace tokenwalk {
namespace {

using Rows = std::vector<std::vector<float>>;

Rows read_rows(const std::string& path, std::size_t vocab) {
  const MappedFile file(path);
  const std::size_t n_bytes = file.bytes().size(), row = vocab * sizeof(float);
  if (n_bytes == 0 || n_bytes % row != 0) {
    throw Error(ErrorCode::kBadFile,
                {path + " holds no rows of logits", std::to_string(n_bytes) + " bytes",
                 "a multiple of " + std::to_string(row), "see --vocab"});
  }
  Rows rows(n_bytes / row, std::vector<float>(vocab));
  for (std::size_t i = 0; i < rows.size(); ++i) {
    std::memcpy(rows[i].data(), file.bytes().data() + i * row, row);
  }
  return rows;
}

int sample_row(const std::vector<float>& logits, const ChainOptions& options, bool plain) {
  constexpr Chance kChance = {0.5, 0.5};
  if (!plain) return chain_sample(logits, options, {}, kChance);
  return draw_candidate(chain_distribution_plain(logits, options, {}, kChance.coin), kChance.u);
}

Json measure(const Rows& rows, const Json& object) {
  std::vector<std::string_view> keys = sampling_keys();
  keys.insert(keys.end(), {"plain", "repeats"});
  const Request request(object, keys);
  const ChainOptions options = read_sampling(request);
  const bool plain = request.flag("plain", false);
  const std::int64_t repeats = request.integer("repeats", 1, 1, 1000000);
  std::vector<int> tokens(rows.size());
  const std::clock_t start = std::clock();
  for (std::int64_t i = 0; i < repeats; ++i) {
    for (std::size_t r = 0; r < rows.size(); ++r) tokens[r] = sample_row(rows[r], options, plain);
  }
  const double seconds = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
  const double n_tokens = static_cast<double>(repeats) * static_cast<double>(rows.size());
  return {{"seconds", seconds / n_tokens}, {"tokens", tokens}};
}

}  // namespace

void bench_sampler(const std::string& path, int vocab) {
  const Rows rows = read_rows(path, static_cast<std::size_t>(vocab));
  for (std::string line; std::getline(std::cin, line);) {
    const Json object = Json::parse(line, nullptr, false);
    if (!object.is_object()) {
      throw Error(ErrorCode::kBadJson, {"bad line", line, "a JSON object of sampling keys", ""});
    }
    std::cout << measure(rows, object).dump() << std::endl;
  }
}

}  // namespace tokenwalk
