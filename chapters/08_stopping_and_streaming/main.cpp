// Chapter 8: where a text ends, and what may be shown of it before that.
#include <cstdio>
#include <string>
#include <vector>

#include "chapters/01_tokenizer/prompt.h"
#include "chapters/04_transformer/program/book_model.h"
#include "chapters/07_sessions/session.h"
#include "chapters/08_stopping_and_streaming/generate_text.h"
#include "chapters/08_stopping_and_streaming/known_wrong.h"
#include "lib/base/format.h"

namespace tokenwalk {
namespace {

using Ids = std::vector<int>;

constexpr const char* kChat = "<|im_start|>user\n1+1是多少？<|im_end|>\n<|im_start|>assistant\n";

std::string in_quotes(const std::string& text) {
  return "\"" + on_one_line(text) + "\"";
}

std::string hex(const std::string& bytes) {
  std::string digits;
  for (const char byte : bytes) digits += format("%02x ", static_cast<unsigned char>(byte));
  return digits;
}

// ---- characters --------------------------------------------------------------------------------

//! [08-main-characters]
// Each token by itself, and in a stream.
void show_characters(const BookModel& book, const std::string& text) {
  TextStream stream(book.tokenizer);
  std::printf("    id  bytes                       alone  stream\n");
  for (const int id : book.tokenizer.encode(text, true, false)) {
    const std::string& bytes = book.tokenizer.tokenizer.token(id);
    const std::string alone = in_quotes(to_text(bytes));
    std::printf("  %4d  %-27s %s  %s\n", id, hex(bytes).c_str(), alone.c_str(),
                in_quotes(stream.push(id)).c_str());
  }
}
//! [08-main-characters]

// ---- stop strings ------------------------------------------------------------------------------

GenerateOptions greedy(int n) {
  GenerateOptions options;
  options.max_new_tokens = n;
  options.sampling.temperature = 0;
  return options;
}

Ids continue_greedily(const BookModel& book, const Ids& prompt, int n) {
  return Session(book.model).generate(prompt, greedy(n)).tokens;
}

//! [08-main-2]
void show_stopping(const BookModel& book, const Ids& ids, const Texts& stop) {
  StopStrings strings(stop);
  std::printf("  token      let through        held back\n");
  for (const int id : ids) {
    const std::string passed = strings.push(book.tokenizer.tokenizer.token(id));
    std::printf("  %-10s %-18s %s\n", quoted(book, id).c_str(), in_quotes(passed).c_str(),
                in_quotes(std::string(strings.held())).c_str());
    if (strings.matched() != nullptr) break;
  }
  std::printf("  the end: %s was completed\n", in_quotes(*strings.matched()).c_str());
}
//! [08-main-2]

//! [08-main-3]
void show_match(const std::string& text, const Texts& stop) {
  StopStrings strings(stop);
  std::string shown = strings.push(text);
  shown += strings.flush();
  std::string list;
  for (const std::string& s : stop) list += s + " ";
  const std::string* matched = strings.matched();
  std::printf("  %-10s %-12s %-10s %s\n", text.c_str(), list.c_str(), shown.c_str(),
              matched == nullptr ? "-" : matched->c_str());
}
//! [08-main-3]

// ---- reasons to end ----------------------------------------------------------------------------

struct Case {
  const char* label;
  Ids prompt;
  GenerateOptions options;
  Texts stop;
};

//! [08-main-reasons]
void show_end(const BookModel& book, const Case& c) {
  Session session(book.model);
  TextStream stream(book.tokenizer, c.stop);
  std::string text;
  const Generated result = generate_text(
      [&](const GenerateOptions& options) { return session.generate(c.prompt, options); },
      book.model.config, c.options, stream, [&](const std::string& piece) { text += piece; });
  std::printf("  %-24s %-12s %3zu %7zu  %s\n", c.label, finish_name(result.finish),
              result.tokens.size(), session.pending(), in_quotes(text).c_str());
}
//! [08-main-reasons]

//! [08-main-4]
void show_reasons(const BookModel& book, const Ids& prompt) {
  const Ids chat = book.tokenizer.encode(kChat, true, false);
  GenerateOptions on = greedy(6), stop_id = greedy(6), callback = greedy(6);
  on.ignore_eos = true;
  stop_id.stop_ids = book.tokenizer.encode(" around", true, false);
  callback.on_token = [n = 0](int) mutable { return ++n < 3; };
  std::printf("  asked for                finish       new pending  text\n");
  for (const Case& c : {Case{"6 tokens", prompt, greedy(6), {}},
                        {"the answer to 1+1", chat, greedy(6), {}},
                        {"the same, end ignored", chat, on, {}},
                        {"stop id of \" around\"", prompt, stop_id, {}},
                        {"stop string \"ok\"", prompt, greedy(6), {"ok"}},
                        {"\"ok\", 3 tokens allowed", prompt, greedy(3), {"ok"}},
                        {"a callback, 3 tokens", prompt, callback, {}}}) {
    show_end(book, c);
  }
}
//! [08-main-4]

//! [08-main-5]
// Cancelled after 4 tokens and gone on with, against one go.
void show_cancel(const BookModel& book, const Ids& prompt) {
  Session session(book.model), whole(book.model);
  GenerateOptions options = greedy(12);
  options.on_token = [n = 0](int) mutable { return ++n < 4; };
  const Generated cut = session.generate(prompt, options);
  std::printf("  cancelled  %2zu tokens, %zu cached, %zu pending\n", session.tokens().size(),
              session.cached(), session.pending());
  session.generate({}, greedy(12 - static_cast<int>(cut.tokens.size())));
  whole.generate(prompt, greedy(12));
  std::printf("  gone on    %s\n", shown(book, session.tokens()).c_str());
  std::printf("  in one go  %s\n", shown(book, whole.tokens()).c_str());
}
//! [08-main-5]

// ---- wrong streams -----------------------------------------------------------------------------

using Stream = Texts (*)(const Texts&, const Texts&);

//! [08-main-right]
Texts stream_rightly(const Texts& tokens, const Texts& stop) {
  StopStrings strings(stop);
  Utf8Stream characters;
  Texts pieces;
  for (const std::string& token : tokens) pieces.push_back(characters.push(strings.push(token)));
  pieces.push_back(characters.push(strings.flush()));
  pieces.back() += characters.flush();
  return pieces;
}
//! [08-main-right]

void show_stream(const char* label, Stream stream, const Texts& tokens, const Texts& stop) {
  std::printf("  %-20s", label);
  for (const std::string& piece : stream(tokens, stop)) {
    std::printf(" [%s]", on_one_line(piece).c_str());
  }
  std::printf("\n");
}

//! [08-main-6]
void show_wrong(const BookModel& book, const Ids& text) {
  Texts tokens, smile;
  for (const int id : text) tokens.push_back(book.tokenizer.tokenizer.token(id));
  for (const int id : book.tokenizer.encode("是🙂", true, false)) {
    smile.push_back(book.tokenizer.tokenizer.token(id));
  }
  show_stream("right", stream_rightly, tokens, {"ok"});
  show_stream("ends with", stream_ends_with, tokens, {"ok"});
  show_stream("right", stream_rightly, tokens, {"looked around"});
  show_stream("ends with", stream_ends_with, tokens, {"looked around"});
  show_stream("late", stream_late, tokens, {"looked around"});
  show_stream("right", stream_rightly, smile, {"END"});
  show_stream("token by token", stream_token_by_token, smile, {"END"});
  show_stream("right", stream_rightly, {"a", "a", "a", "b", "c"}, {"aab"});
  show_stream("without going back", stream_without_going_back, {"a", "a", "a", "b", "c"}, {"aab"});
}
//! [08-main-6]

void run(const ProgramFlags& flags) {
  const BookModel book = open_book_model(flags, "auto");
  const Ids prompt = book.tokenizer.encode(kPrompt, true, false);
  std::printf("== 1. Characters in pieces\n\n");
  show_characters(book, "是多少🙂é");
  std::printf("\n== 2. Two stop strings: \"mat was cold\" and \"an to s\"\n\n");
  show_stopping(book, continue_greedily(book, prompt, 20), {"mat was cold", "an to s"});
  std::printf("\n== 3. Which match\n\n  text       stop strings shown      matched\n");
  show_match("say END.", {"END"});
  show_match("abcd", {"abcd", "bc"});
  show_match("xabc", {"bc", "abc"});
  show_match("aaab", {"aab"});
  show_match("THE EN", {"END"});
  std::printf("\n== 4. Why a text ends. Ends of text:");
  for (const int id : book.model.config.eos_ids) {
    std::printf(" %d %s", id, quoted(book, id).c_str());
  }
  std::printf("\n\n");
  show_reasons(book, prompt);
  std::printf("\n== 5. Cancelled, and gone on with\n\n");
  show_cancel(book, prompt);
  std::printf("\n== 6. Wrong streams: what is shown after each token, and at the end\n\n");
  show_wrong(book, continue_greedily(book, prompt, 5));
}

}  // namespace
}  // namespace tokenwalk

int main(int argc, char** argv) {
  return tokenwalk::run_chapter(argc, argv, tokenwalk::model_flags(), tokenwalk::run);
}
