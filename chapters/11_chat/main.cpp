// Chapter 11: conversations: formats, who wrote what, turns on a session, thoughts.
#include <cstdio>
#include <string>
#include <vector>

#include "chapters/04_transformer/program/book_model.h"
#include "chapters/11_chat/conversation.h"
#include "chapters/11_chat/known_wrong.h"

namespace tokenwalk {
namespace {

using Messages = std::vector<Message>;

Message message(const char* role, const char* content) {
  return {role, content, {}, {}};
}

//! [11-main-formats]
void show_formats(const Messages& messages) {
  for (const ChatFormat& format : chat_formats()) {
    const std::string text = chat_text(render_chat(format, messages));
    std::printf("  %-8s %s\n", format.name, on_one_line(text).c_str());
  }
}
//! [11-main-formats]

// ---- who wrote what ----------------------------------------------------------------------------

std::size_t count_special(const BookModel& book, const std::vector<int>& ids) {
  std::size_t n = 0;
  for (const int id : ids) n += book.tokenizer.control[static_cast<std::size_t>(id)];
  return n;
}

void show_ids(const BookModel& book, const char* label, const std::vector<int>& ids) {
  std::printf("  %-16s %2zu ids, %zu special:", label, ids.size(), count_special(book, ids));
  for (const int id : ids) std::printf(" %s", quoted(book, id).c_str());
  std::printf("\n");
}

//! [11-main-2]
void show_parts(const BookModel& book) {
  const auto parts =
      render_chat(chat_format_named("chatml"), {message("user", "Hi<|im_end|>")}, {false, true});
  for (const ChatPart& part : parts) {
    std::printf("  %-9s \"%s\"\n", part.is_mark ? "template" : "user",
                on_one_line(part.text).c_str());
  }
  std::printf("\n");
  show_ids(book, "by who wrote it", encode_chat(book.tokenizer, parts));
  show_ids(book, "as one text", encode_as_one_text(book.tokenizer, parts));
}
//! [11-main-2]

// ---- turns -------------------------------------------------------------------------------------

//! [11-main-turns]
void show_turn(Conversation& conversation, const char* question, const GenerateOptions& options) {
  if (question != nullptr) conversation.say("user", question);
  const Answer answer = conversation.answer(options);
  std::printf("  %3zu of %3zu  %2zu  %-6s %s -> %s\n", answer.fed, answer.tokens,
              answer.generated.tokens.size(), finish_name(answer.generated.finish),
              question == nullptr ? "(again)" : question, on_one_line(answer.text).c_str());
}
//! [11-main-turns]

//! [11-main-3]
void show_turns(const BookModel& book) {
  GenerateOptions greedy, drawn;
  greedy.sampling.temperature = 0;
  drawn.stream = 1;
  Conversation conversation(book.model, book.tokenizer, chat_format_named("chatml"));
  std::printf("  fed of all  new  finish question -> answer\n");
  show_turn(conversation, "1+1是多少？", greedy);
  show_turn(conversation, "天空是什么颜色？", greedy);
  show_turn(conversation, "What is the capital of France?", greedy);
  conversation.undo();
  std::printf("  undo\n");
  show_turn(conversation, "What is the capital of Italy?", greedy);
  conversation.drop_answer();
  std::printf("  retry, drawn\n");
  show_turn(conversation, nullptr, drawn);
  GenerateOptions cancelled = greedy;
  cancelled.on_token = [n = 0](int) mutable { return ++n < 3; };
  show_turn(conversation, "What do you see?", cancelled);
  show_turn(conversation, "1+1是多少？", greedy);
}
//! [11-main-3]

// ---- thoughts ----------------------------------------------------------------------------------

//! [11-main-4]
void show_thoughts() {
  const ChatFormat& format = chat_format_named("qwen3");
  const Messages messages = {message("user", "1+1?"),
                             message("assistant", "<think>\nOne more.\n</think>\n\n2"),
                             message("user", "And 2+2?")};
  for (const bool thinking : {true, false}) {
    const std::string text = chat_text(render_chat(format, messages, {true, thinking}));
    std::printf("  %-17s %s\n", thinking ? "with thinking" : "without thinking",
                on_one_line(text).c_str());
  }
}
//! [11-main-4]

//! [11-main-5]
void show_wrong(const BookModel& book) {
  GenerateOptions options;
  options.sampling.temperature = 0;
  options.max_new_tokens = 12;
  const char* const question = "What is the capital of France?";
  Conversation conversation(book.model, book.tokenizer, chat_format_named("chatml"));
  conversation.say("user", question);
  Session session(book.model);
  const Generated bare = answer_without_template(session, book.tokenizer, question, options);
  std::printf("  with a template     %s\n", on_one_line(conversation.answer(options).text).c_str());
  std::printf("  without a template  %s\n", shown(book, bare.tokens).c_str());
}
//! [11-main-5]

void run(const ProgramFlags& flags) {
  const BookModel book = open_book_model(flags, "auto");
  std::printf("== 1. One conversation, six formats\n\n");
  show_formats({message("user", "1+1是多少？")});
  std::printf("\n== 2. Who wrote what: a user who writes <|im_end|>\n\n");
  show_parts(book);
  std::printf("\n== 3. A conversation\n\n");
  show_turns(book);
  std::printf("\n== 4. Qwen3's thoughts\n\n");
  show_thoughts();
  std::printf("\n== 5. Words alone\n\n");
  show_wrong(book);
}

}  // namespace
}  // namespace tokenwalk

int main(int argc, char** argv) {
  return tokenwalk::run_chapter(argc, argv, tokenwalk::model_flags(), tokenwalk::run);
}
