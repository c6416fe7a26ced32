#include "tools/tokenwalk/chat_terminal.h"

#include <unistd.h>

#include <cstdio>
#include <iostream>
#include <utility>

#include "chapters/01_tokenizer/utf8.h"
#include "chapters/08_stopping_and_streaming/interrupt.h"
#include "lib/base/error.h"
#include "tools/tokenwalk/chat_file.h"

namespace tokenwalk {
namespace {

// A line of input and those that it goes on in; false at the end of the input.
bool read_input(std::string& text) {
  text.clear();
  std::string line;
  while (true) {
    if (isatty(STDIN_FILENO) != 0) std::cerr << (text.empty() ? "> " : "| ") << std::flush;
    if (!std::getline(std::cin, line)) return !text.empty();
    if (!line.empty() && line.back() == '\r') line.pop_back();
    const bool goes_on = !line.empty() && line.back() == '\\';
    if (goes_on) line.back() = '\n';
    text += line;
    if (!goes_on) return true;
  }
}

}  // namespace

struct ChatTerminal::Command {
  const char* name;
  const char* argument;  // "": it takes none
  const char* meaning;
  void (ChatTerminal::*run)(const std::string& argument);
};

const std::vector<ChatTerminal::Command>& ChatTerminal::commands() {
  static const std::vector<Command> list = {
      {"/undo", "", "take back the last question and its answer", &ChatTerminal::undo},
      {"/retry", "", "another answer to the last question", &ChatTerminal::retry},
      {"/save", "FILE", "write the conversation to a file", &ChatTerminal::save},
      {"/load", "FILE", "go on with the conversation of a file", &ChatTerminal::load},
      {"/stats", "", "tokens, cache, context", &ChatTerminal::stats},
      {"/help", "", "this list", &ChatTerminal::help},
      {"/exit", "", "the end (so does Ctrl-D)", &ChatTerminal::leave},
  };
  return list;
}

ChatTerminal::ChatTerminal(Conversation& conversation, GenerateOptions options, ChainOptions chain,
                           std::string system)
    : conversation_(conversation),
      options_(std::move(options)),
      chain_(std::move(chain)),
      system_(std::move(system)) {
  begin();
}

void ChatTerminal::begin() {
  const std::vector<Message>& messages = conversation_.messages();
  if (system_.empty() || (!messages.empty() && messages[0].role == "system")) return;
  std::vector<Message> all = {{"system", system_, {}, {}}};
  all.insert(all.end(), messages.begin(), messages.end());
  conversation_.set_messages(std::move(all));
}

void ChatTerminal::run() {
  std::string line;
  while (!left_ && read_input(line)) {
    try {
      if (const std::size_t bad = find_invalid_utf8(line); bad != std::string::npos) {
        throw Error(ErrorCode::kBadValue, {"the line is not UTF-8", "byte " + std::to_string(bad),
                                           "UTF-8 text", "set the terminal to UTF-8"});
      }
      if (line.empty()) continue;
      line[0] == '/' ? obey(line) : ask(line);
    } catch (const Error& error) {
      std::cerr << "  " << error.what() << "\n";
    }
  }
}

void ChatTerminal::obey(const std::string& line) {
  const std::size_t space = std::min(line.find(' '), line.size());
  const std::string name = line.substr(0, space);
  const std::string argument =
      line.substr(std::min(line.find_first_not_of(' ', space), line.size()));
  for (const Command& command : commands()) {
    if (name != command.name) continue;
    const std::string wanted = command.argument;
    if (wanted.empty() == argument.empty()) return (this->*command.run)(argument);
    throw Error(ErrorCode::kBadValue,
                {"bad " + name, line, wanted.empty() ? name : name + " " + wanted, ""});
  }
  throw Error(ErrorCode::kBadValue, {"unknown command", name, "one that /help lists",
                                     "a question that begins with / needs a space before it"});
}

void ChatTerminal::ask(const std::string& text) {
  conversation_.say("user", text);
  options_.stream = 0;
  try {
    if (!answer()) undo("");
  } catch (const Error&) {
    conversation_.undo();
    throw;
  }
}

// A token of an answer. The picker begins with the conversation before it.
int ChatTerminal::pick(std::optional<ChainPicker>& picker, std::span<const float> logits,
                       std::size_t position) {
  const Session& session = conversation_.session();
  if (!picker) {
    picker.emplace(chain_, session.tokens(), session.model().config.eos_ids, options_.seed,
                   options_.stream);
  }
  return (*picker)(logits, position);
}

bool ChatTerminal::answer() {
  const InterruptFlag interrupt;
  const auto go_on = [&] { return !interrupt.raised(); };
  const std::size_t read = conversation_.read(go_on);
  evaluated_ += read;
  if (!go_on()) {
    std::fprintf(stderr, "  stopped before the answer, %zu new tokens read\n", read);
    return false;
  }
  GenerateOptions options = options_;
  options.on_token = [&](int) { return go_on(); };
  std::optional<ChainPicker> picker;
  options.pick = [&](std::span<const float> logits, std::size_t position) {
    return pick(picker, logits, position);
  };
  const Answer answer = conversation_.answer(
      options, [](const std::string& piece) { std::cout << piece << std::flush; });
  std::cout << std::endl;
  const std::size_t n_new = answer.generated.tokens.size();
  evaluated_ += answer.fed + answer.generated.evaluated;
  std::fprintf(stderr, "  fed %zu new of %zu tokens, %zu answered, finish %s\n", read + answer.fed,
               answer.tokens, n_new, finish_name(answer.generated.finish));
  return true;
}

void ChatTerminal::undo(const std::string&) {
  const bool undone = conversation_.undo();
  std::fprintf(stderr, "  %s, %zu messages left\n", undone ? "taken back" : "nothing to take back",
               conversation_.messages().size());
}

void ChatTerminal::retry(const std::string&) {
  if (!conversation_.drop_answer()) {
    throw Error(ErrorCode::kBadValue, {"nothing to answer", "no question", "a question first", ""});
  }
  ++options_.stream;
  answer();
}

void ChatTerminal::save(const std::string& path) {
  save_messages(conversation_.messages(), path);
  std::fprintf(stderr, "  saved %zu messages\n", conversation_.messages().size());
}

void ChatTerminal::load(const std::string& path) {
  conversation_.set_messages(load_messages(path));
  begin();
  std::fprintf(stderr, "  loaded %zu messages\n", conversation_.messages().size());
}

void ChatTerminal::stats(const std::string&) {
  const Session& session = conversation_.session();
  std::fprintf(stderr,
               "  %zu messages, %zu tokens of a context of %zu, %zu cached in %zu bytes, "
               "%zu positions evaluated\n",
               conversation_.messages().size(), session.tokens().size(),
               session.model().config.context, session.cached(), session.cache().bytes(),
               evaluated_);
}

void ChatTerminal::help(const std::string&) {
  for (const Command& command : commands()) {
    std::fprintf(stderr, "  %-6s %-5s %s\n", command.name, command.argument, command.meaning);
  }
  std::fprintf(stderr, "  Ctrl-C stops an answer; a line that ends with \\ goes on in the next\n");
}

void ChatTerminal::leave(const std::string&) {
  left_ = true;
}

}  // namespace tokenwalk
