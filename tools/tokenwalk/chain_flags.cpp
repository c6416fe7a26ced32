#include "tools/tokenwalk/chain_flags.h"

#include <cfloat>
#include <climits>
#include <cmath>
#include <sstream>

#include "lib/base/error.h"
#include "tools/tokenwalk/flags.h"

namespace tokenwalk {
namespace {

// "12=-1.5" or "12=-inf".
std::pair<int, double> read_bias_flag(const std::string& text) {
  const std::size_t equals = text.find('=');
  const std::string value = equals == std::string::npos ? "" : text.substr(equals + 1);
  char* end = nullptr;
  const double bias = std::strtod(value.c_str(), &end);
  const std::vector<int> ids = equals == std::string::npos
                                   ? std::vector<int>()
                                   : ids_of_text("--logit-bias", text.substr(0, equals));
  if (ids.size() != 1 || end == value.c_str() || *end != '\0') {
    throw Error(ErrorCode::kBadValue, {"bad --logit-bias", text, "an id and a number: 12=-1.5",
                                       "12=-inf bans the token 12"});
  }
  return {ids[0], bias};
}

std::vector<ChainStep> read_order_flag(const std::string& text) {
  std::vector<ChainStep> order;
  std::istringstream names(text);
  for (std::string name; std::getline(names, name, ',');) order.push_back(step_named(name));
  return order;
}

using Texts = std::vector<std::string>;

// A flag that may be given several times, each time with one sequence of ids.
void add_sequences(CLI::App& command, const std::string& name, std::vector<std::vector<int>>& all,
                   const std::string& help) {
  const auto read = [&all, name](const Texts& texts) {
    for (const std::string& text : texts) all.push_back(ids_of_text(name, text));
  };
  command.add_option_function<Texts>(name, read, help)
      ->type_name("IDS")
      ->allow_extra_args(false)
      ->take_all();
}

void add_penalty_flags(CLI::App& command, PenaltyOptions& penalties) {
  add_number(command, "--repetition-penalty,--repeat-penalty", penalties.repetition, 0, DBL_MAX,
             "above 1 makes tokens of the text less likely; 1: off");
  add_number(command, "--frequency-penalty", penalties.frequency, -DBL_MAX, DBL_MAX,
             "taken from a token's logit for each time it occurs; 0: off");
  add_number(command, "--presence-penalty", penalties.presence, -DBL_MAX, DBL_MAX,
             "taken from it once; 0: off");
  add_integer(command, "--penalty-last-n,--repeat-last-n", penalties.last_n, -1, INT_MAX,
              "penalties look at so many last tokens; -1: all");
}

void add_bias_flags(CLI::App& command, BiasOptions& bias) {
  const auto read_biases = [&bias](const Texts& texts) {
    for (const std::string& text : texts) bias.logit_bias.insert(read_bias_flag(text));
  };
  command
      .add_option_function<Texts>("--logit-bias", read_biases,
                                  "added to a token's logit: 12=-1.5, or 12=-inf to ban it")
      ->type_name("ID=BIAS")
      ->allow_extra_args(false)
      ->take_all();
  const auto read_allowed = [&bias](const std::string& text) {
    bias.allowed = ids_of_text("--allowed-ids", text);
  };
  command.add_option_function<std::string>("--allowed-ids", read_allowed, "no other id may come")
      ->type_name("IDS");
  add_sequences(command, "--bad-ids", bias.banned,
                "ids that may not come in this order; may be given several times");
  add_integer(command, "--no-repeat-ngram,--no-repeat-ngram-size", bias.no_repeat_ngram, 0, INT_MAX,
              "no sequence of so many tokens twice; 0: off");
  add_integer(command, "--min-new-tokens", bias.min_new_tokens, 0, INT_MAX,
              "no end of the text before so many new tokens");
}

void add_dry_flags(CLI::App& command, DryOptions& dry) {
  add_number(command, "--dry-multiplier", dry.multiplier, 0, DBL_MAX,
             "against going on with a repeat; 0: off, usual: 0.8");
  add_number(command, "--dry-base", dry.base, 1, DBL_MAX,
             "by how much that grows with each token (default: 1.75)");
  add_integer(command, "--dry-allowed-length", dry.allowed_length, 0, INT_MAX,
              "shorter repeats are free (default: 2)");
  add_integer(command, "--dry-last-n,--dry-penalty-last-n", dry.last_n, -1, INT_MAX,
              "looks at so many last tokens; -1: all");
  add_sequences(command, "--dry-breaker", dry.breakers,
                "ids that no repeat crosses; may be given several times");
}

}  // namespace

void add_chain_flags(CLI::App& command, ChainOptions& chain) {
  add_penalty_flags(command, chain.penalties);
  add_bias_flags(command, chain.bias);
  add_dry_flags(command, chain.dry);
  add_number(command, "--typical-p,--typical", chain.typical_p, 0, 1,
             "keep what is as surprising as usual, up to p; 1: off");
  add_number(command, "--top-n-sigma,--top-nsigma", chain.top_n_sigma, 0, DBL_MAX,
             "keep logits within n standard deviations of the best; 0: off");
  add_number(command, "--xtc-probability", chain.xtc_probability, 0, 1,
             "how often top choices but the last are removed; 0: off");
  add_number(command, "--xtc-threshold", chain.xtc_threshold, 0, 1,
             "probability of a top choice (default: 0.1)");
  const auto read_order = [&chain](const std::string& text) {
    chain.order = read_order_flag(text);
  };
  command
      .add_option_function<std::string>("--order", read_order,
                                        "steps, in this order; those not named do not run "
                                        "(default: penalties,bias,dry,temperature,top_k,"
                                        "typical_p,top_p,min_p,top_n_sigma,xtc)")
      ->type_name("STEPS");
}

}  // namespace tokenwalk
