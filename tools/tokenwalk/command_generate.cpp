#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <random>
#include <sstream>

#include "chapters/01_tokenizer/utf8.h"
#include "chapters/06_cached_generate/generate_cached.h"
#include "chapters/06_cached_generate/proof.h"
#include "lib/base/error.h"
#include "tools/tokenwalk/commands.h"
#include "tools/tokenwalk/json_request.h"
#include "tools/tokenwalk/recommended.h"

namespace tokenwalk {
namespace {

struct GenerateFlags {
  EngineOptions engine;
  std::string prompt = "Once upon a time";
  std::vector<int> prompt_tokens;
  int max_new_tokens = 64;
  double temperature = 1;
  int top_k = 0;
  double top_p = 1;
  double min_p = 0;
  std::string seed = "0";
  int num_samples = 1;
  std::size_t prefill_chunk = kPrefillChunk;
  bool ignore_eos = false;
  bool no_cache = false;
  bool check = false;
  bool no_check = false;
  bool json = false;
};

// One sample, or several after one prefill, with its times.
struct Run {
  std::vector<int> prompt;
  std::vector<Generated> samples;
  double prefill_seconds = 0;
  double decode_seconds = 0;
  std::size_t decoded = 0;  // positions evaluated after the prefill
  std::size_t cache_bytes = 0;
  std::vector<std::string> from_model;  // flags that generation_config.json gave
};

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

// ---- flags -----------------------------------------------------------------------------------

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
                {"bad --seed", text, "a number from 0 to 2^64 - 1, or random", ""});
  }
  return seed;
}

// Takes what the model's maker recommends where no flag was given; names what was taken.
std::vector<std::string> take_recommended(const CLI::App& command, const std::string& model_path,
                                          GenerateFlags& flags) {
  const Recommended recommended = read_recommended(model_path);
  std::vector<std::string> taken;
  const auto take = [&](const char* flag, const auto& value, auto& place) {
    if (command.count(flag) > 0 || !value) return;
    place = *value;
    std::ostringstream text;
    text << flag << " " << *value;
    taken.push_back(text.str());
  };
  take("--temperature", recommended.temperature, flags.temperature);
  take("--top-k", recommended.top_k, flags.top_k);
  take("--top-p", recommended.top_p, flags.top_p);
  take("--min-p", recommended.min_p, flags.min_p);
  return taken;
}

void check_flags(const CLI::App& command, const GenerateFlags& flags) {
  if (command.count("--prompt") > 0 && command.count("--prompt-tokens") > 0) {
    throw Error(ErrorCode::kBadValue,
                {"two prompts", "--prompt and --prompt-tokens", "one of them", ""});
  }
  if (flags.num_samples < 1) {
    throw Error(ErrorCode::kBadValue, {"bad --num-samples", std::to_string(flags.num_samples),
                                       "a whole number of at least 1", ""});
  }
  if (flags.prefill_chunk < 1) {
    throw Error(ErrorCode::kBadValue, {"bad --prefill-chunk", "0", "at least 1", ""});
  }
  check_utf8(flags.prompt, "the prompt");
}

GenerateOptions read_options(const GenerateFlags& flags) {
  GenerateOptions options;
  options.max_new_tokens = flags.max_new_tokens;
  options.sampling.temperature = flags.temperature;
  options.sampling.top_k = flags.top_k;
  options.sampling.top_p = flags.top_p;
  options.sampling.min_p = flags.min_p;
  options.seed = read_seed(flags.seed, flags.json);
  options.ignore_eos = flags.ignore_eos;
  return options;
}

// ---- running ---------------------------------------------------------------------------------

// Prints each new token's text as soon as its characters are whole.
struct TextStream {
  const PublishedTokenizer& tokenizer;
  Utf8Stream utf8;

  bool operator()(int id) {
    std::cout << utf8.push(tokenizer.decode_shown({id})) << std::flush;
    return true;
  }
};

Run run_generate(Engine& engine, const GenerateFlags& flags, std::vector<int> prompt,
                 GenerateOptions options) {
  const Model& model = engine.model();
  Run run;
  run.prompt = std::move(prompt);
  check_generate(model.config, run.prompt, options);
  KvCache cache(model);
  std::vector<float> logits;
  const auto start = std::chrono::steady_clock::now();
  if (!flags.no_cache) logits = prefill(model, cache, run.prompt, flags.prefill_chunk);
  run.prefill_seconds = seconds_since(start);

  for (int i = 0; i < flags.num_samples; ++i) {
    options.stream = static_cast<std::uint32_t>(i);
    TextStream text{engine.tokenizer(), {}};
    if (!flags.json) {
      if (i > 0) std::cout << "\n---\n";
      std::cout << to_text(engine.tokenizer().decode_shown(run.prompt)) << std::flush;
      options.on_token = std::ref(text);
    }
    cache.truncate(flags.no_cache ? 0 : run.prompt.size());
    const auto sample_start = std::chrono::steady_clock::now();
    run.samples.push_back(flags.no_cache ? generate_naive(model, run.prompt, options)
                                         : decode(model, cache, logits, options));
    run.decode_seconds += seconds_since(sample_start);
    run.decoded += run.samples.back().evaluated;
    if (!flags.json) std::cout << text.utf8.flush() << std::flush;
  }
  if (!flags.json) std::cout << std::endl;
  run.cache_bytes = cache.bytes();
  return run;
}

