#include "chapters/04_transformer/book_model.h"

#include <cstdio>
#include <exception>
#include <filesystem>
#include <utility>

#include "chapters/04_transformer/reference_kernels.h"
#include "lib/base/data_path.h"
#include "lib/base/error.h"
#include "lib/base/output.h"

namespace tokenwalk {
namespace {

int read_threads(const std::string& text) {
  int threads = 0;
  for (const char c : text) {
    if (c < '0' || c > '9' || threads > kMostThreads) threads = kMostThreads + 1;
    if (threads <= kMostThreads) threads = threads * 10 + (c - '0');
  }
  if (text.empty() || threads < 1 || threads > kMostThreads) {
    throw Error(ErrorCode::kBadValue,
                {"bad --threads", text, "from 1 to " + std::to_string(kMostThreads), ""});
  }
  return threads;
}

}  // namespace

ProgramFlags read_flags(int argc, char** argv, const std::string& kernels) {
  ProgramFlags flags;
  flags.kernels = kernels;
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    if (word == "--measure") {
      flags.measure = true;
    } else if (word == "--kernels" && i + 1 < argc) {
      flags.kernels = argv[++i];
    } else if (word == "--threads" && i + 1 < argc) {
      flags.threads = read_threads(argv[++i]);
    } else if (word == "--model" && i + 1 < argc) {
      flags.model = argv[++i];
    } else if (word == "--machine" && i + 1 < argc) {
      flags.machine = argv[++i];
    } else {
      throw Error(ErrorCode::kBadValue,
                  {"unknown flag", word,
                   "--kernels NAME, --threads N, --model PATH, --measure, --machine WORDS", ""});
    }
  }
  return flags;
}

int run_chapter(int argc, char** argv, const std::string& kernels,
                void (*run)(const ProgramFlags&)) {
  try {
    run(read_flags(argc, argv, kernels));
    flush_output();
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s: %s\n", argv[0], error.what());
    return 1;
  }
}

BookModel open_book_model(const ProgramFlags& flags) {
  auto pool =
      std::make_unique<ThreadPool>(flags.threads > 0 ? flags.threads : available_processors());
  std::unique_ptr<KernelSet> kernels = kernel_set_named(flags.kernels, *pool);
  const std::filesystem::path path =
      flags.model.empty() ? data_path("tiny") : std::filesystem::path(flags.model);
  Model model = load_model(path, *kernels);
  return {std::move(pool), std::move(kernels), std::move(model), load_tokenizer(path)};
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
