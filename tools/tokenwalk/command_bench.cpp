#include <climits>
#include <ctime>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "lib/io/mapped_file.h"
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

}  // namespace

void add_bench_command(CLI::App& program) {
  CLI::App* bench = program.add_subcommand("bench", "Measure; tools/bench compares with others");
  bench->require_subcommand(1);
  auto flags = std::make_shared<BenchTokenizerFlags>();
  CLI::App* command = bench->add_subcommand(
      "tokenizer", "Encode files, once for each line of standard input; prints processor seconds");
  command->add_option("--tokenizer,--model", flags->source,
                      "model folder, tokenizer.json or GGUF file (default: the bundled one)");
  command->add_option("files", flags->files, "documents, UTF-8")->required();
  command->callback([flags] { bench_tokenizer(*flags); });
  add_sampler(*bench);
}

}  // namespace tokenwalk
