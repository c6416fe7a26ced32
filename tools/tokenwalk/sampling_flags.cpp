#include "tools/tokenwalk/sampling_flags.h"

#include <cerrno>
#include <cfloat>
#include <climits>
#include <cstdio>
#include <cstdlib>
#include <random>

#include "lib/base/error.h"
#include "tools/tokenwalk/flags.h"
#include "tools/tokenwalk/json_request.h"
#include "tools/tokenwalk/recommended.h"

namespace tokenwalk {
namespace {

void check_temperature(double temperature, bool sampled) {
  if (sampled == (temperature > 0)) return;
  throw Error(ErrorCode::kBadValue,
              {sampled ? "--do-sample with temperature 0" : "--greedy with a temperature",
               "--temperature " + format_number(temperature),
               sampled ? "a temperature above 0" : "no temperature, or 0",
               "temperature 0 takes the likeliest token: greedy"});
}

}  // namespace

void add_sampling_flags(CLI::App& command, SamplingFlags& flags) {
  add_number(command, "--temperature", flags.temperature, 0, DBL_MAX,
             "0 is greedy (default: the model's, else 1)");
  add_integer(command, "--top-k", flags.top_k, 0, INT_MAX, "keep the k most likely tokens; 0: off");
  add_number(command, "--top-p", flags.top_p, 0, 1, "keep the smallest set that reaches p; 1: off");
  add_number(command, "--min-p", flags.min_p, 0, 1,
             "keep what has min_p of the best probability; 0: off");
  command.add_option("--seed", flags.seed, "a number, or random (default: 0)");
  command.add_flag("--do-sample,!--greedy", flags.sampled,
                   "draw tokens; --greedy takes the likeliest, as temperature 0 does");
}

std::vector<std::string> take_recommended(const CLI::App& command, const std::string& model_path,
                                          SamplingFlags& flags) {
  Recommended recommended = read_recommended(model_path);
  if (command.count("--do-sample") > 0) {
    if (command.count("--temperature") > 0) check_temperature(flags.temperature, flags.sampled);
    if (!flags.sampled) flags.temperature = 0;
    if (flags.sampled != (recommended.temperature != 0.0)) recommended.temperature.reset();
  }
  std::vector<std::string> taken;
  const auto take = [&](const char* flag, const auto& value, auto& place) {
    if (command.count(flag) > 0 || !value) return;
    place = *value;
    taken.push_back(std::string(flag) + " " + Json(*value).dump());
  };
  take("--temperature", recommended.temperature, flags.temperature);
  take("--top-k", recommended.top_k, flags.top_k);
  take("--top-p", recommended.top_p, flags.top_p);
  take("--min-p", recommended.min_p, flags.min_p);
  return taken;
}

SamplingOptions sampling_options(const SamplingFlags& flags) {
  SamplingOptions options;
  options.temperature = flags.temperature;
  options.top_k = flags.top_k;
  options.top_p = flags.top_p;
  options.min_p = flags.min_p;
  return options;
}

std::uint64_t read_seed(const std::string& text, bool quiet) {
  if (text == "random") {
    std::random_device device;
    const std::uint64_t seed = (std::uint64_t{device()} << 32) | device();
    if (!quiet) std::fprintf(stderr, "seed %llu\n", static_cast<unsigned long long>(seed));
    return seed;
  }
  const bool digits = !text.empty() && text.find_first_not_of("0123456789") == std::string::npos;
  errno = 0;
  const std::uint64_t seed = std::strtoull(text.c_str(), nullptr, 10);
  if (!digits || errno == ERANGE) {
    throw Error(ErrorCode::kBadValue,
                {"bad --seed", text, "a whole number from 0 to 2^64 - 1, or random",
                 "the same seed gives the same text"});
  }
  return seed;
}

}  // namespace tokenwalk
