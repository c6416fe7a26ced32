#include <climits>
#include <iostream>
#include <memory>

#include "lib/base/error.h"
#include "tools/tokenwalk/chat_terminal.h"
#include "tools/tokenwalk/commands.h"
#include "tools/tokenwalk/flags.h"
#include "tools/tokenwalk/sampling_flags.h"

namespace tokenwalk {
namespace {

struct ChatFlags {
  EngineOptions engine;
  SamplingFlags sampling;
  std::string system;
  std::string format;
  int max_new_tokens = 512;
  bool no_thinking = false;
};

void chat(const CLI::App& command, ChatFlags flags) {
  check_utf8(flags.system, "the system's message");
  Engine engine(flags.engine);
  show_loading(engine);
  take_recommended(command, engine.model_path(), flags.sampling);
  const PublishedTokenizer& tokenizer = engine.tokenizer();
  const ChatFormat& format = flags.format.empty() ? recognise_format(tokenizer.chat_template)
                                                  : chat_format_named(flags.format);
  GenerateOptions options;
  options.max_new_tokens = flags.max_new_tokens;
  options.sampling = sampling_options(flags.sampling);
  options.seed = read_seed(flags.sampling.seed, false);
  Conversation conversation(engine.model(), tokenizer, format);
  conversation.enable_thinking = !flags.no_thinking;
  std::cerr << "  format " << format.name << "; /help lists the commands\n";
  ChatTerminal(conversation, options, flags.system).run();
}

}  // namespace

void add_chat_command(CLI::App& program) {
  auto flags = std::make_shared<ChatFlags>();
  CLI::App* c = program.add_subcommand("chat", "Talk with a model");
  add_model_flag(*c, flags->engine);
  c->add_option("--tokenizer", flags->engine.tokenizer, "folder or file of another tokenizer");
  c->add_option("--system", flags->system, "what the system says first");
  c->add_option("--chat-format", flags->format,
                "chatml, smollm2, qwen2.5, qwen3, llama3 or tags (default: the model's own)");
  c->add_flag("--no-thinking", flags->no_thinking, "answers without a thought before them (qwen3)");
  add_integer(*c, "--max-new-tokens", flags->max_new_tokens, 1, INT_MAX,
              "tokens of an answer at most (default: 512)");
  add_sampling_flags(*c, flags->sampling);
  add_machine_flags(*c, flags->engine);
  c->footer(
      "Examples:\n"
      "  tokenwalk chat --model models/SmolLM2-135M-Instruct.Q4_1.gguf\n"
      "  tokenwalk chat --system \"You answer in one word.\" --greedy\n"
      "  printf '1+1是多少？\\n/stats\\n' | tokenwalk chat");
  c->callback([c, flags] { chat(*c, *flags); });
}

}  // namespace tokenwalk
