#include <climits>
#include <ctime>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "lib/io/mapped_file.h"
#include "tools/tokenwalk/bench_model.h"
#include "tools/tokenwalk/bench_sampler.h"
#include "tools/tokenwalk/commands.h"
#include "tools/tokenwalk/flags.h"
#include "tools/tokenwalk/json_request.h"

namespace tokenwalk {
namespace {

struct BenchTokenizerFlags {
  std::string source;  // of the tokenizer
  std::vector<std::string> files;
};

std::string read_document(const std::string& path) {
  const MappedFile file(path);
  std::string text(reinterpret_cast<const char*>(file.bytes().data()), file.bytes().size());
  check_utf8(text, path, ErrorCode::kBadFile);
  return text;
}

// Encodes all documents once for each line that comes, so that a script can take turns with others.
// Tells the processor time, which the machine's other work disturbs less than the clock's.
void bench_tokenizer(const BenchTokenizerFlags& flags) {
  EngineOptions options;
  options.tokenizer = flags.source;
  Engine engine(options);
  const PublishedTokenizer& tokenizer = engine.tokenizer();
  std::vector<std::string> documents;
  for (const std::string& path : flags.files) documents.push_back(read_document(path));

  for (std::string line; std::getline(std::cin, line);) {
    std::size_t n_ids = 0;
    const std::clock_t start = std::clock();
    for (const std::string& document : documents) {
      n_ids += tokenizer.encode(document, true, false).size();
    }
    const double seconds = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
    std::cout << Json{{"seconds", seconds}, {"ids", n_ids}}.dump() << std::endl;
  }
}

void add_sampler(CLI::App& bench) {
  struct Flags {
    std::string path;
    int vocab = 0;
  };
  auto flags = std::make_shared<Flags>();
  CLI::App* command = bench.add_subcommand(
      "sampler",
      "Sample rows of logits, once for each line of standard input, sampling keys as "
      "JSON; prints processor seconds a token");
  add_integer(*command, "--vocab", flags->vocab, 1, INT_MAX, "logits a row")->required();
  command->add_option("file", flags->path, "float32 rows without a header")->required();
  command->callback([flags] { bench_sampler(flags->path, flags->vocab); });
}

void add_tokenizer(CLI::App& bench) {
  auto flags = std::make_shared<BenchTokenizerFlags>();
  CLI::App* command = bench.add_subcommand(
      "tokenizer", "Encode files, once for each line of standard input; prints processor seconds");
  command->add_option("--tokenizer,--model", flags->source,
                      "model folder, tokenizer.json or GGUF file (default: the bundled one)");
  command->add_option("files", flags->files, "documents, UTF-8")->required();
  command->callback([flags] { bench_tokenizer(*flags); });
}

// ---- the model -------------------------------------------------------------------------------

struct BenchModelFlags {
  BenchModelOptions options;
  bool json = false;
};

// Whole numbers between commas, none below `least`; the first given replaces the default.
void add_counts(CLI::App& command, const std::string& name, std::vector<int>& counts, int least,
                const std::string& help) {
  const auto read = [&counts, name, least](const std::vector<std::string>& texts) {
    counts.clear();
    for (const std::string& text : texts) {
      for (const int n : ids_of_text(name, text)) counts.push_back(n);
    }
    for (const int n : counts) {
      if (n >= least) continue;
      throw Error(ErrorCode::kBadValue, {"bad " + name, std::to_string(n),
                                         "numbers of at least " + std::to_string(least), ""});
    }
  };
  command.add_option_function<std::vector<std::string>>(name, read, help)->type_name("N,N");
}

void add_model_bench(CLI::App& bench) {
  auto flags = std::make_shared<BenchModelFlags>();
  BenchModelOptions& options = flags->options;
  add_model_flag(bench, options.engine);
  bench.add_option("--shape", options.shape,
                   "random weights instead: smollm2-135m, qwen3-0.6b or llama-3.2-1b");
  bench
      .add_option("--precision", options.precisions,
                  "one or several of f32, bf16, q8_0, q4_1 (default: as the model is stored)")
      ->delimiter(',');
  add_counts(bench, "--threads", options.threads, 1, "one or several (default: all)");
  bench.add_option("--kernels", options.engine.kernels, "a kernel set (default: auto)")
      ->envname("TOKENWALK_KERNELS");
  add_integer(bench, "--prefill", options.prefill, 0, INT_MAX, "ids of a prompt (default: 512)");
  add_integer(bench, "--decode", options.decode, 0, INT_MAX, "steps of decode (default: 64)");
  add_counts(bench, "--depth", options.depths, 0, "positions held before decode (default: 0)");
  add_counts(bench, "--rows", options.rows, 1, "texts decoded at once (default: 1)");
  add_integer(bench, "--rounds", options.rounds, 1, INT_MAX, "the best counts (default: 3)");
  bench.add_flag("--json", flags->json, "print one JSON object instead of a table");
  bench.callback([&bench, flags] {
    if (!bench.get_subcommands().empty()) return;
    const BenchReport report = bench_model(flags->options);
    flags->json ? print_bench_json(report) : print_bench_table(report);
  });
}

}  // namespace

void add_bench_command(CLI::App& program) {
  CLI::App* bench = program.add_subcommand(
      "bench",
      "Measure prefill and decode beside the machine's peaks (tools/bench: beside others)");
  bench->require_subcommand(0, 1);
  add_model_bench(*bench);
  add_tokenizer(*bench);
  add_sampler(*bench);
  bench->footer(
      "Examples:\n"
      "  tokenwalk bench --threads 1,2 --rows 1,8\n"
      "  tokenwalk bench --shape qwen3-0.6b --precision bf16,q8_0 --depth 0,2048");
}

}  // namespace tokenwalk