// The text of the last sample again, cached and uncached, compared bit by bit.
Proof check_bits(const Model& model, const Run& run) {
  std::vector<int> ids = run.prompt;
  const std::vector<int>& tokens = run.samples.back().tokens;
  ids.insert(ids.end(), tokens.begin(), tokens.end());
  std::vector<std::size_t> calls(tokens.size(), 1);
  calls.insert(calls.begin(), run.prompt.size());
  return prove_cached_equals_full(model, ids, calls);
}

// ---- telling ---------------------------------------------------------------------------------

double rate(std::size_t count, double seconds) {
  return seconds > 0 ? static_cast<double>(count) / seconds : 0;
}

std::size_t count_new(const Run& run) {
  std::size_t n = 0;
  for (const Generated& sample : run.samples) n += sample.tokens.size();
  return n;
}

void print_table(const Run& run, bool cached, const Proof* proof) {
  std::fprintf(stderr, "\n  prompt  %8zu tokens", run.prompt.size());
  if (cached)
    std::fprintf(stderr, "   prefill %10.1f tokens/s",
                 rate(run.prompt.size(), run.prefill_seconds));
  std::fprintf(stderr, "\n  new     %8zu tokens   decode  %10.1f tokens/s   finish %s\n",
               count_new(run), rate(cached ? run.decoded : count_new(run), run.decode_seconds),
               finish_name(run.samples.back().finish));
  std::fprintf(stderr, "  cache   %8zu bytes\n", run.cache_bytes);
  if (!run.from_model.empty()) {
    std::fprintf(stderr, "  from the model's generation_config.json:");
    for (const std::string& flag : run.from_model) std::fprintf(stderr, " %s", flag.c_str());
    std::fprintf(stderr, "\n");
  }
  if (proof != nullptr) {
    std::fprintf(stderr, "  cached == uncached: %zu of %zu logits differ\n", proof->logits_differ,
                 proof->logits);
  }
}

void print_json(Engine& engine, const Run& run, const GenerateOptions& options,
                const Proof* proof) {
  Json samples = Json::array();
  for (const Generated& sample : run.samples) {
    samples.push_back({{"ids", sample.tokens},
                       {"text", to_text(engine.tokenizer().decode_shown(sample.tokens))},
                       {"finish", finish_name(sample.finish)}});
  }
  Json reply = {{"samples", std::move(samples)},
                {"prompt_ids", run.prompt},
                {"seed", options.seed},
                {"prefill_tokens_per_second", rate(run.prompt.size(), run.prefill_seconds)},
                {"decode_tokens_per_second", rate(run.decoded, run.decode_seconds)},
                {"cache_bytes", run.cache_bytes},
                {"from_generation_config", run.from_model}};
  if (proof != nullptr) {
    reply["logits_compared"] = proof->logits;
    reply["logits_differ"] = proof->logits_differ;
  }
  std::cout << reply.dump() << std::endl;
}

void generate(const CLI::App& command, GenerateFlags flags) {
  check_flags(command, flags);
  Engine engine(flags.engine);
  show_loading(engine);
  std::vector<std::string> from_model = take_recommended(command, engine.model_path(), flags);
  const GenerateOptions options = read_options(flags);
  const PublishedTokenizer& tokenizer = engine.tokenizer();
  Run run = run_generate(engine, flags,
                         command.count("--prompt-tokens") > 0
                             ? flags.prompt_tokens
                             : tokenizer.encode(flags.prompt, true, tokenizer.add_bos),
                         options);
  run.from_model = std::move(from_model);
  std::optional<Proof> proof;
  if (flags.check || (engine.is_bundled() && !flags.no_check && !flags.no_cache)) {
    proof = check_bits(engine.model(), run);
  }
  const Proof* shown = proof ? &*proof : nullptr;
  flags.json ? print_json(engine, run, options, shown) : print_table(run, !flags.no_cache, shown);
}

}  // namespace

void add_generate_command(CLI::App& program) {
  auto flags = std::make_shared<GenerateFlags>();
  CLI::App* c = program.add_subcommand("generate", "Continue a text");
  add_model_flag(*c, flags->engine);
  c->add_option("--tokenizer", flags->engine.tokenizer, "folder or file of another tokenizer");
  c->add_option("--prompt", flags->prompt, "text to continue (default: Once upon a time)");
  c->add_option("--prompt-tokens", flags->prompt_tokens, "ids to continue, such as 1,2,3")
      ->delimiter(',');
  c->add_option("--max-new-tokens", flags->max_new_tokens, "new tokens at most (default: 64)");
  c->add_option("--temperature", flags->temperature, "0 is greedy (default: the model's, else 1)");
  c->add_option("--top-k", flags->top_k, "keep the k most likely tokens; 0: off");
  c->add_option("--top-p", flags->top_p, "keep the smallest set that reaches p; 1: off");
  c->add_option("--min-p", flags->min_p, "keep what has min_p of the best probability; 0: off");
  c->add_option("--seed", flags->seed, "a number, or random (default: 0)");
  c->add_option("--num-samples", flags->num_samples, "samples after one prefill (default: 1)");
  c->add_option("--prefill-chunk", flags->prefill_chunk, "prompt tokens a call (default: 512)");
  c->add_flag("--ignore-eos", flags->ignore_eos, "go on after the end of the text");
  c->add_flag("--no-cache", flags->no_cache, "recompute everything at every step");
  c->add_flag("--check", flags->check, "compare cached and uncached logits bit by bit");
  c->add_flag("--no-check", flags->no_check, "do not compare (the bundled model does)");
  c->add_flag("--json", flags->json, "print one JSON object instead of text");
  add_machine_flags(*c, flags->engine);
  c->callback([c, flags] { generate(*c, *flags); });
}

}  // namespace tokenwalk
