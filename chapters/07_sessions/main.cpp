#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

#include "chapters/01_tokenizer/prompt.h"
#include "chapters/04_transformer/program/book_model.h"
#include "chapters/07_sessions/known_wrong.h"
#include "chapters/07_sessions/session_file.h"
#include "chapters/07_sessions/wrappers.h"
#include "lib/base/error.h"

namespace tokenwalk {
namespace {

using Ids = std::vector<int>;

GenerateOptions drawn(int n, std::uint32_t stream = 0) {
  GenerateOptions options = greedy_options(n);
  options.sampling.temperature = 0.8;
  options.sampling.top_p = 0.9;
  options.seed = 7;
  options.stream = stream;
  return options;
}

//! [07-main-picture]
// The text with what is cached between bars, and a pending token in brackets.
std::string picture(const BookModel& book, const Session& session) {
  const std::span<const int> ids = session.tokens();
  const std::span<const int> cached = ids.first(session.cached());
  std::string text = "|" + shown(book, {cached.begin(), cached.end()}) + "|";
  for (const int id : ids.subspan(session.cached())) text += " (" + shown(book, {id}) + " )";
  return text;
}

void show_state(const BookModel& book, const Session& session, const char* step,
                std::size_t evaluated) {
  std::printf("  %-22s %9zu %7zu %7zu %8zu  %s\n", step, evaluated, session.tokens().size(),
              session.cached(), session.pending(), picture(book, session).c_str());
}
//! [07-main-picture]

//! [07-main-1]
void show_steps(const BookModel& book, const Ids& prompt) {
  const Ids user = book.tokenizer.encode(" The dog", true, false);
  std::printf("  step                   evaluated  tokens  cached  pending\n");
  Session s(book.model);
  show_state(book, s, "a new session", 0);
  show_state(book, s, "prompt, no new token", s.generate(prompt, greedy_options(0)).evaluated);
  show_state(book, s, "one new token", s.generate({}, greedy_options(1)).evaluated);
  show_state(book, s, "two more", s.generate({}, greedy_options(2)).evaluated);
  show_state(book, s, "words, one new token", s.generate(user, greedy_options(1)).evaluated);
  show_state(book, s, "flush", s.flush());
  s.truncate(8);
  show_state(book, s, "truncate to 8", 0);
  Ids other = s.tokens();
  other.insert(other.end(), user.begin(), user.end());
  show_state(book, s, "sync to other words", s.sync(other));
}
//! [07-main-1]

//! [07-main-cuts]
//! [07-main-2]
// The same 12 tokens however they are asked for.
void show_cuts(const BookModel& book, const Ids& prompt) {
  std::printf("  cut into calls      evaluated  text\n");
  for (const std::vector<int>& calls : {Ids{12}, Ids{4, 8}, Ids{0, 5, 0, 7}, Ids(12, 1)}) {
    Session session(book.model);
    std::size_t evaluated = session.generate(prompt, drawn(0)).evaluated;
    for (const int n : calls) evaluated += session.generate({}, drawn(n)).evaluated;
    const Ids text(session.tokens().begin() + static_cast<std::ptrdiff_t>(prompt.size()),
                   session.tokens().end());
    std::string label = std::to_string(calls.size()) + (calls.size() == 1 ? " call" : " calls");
    std::printf("  %-18s  %9zu  ...%s\n", label.c_str(), evaluated, shown(book, text).c_str());
  }
}
//! [07-main-2]
//! [07-main-cuts]

//! [07-main-forks]
//! [07-main-3]
// Three texts from one prefill, each with its own stream of random numbers.
void show_forks(const BookModel& book, const Ids& prompt) {
  Session first(book.model);
  std::size_t together = first.generate(prompt, drawn(0)).evaluated, apart = 0;
  for (std::uint32_t stream = 0; stream < 3; ++stream) {
    Session fork = first.fork();
    const Generated result = fork.generate({}, drawn(8, stream));
    together += result.evaluated;
    Session alone(book.model);
    const Generated again = alone.generate(prompt, drawn(8, stream));
    apart += again.evaluated;
    std::printf("  fork %u  ...%s%s\n", stream, shown(book, result.tokens).c_str(),
                result.tokens == again.tokens ? "" : "  DIFFERENT ALONE");
  }
  std::printf("  positions evaluated: %zu, without forks %zu\n", together, apart);
}
//! [07-main-3]
//! [07-main-forks]

//! [07-main-4]
void show_wrong(const BookModel& book, const Ids& prompt) {
  Session right(book.model);
  right.generate(prompt, greedy_options(3));
  Session last = right.fork();
  right.generate({}, greedy_options(4));
  continue_with_last_token(last, greedy_options(4));
  std::printf("  as it should be         %s\n", picture(book, right).c_str());
  std::printf("  the last token again    %s\n", picture(book, last).c_str());

  Ids edited = prompt;  // the user changes a word of the prompt
  edited[2] = book.tokenizer.encode(" dog", true, false)[0];
  Session synced(book.model), trusting(book.model);
  synced.generate(prompt, greedy_options(0));
  trusting.generate(prompt, greedy_options(0));
  const std::size_t evaluated = synced.sync(edited), trusted = sync_trusting(trusting, edited);
  std::printf("  sync, a word changed    %s  evaluated %zu\n", picture(book, synced).c_str(),
              evaluated);
  std::printf("  trusting the caller     %s  evaluated %zu\n", picture(book, trusting).c_str(),
              trusted);
}
//! [07-main-4]

//! [07-main-5]
void show_wrappers(const BookModel& book, const Ids& prompt) {
  Session session(book.model);
  const Ids whole = generate_full(session, prompt, greedy_options(3));
  const Ids longer = generate_full(session, whole, greedy_options(3));
  std::printf("  generate_full, twice    %s\n", shown(book, longer).c_str());
  Session other(book.model);
  generate_new(other, prompt, greedy_options(3));
  const Ids fresh = generate_new(other, {}, greedy_options(3));
  std::printf("  generate_new, the 2nd   %s\n", shown(book, fresh).c_str());
}
//! [07-main-5]

//! [07-main-6]
void show_file(const BookModel& book, const Ids& prompt) {
  const std::filesystem::path path =
      std::filesystem::temp_directory_path() / "tokenwalk_chapter_07.session";
  Session session(book.model);
  session.generate(prompt, drawn(4));
  save_session(session, path);
  Session loaded = load_session(book.model, path);
  const Ids here = session.generate({}, drawn(6)).tokens;
  const Ids there = loaded.generate({}, drawn(6)).tokens;
  std::printf("  saved %ju bytes; goes on here  ...%s\n", std::filesystem::file_size(path),
              shown(book, here).c_str());
  std::printf("  loaded;            goes on there ...%s\n", shown(book, there).c_str());
  std::filesystem::resize_file(path, std::filesystem::file_size(path) - 1);
  try {
    load_session(book.model, path);
  } catch (const Error& error) {
    std::printf("  one byte cut off: refused, found %s\n", error.parts().found.c_str());
  }
  std::filesystem::remove(path);
}
//! [07-main-6]

void run(const ProgramFlags& flags) {
  const BookModel book = open_book_model(flags, "auto");
  const Ids prompt = book.tokenizer.encode(kPrompt, true, false);
  std::printf("== 1. What is in the text, and what is in the cache: |cached| (pending)\n\n");
  show_steps(book, prompt);
  std::printf("\n== 2. One text, cut in four ways\n\n");
  show_cuts(book, prompt);
  std::printf("\n== 3. Three forks of one prompt\n\n");
  show_forks(book, prompt);
  std::printf("\n== 4. Two ways to go on that are wrong\n\n");
  show_wrong(book, prompt);
  std::printf("\n== 5. Whole text in and out, new ids in and out\n\n");
  show_wrappers(book, prompt);
  std::printf("\n== 6. Saved and loaded\n\n");
  show_file(book, prompt);
}

}  // namespace
}  // namespace tokenwalk

int main(int argc, char** argv) {
  return tokenwalk::run_chapter(argc, argv, tokenwalk::model_flags(), tokenwalk::run);
}
