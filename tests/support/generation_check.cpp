#include "tests/support/generation_check.h"

#include <algorithm>
#include <array>
#include <ostream>
#include <sstream>

#include "tests/support/dice.h"
#include "tests/support/told.h"

namespace tokenwalk {
namespace {

struct Heard {
  Generated result;
  std::vector<int> tokens;  // that on_token heard of
};

Heard run(const Generate& generate, const Model& model, const GenerationCase& test) {
  Heard heard;
  GenerateOptions options = test.options;
  options.on_token = [&](int id) {
    heard.tokens.push_back(id);
    return heard.tokens.size() < test.cancel_after;
  };
  heard.result = generate(model, test.prompt, options);
  return heard;
}

SamplingOptions draw_sampling(Dice& dice) {
  SamplingOptions sampling;
  sampling.temperature = std::array{0.0, 0.6, 1.0, 1.7}[dice.below(4)];
  if (dice.chance(0.3)) sampling.top_k = static_cast<int>(dice.between(1, 30));
  if (dice.chance(0.4)) sampling.top_p = dice.real(0.3, 1);
  if (dice.chance(0.3)) sampling.min_p = dice.real(0, 0.2);
  return sampling;
}

}  // namespace

std::ostream& operator<<(std::ostream& out, const GenerationCase& test) {
  const SamplingOptions& s = test.options.sampling;
  return out << test.spec << "\nprompt " << show(test.prompt) << ", at most "
             << test.options.max_new_tokens << " new tokens, temperature " << s.temperature
             << ", top_k " << s.top_k << ", top_p " << s.top_p << ", min_p " << s.min_p << ", seed "
             << test.options.seed << ", stream " << test.options.stream << ", eos "
             << show(test.eos_ids) << (test.options.ignore_eos ? " ignored" : "") << ", stop ids "
             << show(test.options.stop_ids) << ", cancelled after " << test.cancel_after;
}

GenerationCase draw_generation_case(std::uint64_t seed) {
  GenerationCase test;
  test.spec = draw_spec(seed);
  Dice dice(seed, 11);
  if (dice.chance(0.3)) test.spec.vocab = dice.between(5, 20);
  const std::size_t vocab = test.spec.vocab;
  test.prompt = dice.ids(dice.between(1, 20), vocab);
  test.options.max_new_tokens = static_cast<int>(dice.below(25));
  test.options.sampling = draw_sampling(dice);
  test.options.seed = (dice.below(1 << 30) << 20) + dice.below(1 << 20);
  test.options.stream = static_cast<std::uint32_t>(dice.below(4));
  const std::size_t most_ends = 2 + vocab / 5;
  if (dice.chance(0.4)) test.eos_ids = dice.ids(dice.between(1, most_ends), vocab);
  test.options.ignore_eos = dice.chance(0.3);
  if (dice.chance(0.4)) test.options.stop_ids = dice.ids(dice.between(1, most_ends), vocab);
  if (dice.chance(0.2)) test.cancel_after = dice.between(1, 10);
  if (dice.chance(0.3)) test.spec.context = test.prompt.size() + dice.below(25);
  return test;
}

Model build_model(const GenerationCase& test, const KernelSet& kernels) {
  Model model = TinyRandomModel(test.spec).build(kernels);
  model.config.eos_ids = test.eos_ids;
  return model;
}

std::string find_fault(const Generate& generate, const GenerationCase& test,
                       const KernelSet& kernels) {
  const Model model = build_model(test, kernels);
  const Heard naive = run(generate_naive, model, test);
  const Heard other = run(generate, model, test);
  const std::size_t n = naive.result.tokens.size();
  const std::size_t evaluated = test.prompt.size() + std::max<std::size_t>(n, 1) - 1;
  std::ostringstream fault;
  if (other.result.tokens != naive.result.tokens) {
    fault << "tokens " << show(other.result.tokens) << ", expected " << show(naive.result.tokens);
  } else if (other.result.finish != naive.result.finish) {
    fault << "finish " << finish_name(other.result.finish) << ", expected "
          << finish_name(naive.result.finish);
  } else if (other.tokens != other.result.tokens || naive.tokens != naive.result.tokens) {
    fault << "on_token did not hear of every token once";
  } else if (other.result.evaluated != evaluated) {
    fault << other.result.evaluated << " positions evaluated, expected P + N - 1 = " << evaluated;
  } else {
    return "";
  }
  fault << "\nkernels " << kernels.name() << ", " << test;
  return fault.str();
}

std::string find_fault(const Generate& generate, std::span<const std::uint64_t> seeds,
                       const KernelSet& kernels) {
  for (const std::uint64_t seed : seeds) {
    const std::string fault = find_fault(generate, draw_generation_case(seed), kernels);
    if (!fault.empty()) return fault;
  }
  return "";
}

}  // namespace tokenwalk
