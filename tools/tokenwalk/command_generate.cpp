#include <climits>
#include <cstdio>
#include <iostream>
#include <memory>

#include "chapters/01_tokenizer/utf8.h"
#include "lib/base/error.h"
#include "lib/base/format.h"
#include "tools/tokenwalk/commands.h"
#include "tools/tokenwalk/flags.h"
#include "tools/tokenwalk/generate_report.h"
#include "tools/tokenwalk/generate_shown.h"
#include "tools/tokenwalk/input_text.h"
#include "tools/tokenwalk/json_request.h"
#include "tools/tokenwalk/sampling_flags.h"

namespace tokenwalk {
namespace {

struct GenerateFlags {
  EngineOptions engine;
  std::string prompt = "Once upon a time", prompt_file;
  std::vector<int> prompt_tokens;
  int max_new_tokens = 64;
  SamplingFlags sampling;
  int num_samples = 1;
  int prefill_chunk = kPrefillChunk;
  std::vector<std::string> stop;
  std::vector<int> stop_ids;
  std::vector<int> eos_ids;
  bool ignore_eos = false;
  bool no_specials = false;
  bool no_cache = false;
  bool show_cache = false;
  bool show_probabilities = false;
  bool check = false;
  bool no_check = false;
  bool json = false;
};

// ---- flags -----------------------------------------------------------------------------------

void check_flags(const CLI::App& command, GenerateFlags& flags) {
  std::string given;
  for (const char* name : {"--prompt", "--prompt-tokens", "--prompt-file"}) {
    if (command.count(name) == 0) continue;
    if (!given.empty()) {
      throw Error(ErrorCode::kBadValue, {"two prompts", given + " and " + name, "one of them",
                                         "--prompt is a text, --prompt-tokens its ids"});
    }
    given = name;
  }
  if (given == "--prompt-file") flags.prompt = read_lines(flags.prompt_file);
  check_utf8(flags.prompt, "the prompt");
  for (const std::string& stop : flags.stop) check_utf8(stop, "a stop string");
  if (command.count("--eos-token-id") > 0) flags.engine.eos_ids = flags.eos_ids;
}

SampleRequest read_request(const GenerateFlags& flags) {
  SampleRequest request;
  GenerateOptions& options = request.options;
  options.max_new_tokens = flags.max_new_tokens;
  request.chain = flags.sampling.chain;
  options.seed = read_seed(flags.sampling.seed, flags.json);
  options.ignore_eos = flags.ignore_eos;
  options.stop_ids = flags.stop_ids;
  request.stop = flags.stop;
  request.num_samples = flags.num_samples;
  request.use_cache = !flags.no_cache;
  request.prefill_chunk = static_cast<std::size_t>(flags.prefill_chunk);
  return request;
}

// ---- running ---------------------------------------------------------------------------------

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
  report.recommended = take_recommended(command, engine.model_path(), flags.sampling);
  report.request = read_request(flags);
  report.tokenizer = engine.has_tokenizer() ? &engine.tokenizer() : nullptr;
  report.request.tokenizer = report.tokenizer;
  report.prompt = read_prompt(command, flags, engine, report.tokenizer);
  const Model& model = engine.model();
  report.model = &model;
  report.request.on_prefill = progress_line("reading the prompt");
  report.run = run_shown(model, report.prompt, report.request,
                         flags.json                 ? Show::kNothing
                         : flags.show_cache         ? Show::kCache
                         : flags.show_probabilities ? Show::kProbabilities
                                                    : Show::kText);
  const bool whole = flags.no_cache || report.run.prefilled == report.prompt.size();
  if (whole && (flags.check || (engine.is_bundled() && !flags.no_check && !flags.no_cache))) {
    report.proof = check_bits(model, report.prompt, report.run);
  }
  flags.json ? print_json(report) : print_table(report);
  if (report.proof) check_proof(engine.kernels(), *report.proof);
}

// Names that people know from elsewhere: docs/sources.md.
void add_document_flags(CLI::App& command, GenerateFlags& flags) {
  add_ids(command, "--eos-token-id", flags.eos_ids,
          "ids that end a text instead of the model's own");
  add_integer(command, "--vocab-size", flags.engine.vocab_size, 1, INT_MAX,
              "the model's number of ids, to be checked");
  add_integer(command, "--context", flags.engine.context, 1, INT_MAX,
              "positions at most, prompt and new tokens together (default: the model's)");
}

}  // namespace

void add_generate_command(CLI::App& program) {
  auto flags = std::make_shared<GenerateFlags>();
  CLI::App* c = program.add_subcommand("generate", "Continue a text");
  add_model_flag(*c, flags->engine);
  c->add_option("--tokenizer", flags->engine.tokenizer, "folder or file of another tokenizer");
  c->add_option("--prompt", flags->prompt,
                "text to continue, special tokens in it taken as such (default: Once upon a time)");
  c->add_option("--prompt-file", flags->prompt_file,
                "file with the text, the end of its last line left out; - is standard input");
  c->add_flag("--no-specials", flags->no_specials,
              "special tokens in the prompt are ordinary text");
  add_ids(*c, "--prompt-tokens", flags->prompt_tokens, "ids to continue, such as 1,2,3");
  add_integer(*c, "--max-new-tokens", flags->max_new_tokens, 0, INT_MAX,
              "new tokens at most (default: 64)");
  add_sampling_flags(*c, flags->sampling);
  add_document_flags(*c, *flags);
  add_integer(*c, "--num-samples", flags->num_samples, 1, INT_MAX,
              "samples after one prefill (default: 1)");
  add_integer(*c, "--prefill-chunk", flags->prefill_chunk, 1, INT_MAX,
              "prompt tokens a call (default: 512)");
  c->add_option("--stop", flags->stop, "a text that ends the output; may be given several times")
      ->allow_extra_args(false);
  add_ids(*c, "--stop-ids", flags->stop_ids, "ids that end the output, such as 1,2,3");
  c->add_flag("--ignore-eos", flags->ignore_eos, "go on after the end of the text");
  CLI::Option* no_cache =
      c->add_flag("--no-cache", flags->no_cache, "recompute everything at every step");
  CLI::Option* show_cache =
      c->add_flag("--show-cache", flags->show_cache, "a line for each token: how the cache fills")
          ->excludes(no_cache);
  c->add_flag("--show-probabilities", flags->show_probabilities,
              "bars for each token: the model's probabilities and those of sampling")
      ->excludes(show_cache);
  CLI::Option* check =
      c->add_flag("--check", flags->check, "compare cached and uncached logits bit by bit");
  c->add_flag("--no-check", flags->no_check, "do not compare (the bundled model does)")
      ->excludes(check);
  c->add_flag("--json", flags->json, "print one JSON object instead of text");
  add_machine_flags(*c, flags->engine);
  c->footer(
      "Examples:\n"
      "  tokenwalk generate --prompt \"Once upon a time\" --temperature 0.8 --top-p 0.9 --seed 7\n"
      "  tokenwalk generate --prompt \"The end\" --greedy --max-new-tokens 12 --show-cache\n"
      "  fortune | tokenwalk generate --prompt-file -");
  c->callback([c, flags] { generate(*c, *flags); });
}

}  // namespace tokenwalk
