#include <climits>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>

#include "chapters/01_tokenizer/train.h"
#include "chapters/01_tokenizer/utf8.h"
#include "lib/base/error.h"
#include "lib/io/mapped_file.h"
#include "lib/io/write_tokenizer_json.h"
#include "tools/tokenwalk/commands.h"
#include "tools/tokenwalk/flags.h"
#include "tools/tokenwalk/json_request.h"

namespace tokenwalk {
namespace {

struct TokenizeFlags {
  std::string source;  // of the tokenizer
  std::string text;
  std::vector<int> ids;
  bool no_specials = false;
  bool json = false;
};

struct TrainFlags {
  std::string input;
  std::string out = "tokenizer.json";
  int vocab_size = 0;
  std::vector<std::string> specials;
};

PublishedTokenizer open_tokenizer(const TokenizeFlags& flags) {
  EngineOptions options;
  options.tokenizer = flags.source;
  return Engine(options).tokenizer();
}

void tokenize(const TokenizeFlags& flags) {
  check_utf8(flags.text, "the text");
  const PublishedTokenizer tokenizer = open_tokenizer(flags);
  const std::vector<int> ids = tokenizer.encode(flags.text, !flags.no_specials, tokenizer.add_bos);
  if (flags.json) {
    std::cout << Json{{"ids", ids}}.dump() << "\n";
    return;
  }
  for (const int id : ids) {
    std::cout << id << "\t" << Json(to_text(tokenizer.tokenizer.token(id))).dump() << "\n";
  }
}

void detokenize(const TokenizeFlags& flags) {
  std::cout << to_text(open_tokenizer(flags).tokenizer.decode(flags.ids)) << "\n";
}

TokenizerData data_of(const Vocabulary& vocabulary) {
  TokenizerData data;
  data.vocab = vocabulary.tokens;
  for (const auto& [left, right] : vocabulary.merges) {
    data.merges.emplace_back(vocabulary.tokens[static_cast<std::size_t>(left)],
                             vocabulary.tokens[static_cast<std::size_t>(right)]);
  }
  for (const int id : vocabulary.specials) {
    AddedToken token;
    token.text = vocabulary.tokens[static_cast<std::size_t>(id)];
    token.id = id;
    token.special = true;
    data.added.push_back(token);
  }
  return data;
}

void train(const TrainFlags& flags) {
  const MappedFile file(flags.input);
  const std::string text(reinterpret_cast<const char*>(file.bytes().data()), file.bytes().size());
  check_utf8(text, flags.input, ErrorCode::kBadFile);
  const Vocabulary vocabulary = train_bpe(text, flags.vocab_size, flags.specials, split_gpt2);
  write_tokenizer_json(flags.out, data_of(vocabulary));
  std::cerr << flags.out << ": " << vocabulary.tokens.size() << " ids, " << vocabulary.merges.size()
            << " merges\n";
}

void add_tokenizer_flag(CLI::App& command, TokenizeFlags& flags) {
  command.add_option("--tokenizer,--model", flags.source,
                     "model folder, tokenizer.json or GGUF file (default: the bundled one)");
}

}  // namespace

void add_tokenizer_commands(CLI::App& program) {
  auto encode = std::make_shared<TokenizeFlags>();
  CLI::App* tokenize_command = program.add_subcommand("tokenize", "Text to ids, one a line");
  add_tokenizer_flag(*tokenize_command, *encode);
  tokenize_command->add_option("text", encode->text, "the text")->required();
  tokenize_command->add_flag("--no-specials", encode->no_specials,
                             "special tokens in the text are ordinary text");
  tokenize_command->add_flag("--json", encode->json, "print one JSON object");
  tokenize_command->callback([encode] { tokenize(*encode); });

  auto decode = std::make_shared<TokenizeFlags>();
  CLI::App* detokenize_command = program.add_subcommand("detokenize", "Ids to text");
  add_tokenizer_flag(*detokenize_command, *decode);
  add_ids(*detokenize_command, "ids", decode->ids, "ids, such as 1,2,3")->required();
  detokenize_command->callback([decode] { detokenize(*decode); });

  auto flags = std::make_shared<TrainFlags>();
  CLI::App* train_command =
      program.add_subcommand("train-tokenizer", "Learn a byte-level BPE tokenizer from a text");
  train_command->add_option("--input", flags->input, "text file, UTF-8")->required();
  add_integer(*train_command, "--vocab-size", flags->vocab_size, 0, INT_MAX, "ids in all")
      ->required();
  train_command->add_option("--special", flags->specials, "a special token; may be repeated");
  train_command->add_option("--out", flags->out, "file to write (default: tokenizer.json)");
  train_command->callback([flags] { train(*flags); });
}

}  // namespace tokenwalk
