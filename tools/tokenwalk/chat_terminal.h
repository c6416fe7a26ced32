#pragma once

#include <optional>
#include <span>
#include <string>

#include "chapters/11_chat/conversation.h"
#include "chapters/12_more_samplers/chain.h"

namespace tokenwalk {

/// A conversation line by line: what is read from standard input is said to the model, or is a
/// command such as /undo; answers go to standard output as they come, everything else to standard
/// error. Ctrl-C during an answer ends the answer. A line that ends with \ goes on in the next one.
class ChatTerminal {
 public:
  /// options and chain: of each answer; a retry draws from the next stream. system: said before
  /// everything, also after /load of a conversation that has no such message; empty: nothing.
  ChatTerminal(Conversation& conversation, GenerateOptions options, ChainOptions chain,
               std::string system);

  /// Until /exit or the end of the input.
  void run();

 private:
  struct Command;
  static const std::vector<Command>& commands();

  void obey(const std::string& line);
  void ask(const std::string& text);
  bool answer();  // false: stopped before it began
  void begin();
  int pick(std::optional<ChainPicker>& picker, std::span<const float> logits, std::size_t position);

  void undo(const std::string&);
  void retry(const std::string&);
  void save(const std::string& path);
  void load(const std::string& path);
  void stats(const std::string&);
  void help(const std::string&);
  void leave(const std::string&);

  Conversation& conversation_;
  GenerateOptions options_;
  ChainOptions chain_;
  std::string system_;
  bool left_ = false;
  std::size_t evaluated_ = 0;  // positions, for all answers
};

}  // namespace tokenwalk
