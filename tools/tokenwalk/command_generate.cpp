#include <cerrno>
#include <cfloat>
#include <climits>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <random>

#include "chapters/01_tokenizer/utf8.h"
#include "lib/base/error.h"
#include "lib/base/format.h"
#include "tools/tokenwalk/commands.h"
#include "tools/tokenwalk/flags.h"
#include "tools/tokenwalk/generate_report.h"
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
  int prefill_chunk = kPrefillChunk;
  bool ignore_eos = false;
  bool no_specials = false;
  bool no_cache = false;
  bool check = false;
  bool no_check = false;
  bool json = false;
};

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
                {"bad --seed", text, "a whole number from 0 to 2^64 - 1, or random",
                 "the same seed gives the same text"});
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
    taken.push_back(std::string(flag) + " " + Json(*value).dump());
  };
  take("--temperature", recommended.temperature, flags.temperature);
  take("--top-k", recommended.top_k, flags.top_k);
  take("--top-p", recommended.top_p, flags.top_p);
  take("--min-p", recommended.min_p, flags.min_p);
  return taken;
}

void check_flags(const CLI::App& command, const GenerateFlags& flags) {
  if (command.count("--prompt") > 0 && command.count("--prompt-tokens") > 0) {
    throw Error(ErrorCode::kBadValue, {"two prompts", "--prompt and --prompt-tokens", "one of them",
                                       "--prompt is a text, --prompt-tokens its ids"});
  }
  check_utf8(flags.prompt, "the prompt");
}

SampleRequest read_request(const GenerateFlags& flags) {
  SampleRequest request;
  GenerateOptions& options = request.options;
  options.max_new_tokens = flags.max_new_tokens;
  request.chain.basic.temperature = flags.temperature;
  request.chain.basic.top_k = flags.top_k;
  request.chain.basic.top_p = flags.top_p;
  request.chain.basic.min_p = flags.min_p;
  options.seed = read_seed(flags.seed, flags.json);
  options.ignore_eos = flags.ignore_eos;
  request.num_samples = flags.num_samples;
  request.use_cache = !flags.no_cache;
  request.prefill_chunk = static_cast<std::size_t>(flags.prefill_chunk);
  return request;
}

// ---- running ---------------------------------------------------------------------------------

// What a person sees of some tokens: their text, or the ids where there is no tokenizer.
std::string shown(const PublishedTokenizer* tokenizer, const std::vector<int>& ids) {
  if (tokenizer != nullptr) return to_text(tokenizer->decode_shown(ids));
  std::string text;
  for (const int id : ids) text += (text.empty() ? "" : " ") + std::to_string(id);
  return text;
}

// Prints each new token's text as soon as its characters are whole, or its id.
struct TokenStream {
  const PublishedTokenizer* tokenizer;
  Utf8Stream utf8;

  bool operator()(int id) {
    std::cout << (tokenizer == nullptr ? " " + std::to_string(id)
                                       : utf8.push(tokenizer->decode_shown({id})))
              << std::flush;
    return true;
  }
};

SampleRun run_shown(const Model& model, const PublishedTokenizer* tokenizer,
                    const std::vector<int>& prompt, SampleRequest request) {
  TokenStream stream{tokenizer, {}};
  const std::string shown_prompt = shown(tokenizer, prompt);
  request.options.on_token = std::ref(stream);
  request.on_sample = [&](int i) {
    if (i > 0) std::cout << stream.utf8.flush() << "\n---\n";
    std::cout << shown_prompt << std::flush;
  };
  SampleRun run = run_samples(model, prompt, request);
  std::cout << stream.utf8.flush() << std::endl;
  return run;
}

// The text of the last sample again, cached and uncached, compared bit by bit.
Proof check_bits(const Model& model, const std::vector<int>& prompt, const SampleRun& run) {
  std::vector<int> ids = prompt;
  const std::vector<int>& tokens = run.samples.back().tokens;
  ids.insert(ids.end(), tokens.begin(), tokens.end());
  std::vector<std::size_t> calls(tokens.size(), 1);
  calls.insert(calls.begin(), prompt.size());
  return prove_cached_equals_full(model, ids, calls);
}

