#include <climits>
#include <cmath>
#include <iostream>
#include <memory>

#include "chapters/01_tokenizer/utf8.h"
#include "lib/base/error.h"
#include "lib/base/format.h"
#include "tools/tokenwalk/commands.h"
#include "tools/tokenwalk/flags.h"
#include "tools/tokenwalk/input_text.h"
#include "tools/tokenwalk/scoring.h"
#include "tools/tokenwalk/token_colors.h"

namespace tokenwalk {
namespace {

struct ScoreFlags {
  EngineOptions engine;
  std::string text;
  std::string file;
  int top = 0;
  int window = 0;
  int stride = 0;
  bool no_specials = false;
  bool tokens = false;
  bool json = false;
};

// ---- the text --------------------------------------------------------------------------------

std::string read_scored_text(const CLI::App& command, const ScoreFlags& flags) {
  const bool has_text = command.count("text") > 0, has_file = command.count("--file") > 0;
  if (has_text == has_file) {
    throw Error(ErrorCode::kBadValue, {"what to score is not clear",
                                       has_text ? "a text and --file" : "neither text nor file",
                                       "one of them", "- reads the text from standard input"});
  }
  if (has_file) return read_input(flags.file);
  if (flags.text == "-") return read_input("-");
  check_utf8(flags.text, "the text");
  return flags.text;
}

// ---- what is shown ---------------------------------------------------------------------------

// Colours for a terminal that wants them: green for what the model expected, red for what it did
// not.
const char* colour_of(double log_prob) {
  static const bool wanted = wants_color("auto");
  if (!wanted) return "";
  if (log_prob > std::log(0.5)) return "\033[32m";
  if (log_prob > std::log(0.1)) return "";
  return log_prob > std::log(0.01) ? "\033[33m" : "\033[31m";
}

std::string shown_token(const PublishedTokenizer& tokenizer, int id) {
  if (id >= tokenizer.tokenizer.size()) return "-";
  return Json(to_text(tokenizer.tokenizer.token(id))).dump();
}

void print_token(const PublishedTokenizer& tokenizer, const TokenScore& score) {
  const char* colour = colour_of(score.log_prob);
  std::cout << format("%10.4f  %6.4f  %7d  ", score.log_prob, std::exp(score.log_prob), score.id)
            << colour << shown_token(tokenizer, score.id) << (*colour != 0 ? "\033[0m" : "");
  for (const IdLogProb& other : score.top) {
    std::cout << format("  %s %.4f", shown_token(tokenizer, other.id).c_str(), other.log_prob);
  }
  std::cout << "\n";
}

void print_tokens(const PublishedTokenizer& tokenizer, const ScoredText& text) {
  std::cout << "     log p       p       id  token" << (text.scores.empty() ? "\n" : "");
  if (!text.scores.empty()) std::cout << (text.scores[0].top.empty() ? "\n" : "  likeliest\n");
  std::cout << format("         -       -  %7d  ", text.ids[0])
            << shown_token(tokenizer, text.ids[0]) << "\n";
  for (const TokenScore& score : text.scores) print_token(tokenizer, score);
}

void print_sums(const TextScore& sum, const ScoreOptions& options, std::size_t n_ids) {
  std::cout << format("  tokens  %10zu   predicted %zu, positions evaluated %zu\n", n_ids,
                      sum.predicted, sum.evaluated);
  if (n_ids > options.window) {
    std::cout << format("  windows %10zu   of %zu tokens, one every %zu\n",
                        score_windows(n_ids, options.window, options.stride).size(), options.window,
                        options.stride);
  }
  if (sum.predicted == 0) return;
  std::cout << format("  mean -log p %.4f   perplexity %.4f\n", sum.mean_nll(), sum.perplexity());
}

// ---- the command -----------------------------------------------------------------------------

ScoreOptions read_score_options(const ScoreFlags& flags, const ModelConfig& config) {
  ScoreOptions options;
  options.top = static_cast<std::size_t>(flags.top);
  options.window = flags.window == 0 ? config.context : static_cast<std::size_t>(flags.window);
  options.stride = flags.stride == 0 ? options.window / 2 : static_cast<std::size_t>(flags.stride);
  return options;
}

void score(const CLI::App& command, const ScoreFlags& flags) {
  const std::string text = read_scored_text(command, flags);
  Engine engine(flags.engine);
  show_loading(engine);
  const PublishedTokenizer& tokenizer = engine.tokenizer();
  const Model& model = engine.model();
  std::vector<int> ids = tokenizer.encode(text, !flags.no_specials, tokenizer.add_bos);
  ScoreOptions options = read_score_options(flags, model.config);
  const auto progress = progress_line("scoring");
  const std::size_t n_predicted = ids.empty() ? 0 : ids.size() - 1;
  options.on_score = [&, done = std::size_t{0}](const TokenScore&) mutable {
    if (progress) progress(++done, n_predicted);
  };
  const bool is_long = ids.size() > options.window || command.count("--file") > 0;
  const bool table = !flags.json && (flags.tokens || !is_long);
  const ScoredText scored = score_ids(model, std::move(ids), options, table || flags.json);
  if (flags.json) {
    Json reply = score_json(scored, options.top);
    reply["window"] = options.window;
    reply["stride"] = options.stride;
    reply["evaluated"] = scored.sum.evaluated;
    std::cout << reply.dump() << "\n";
    return;
  }
  if (table) {
    print_tokens(tokenizer, scored);
    std::cout << "\n";
  }
  print_sums(scored.sum, options, scored.ids.size());
}

}  // namespace

void add_score_command(CLI::App& program) {
  auto flags = std::make_shared<ScoreFlags>();
  CLI::App* c = program.add_subcommand("score", "How likely a model finds a text");
  c->add_option("text", flags->text, "the text; - reads it from standard input");
  c->add_option("--file", flags->file, "a text file, UTF-8; - is standard input");
  add_model_flag(*c, flags->engine);
  c->add_option("--tokenizer", flags->engine.tokenizer, "folder or file of another tokenizer");
  c->add_flag("--no-specials", flags->no_specials, "special tokens in the text are ordinary text");
  add_integer(*c, "--top", flags->top, 0, INT_MAX,
              "alternatives shown for each token (default: 0)");
  add_integer(*c, "--window", flags->window, 0, INT_MAX,
              "tokens that go through the model together (default: the context)");
  add_integer(
      *c, "--stride", flags->stride, 0, INT_MAX,
      "tokens from one window to the next, for texts longer than one (default: half of it)");
  c->add_flag("--tokens", flags->tokens,
              "the table of tokens also for a file or a text longer than the window");
  c->add_flag("--json", flags->json, "print one JSON object instead of text");
  add_machine_flags(*c, flags->engine);
  c->footer(
      "examples:\n"
      "  tokenwalk score \"The little cat sat on the mat.\" --top 3\n"
      "  tokenwalk score --file book.txt --stride 256\n"
      "  tokenwalk generate --prompt \"One day\" | tokenwalk score -");
  c->callback([c, flags] { score(*c, *flags); });
}

}  // namespace tokenwalk
