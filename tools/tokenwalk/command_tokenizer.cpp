#include <climits>
#include <iostream>
#include <memory>

#include "chapters/01_tokenizer/train_fast.h"
#include "chapters/01_tokenizer/utf8.h"
#include "lib/base/error.h"
#include "lib/io/write_tokenizer_json.h"
#include "tools/tokenwalk/commands.h"
#include "tools/tokenwalk/flags.h"
#include "tools/tokenwalk/input_text.h"
#include "tools/tokenwalk/json_request.h"
#include "tools/tokenwalk/token_colors.h"

namespace tokenwalk {
namespace {

struct TokenizeFlags {
  std::string source;  // of the tokenizer
  std::string text;
  std::string file;  // instead of text or ids; "-" is standard input
  std::vector<int> ids;
  std::string color = "auto";
  bool no_specials = false;
  bool no_bos = false;
  bool skip_specials = false;
  bool json = false;
};

struct TrainFlags {
  std::string input;
  std::string out = "tokenizer.json";
  int vocab_size = 0;
  std::vector<std::string> specials;
  std::string pattern = "gpt2";
  bool json = false;
};

PublishedTokenizer open_tokenizer(const TokenizeFlags& flags) {
  EngineOptions options;
  options.tokenizer = flags.source;
  return Engine(options).tokenizer();
}

// The text of the argument, or of a file.
std::string read_text(const CLI::App& command, const TokenizeFlags& flags) {
  const bool given = command.count("text") > 0;
  if (given == (command.count("--file") > 0)) {
    throw Error(ErrorCode::kBadValue, {given ? "two texts" : "there is no text",
                                       given ? "a text and --file" : "neither a text nor --file",
                                       "one of them", "- or --file - reads standard input"});
  }
  if (!given) return read_input(flags.file);
  if (flags.text == "-") return read_input(flags.text);
  check_utf8(flags.text, "the text");
  return flags.text;
}

void tokenize(const CLI::App& command, const TokenizeFlags& flags) {
  const std::string text = read_text(command, flags);
  const PublishedTokenizer tokenizer = open_tokenizer(flags);
  const std::vector<int> ids =
      tokenizer.encode(text, !flags.no_specials, !flags.no_bos && tokenizer.add_bos);
  std::vector<std::string> pieces;
  for (const int id : ids) pieces.push_back(tokenizer.tokenizer.token(id));
  if (flags.json) {
    Json shown = Json::array();
    for (const std::string& piece : pieces) shown.push_back(to_text(piece));
    std::cout << Json{{"ids", ids}, {"pieces", shown}}.dump() << "\n";
  } else if (wants_color(flags.color)) {
    std::cout << in_colors(ids, pieces);
  } else {
    for (std::size_t i = 0; i < ids.size(); ++i) {
      std::cout << ids[i] << "\t" << Json(to_text(pieces[i])).dump() << "\n";
    }
  }
}

std::vector<int> read_ids(const CLI::App& command, const TokenizeFlags& flags) {
  const bool given = command.count("ids") > 0;
  if (given != (command.count("--file") > 0)) {
    return given ? flags.ids : ids_of_text("the ids in " + flags.file, read_input(flags.file));
  }
  throw Error(ErrorCode::kBadValue, {given ? "ids twice" : "there are no ids",
                                     given ? "ids and --file" : "neither ids nor --file",
                                     "one of them", "--file - reads standard input"});
}

void detokenize(const CLI::App& command, const TokenizeFlags& flags) {
  const std::vector<int> ids = read_ids(command, flags);
  const PublishedTokenizer tokenizer = open_tokenizer(flags);
  const std::string all = tokenizer.tokenizer.decode(ids);  // an error if an id is none
  const std::string bytes = flags.skip_specials ? tokenizer.decode_shown(ids) : all;
  if (flags.json) {
    std::cout << Json{{"text", to_text(bytes)}, {"bytes_hex", to_hex(bytes)}}.dump() << "\n";
  } else {
    std::cout << to_text(bytes) << "\n";
  }
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
  const std::string text = read_input(flags.input);
  const std::vector<SplitStep> steps = steps_of_pattern(flags.pattern);
  const Vocabulary vocabulary = train_bpe_fast(text, flags.vocab_size, flags.specials,
                                               splitter_of(steps), progress_line("learning"));
  TokenizerData data = data_of(vocabulary);
  data.split = steps;
  write_tokenizer_json(flags.out, data);
  const std::size_t vocab = vocabulary.tokens.size(), merges = vocabulary.merges.size();
  if (flags.json) {
    std::cout << Json{{"out", flags.out}, {"vocab", vocab}, {"merges", merges}}.dump() << "\n";
  } else {
    std::cerr << flags.out << ": " << vocab << " ids, " << merges << " merges\n";
  }
}

void add_tokenizer_flag(CLI::App& command, TokenizeFlags& flags) {
  command.add_option("--tokenizer,--model", flags.source,
                     "model folder, tokenizer.json or GGUF file (default: the bundled one)");
}

void add_tokenize(CLI::App& program) {
  auto flags = std::make_shared<TokenizeFlags>();
  CLI::App* c =
      program.add_subcommand("tokenize", "Text to ids, one a line; in colours on a terminal");
  add_tokenizer_flag(*c, *flags);
  c->add_option("text", flags->text, "the text; - reads it from standard input");
  c->add_option("--file", flags->file, "file with the text, to its last byte; - is standard input");
  c->add_flag("--no-specials", flags->no_specials, "special tokens in the text are ordinary text");
  c->add_flag("--no-bos", flags->no_bos, "without the tokens that the file puts around a text");
  c->add_option("--color", flags->color, "always, never or auto (default): on a terminal")
      ->check(CLI::IsMember({"always", "never", "auto"}));
  c->add_flag("--json", flags->json, "print one JSON object");
  c->footer(
      "Examples:\n"
      "  tokenwalk tokenize \"Once upon a time\"\n"
      "  tokenwalk tokenize --model models/SmolLM2-135M-Instruct.Q4_1.gguf --file story.txt "
      "--json\n"
      "  echo \"1+1=2\" | tokenwalk tokenize -");
  c->callback([c, flags] { tokenize(*c, *flags); });
}

void add_detokenize(CLI::App& program) {
  auto flags = std::make_shared<TokenizeFlags>();
  CLI::App* c = program.add_subcommand("detokenize", "Ids to text");
  add_tokenizer_flag(*c, *flags);
  add_ids(*c, "ids", flags->ids, "ids, such as 1,2,3");
  c->add_option("--file", flags->file,
                "file with ids between commas or white space; - is standard input");
  c->add_flag("--skip-specials", flags->skip_specials,
              "leave out control tokens such as <|im_end|>");
  c->add_flag("--json", flags->json, "print one JSON object");
  c->footer(
      "Examples:\n"
      "  tokenwalk detokenize 348,295,262\n"
      "  tokenwalk tokenize \"Once upon\" | cut -f1 | tokenwalk detokenize --file -");
  c->callback([c, flags] { detokenize(*c, *flags); });
}

void add_train(CLI::App& program) {
  auto flags = std::make_shared<TrainFlags>();
  CLI::App* c =
      program.add_subcommand("train-tokenizer", "Learn a byte-level BPE tokenizer from a text");
  c->add_option("--input", flags->input, "text file, UTF-8; - is standard input")->required();
  add_integer(*c, "--vocab-size", flags->vocab_size, 0, INT_MAX, "ids in all")->required();
  c->add_option("--special", flags->specials, "a special token; may be repeated");
  c->add_option("--pattern", flags->pattern,
                "gpt2, qwen, llama3, none or a regular expression (default: gpt2)");
  c->add_option("--out", flags->out, "file to write (default: tokenizer.json)");
  c->add_flag("--json", flags->json, "print one JSON object");
  c->footer(
      "Examples:\n"
      "  tokenwalk train-tokenizer --input corpus.txt --vocab-size 4096\n"
      "  cat *.txt | tokenwalk train-tokenizer --input - --vocab-size 1000 \\\n"
      "      --special \"<|endoftext|>\" --out my_tokenizer.json");
  c->callback([flags] { train(*flags); });
}

}  // namespace

void add_tokenizer_commands(CLI::App& program) {
  add_tokenize(program);
  add_detokenize(program);
  add_train(program);
}

}  // namespace tokenwalk