// Only the library's kernels, there to be compared, may round differently with the cache.
void check_proof(const KernelSet& kernels, const Proof& proof) {
  if (proof.logits_differ == 0 || kernels.name() == "eigen") return;
  throw std::runtime_error(format(
      "cached and uncached logits differ\n  found:    %zu of %zu with other bits\n  expected: 0"
      "\n  hint:     a fault of the kernel set %s; --kernels reference is the plainest one",
      proof.logits_differ, proof.logits, std::string(kernels.name()).c_str()));
}

std::vector<int> read_prompt(const CLI::App& command, const GenerateFlags& flags,
                             const Engine& engine, const PublishedTokenizer* tokenizer) {
  if (command.count("--prompt-tokens") > 0) return flags.prompt_tokens;
  if (tokenizer == nullptr) {
    throw Error(ErrorCode::kBadFile,
                {engine.model_path() + " has no tokenizer", "a prompt in words",
                 "ids: --prompt-tokens 1,2,3", "or give it one with --tokenizer"});
  }
  return tokenizer->encode(flags.prompt, !flags.no_specials, tokenizer->add_bos);
}

void generate(const CLI::App& command, GenerateFlags flags) {
  check_flags(command, flags);
  Engine engine(flags.engine);
  show_loading(engine);
  GenerateReport report;
  report.recommended = take_recommended(command, engine.model_path(), flags);
  report.request = read_request(flags);
  report.tokenizer = engine.has_tokenizer() ? &engine.tokenizer() : nullptr;
  report.prompt = read_prompt(command, flags, engine, report.tokenizer);
  const Model& model = engine.model();
  report.model = &model;
  report.run = flags.json ? run_samples(model, report.prompt, report.request)
                          : run_shown(model, report.tokenizer, report.prompt, report.request);
  if (flags.check || (engine.is_bundled() && !flags.no_check && !flags.no_cache)) {
    report.proof = check_bits(model, report.prompt, report.run);
  }
  flags.json ? print_json(report) : print_table(report);
  if (report.proof) check_proof(engine.kernels(), *report.proof);
}

void add_sampling_flags(CLI::App& command, GenerateFlags& flags) {
  add_number(command, "--temperature", flags.temperature, 0, DBL_MAX,
             "0 is greedy (default: the model's, else 1)");
  add_integer(command, "--top-k", flags.top_k, 0, INT_MAX, "keep the k most likely tokens; 0: off");
  add_number(command, "--top-p", flags.top_p, 0, 1, "keep the smallest set that reaches p; 1: off");
  add_number(command, "--min-p", flags.min_p, 0, 1,
             "keep what has min_p of the best probability; 0: off");
  command.add_option("--seed", flags.seed, "a number, or random (default: 0)");
}

}  // namespace

void add_generate_command(CLI::App& program) {
  auto flags = std::make_shared<GenerateFlags>();
  CLI::App* c = program.add_subcommand("generate", "Continue a text");
  add_model_flag(*c, flags->engine);
  c->add_option("--tokenizer", flags->engine.tokenizer, "folder or file of another tokenizer");
  c->add_option("--prompt", flags->prompt,
                "text to continue, special tokens in it taken as such (default: Once upon a time)");
  c->add_flag("--no-specials", flags->no_specials,
              "special tokens in the prompt are ordinary text");
  add_ids(*c, "--prompt-tokens", flags->prompt_tokens, "ids to continue, such as 1,2,3");
  add_integer(*c, "--max-new-tokens", flags->max_new_tokens, 0, INT_MAX,
              "new tokens at most (default: 64)");
  add_sampling_flags(*c, *flags);
  add_integer(*c, "--num-samples", flags->num_samples, 1, INT_MAX,
              "samples after one prefill (default: 1)");
  add_integer(*c, "--prefill-chunk", flags->prefill_chunk, 1, INT_MAX,
              "prompt tokens a call (default: 512)");
  c->add_flag("--ignore-eos", flags->ignore_eos, "go on after the end of the text");
  c->add_flag("--no-cache", flags->no_cache, "recompute everything at every step");
  CLI::Option* check =
      c->add_flag("--check", flags->check, "compare cached and uncached logits bit by bit");
  c->add_flag("--no-check", flags->no_check, "do not compare (the bundled model does)")
      ->excludes(check);
  c->add_flag("--json", flags->json, "print one JSON object instead of text");
  add_machine_flags(*c, flags->engine);
  c->callback([c, flags] { generate(*c, *flags); });
}

}  // namespace tokenwalk
