#include "chapters/04_transformer/program/book_model.h"

#include <filesystem>
#include <utility>

#include "chapters/04_transformer/reference_kernels.h"
#include "lib/base/data_path.h"

namespace tokenwalk {

std::vector<Flag> model_flags() {
  return {{"--kernels", "NAME", "the kernel set; an unknown name lists those of this machine"},
          {"--threads", "N", "how many threads, else as many as this process may use"},
          {"--model", "PATH", "another model than the bundled one"}};
}

BookModel open_book_model(const ProgramFlags& flags, const std::string& kernels) {
  const int threads = flags.number("--threads", available_processors(), kMostThreads);
  auto pool = std::make_unique<ThreadPool>(threads);
  std::unique_ptr<KernelSet> set = kernel_set_named(flags.text("--kernels", kernels), *pool);
  const std::filesystem::path path =
      flags.has("--model") ? std::filesystem::path(flags.text("--model", "")) : data_path("tiny");
  Model model = load_model(path, *set);
  return {std::move(pool), std::move(set), std::move(model), load_tokenizer(path)};
}

std::string on_one_line(const std::string& text) {
  std::string line;
  for (const char c : text) line += c == '\n' ? std::string("\\n") : std::string(1, c);
  return line;
}

std::string shown(const BookModel& book, const std::vector<int>& ids) {
  return on_one_line(book.tokenizer.decode_shown(ids));
}

std::string quoted(const BookModel& book, int id) {
  std::string text = "\"";
  text += on_one_line(book.tokenizer.tokenizer.token(id));
  return text += "\"";
}

}  // namespace tokenwalk
