#pragma once

#include <memory>
#include <string>
#include <vector>

#include "chapters/01_tokenizer/published.h"
#include "lib/base/program_flags.h"
#include "lib/base/thread_pool.h"
#include "lib/kernels/kernels.h"
#include "lib/model/model.h"

namespace tokenwalk {

/// A model and all that it needs to run.
struct BookModel {
  std::unique_ptr<ThreadPool> pool;
  std::unique_ptr<KernelSet> kernels;
  Model model;
  PublishedTokenizer tokenizer;
};

/// The flags of a program that opens a model: --kernels, --threads, --model.
std::vector<Flag> model_flags();

/// Opens data/tiny, or the model that the flags name, packed for their kernel set, which is
/// `kernels` (see kernel_set_named) unless they name one.
BookModel open_book_model(const ProgramFlags& flags, const std::string& kernels);

/// A token between quotes, so that its space shows: " cat". Line ends are written \n.
std::string quoted(const BookModel& book, int id);

/// Text with its line ends written \n, for one line of output.
std::string on_one_line(const std::string& text);

/// The text of the ids as a reader sees it, without control tokens, on one line.
std::string shown(const BookModel& book, const std::vector<int>& ids);

}  // namespace tokenwalk
