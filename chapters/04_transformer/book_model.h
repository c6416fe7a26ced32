#pragma once

#include <memory>
#include <string>
#include <vector>

#include "chapters/01_tokenizer/published.h"
#include "lib/base/thread_pool.h"
#include "lib/kernels/kernels.h"
#include "lib/model/model.h"

namespace tokenwalk {

/// What the program of a chapter was told on its command line.
struct ProgramFlags {
  std::string kernels;   ///< --kernels reference; see kernel_set_named
  int threads = 0;       ///< --threads 2; 0: as many as this process may use
  std::string model;     ///< --model PATH: another model than the bundled one
  bool measure = false;  ///< --measure: chapter 06 adds times
  std::string machine;   ///< --machine "words": what the table of times says it ran on
};

/// Reads the flags; `kernels` is the set that runs without --kernels. Throws Error(kBadValue) for
/// any other word.
ProgramFlags read_flags(int argc, char** argv, const std::string& kernels);

/// What main does: reads the flags, runs the chapter, and reports an exception on stderr, also that
/// the output could not be written.
/// Returns the program's exit code: 0 or 1.
int run_chapter(int argc, char** argv, const std::string& kernels,
                void (*run)(const ProgramFlags&));

/// A model and all that it needs to run.
struct BookModel {
  std::unique_ptr<ThreadPool> pool;
  std::unique_ptr<KernelSet> kernels;
  Model model;
  PublishedTokenizer tokenizer;
};

/// Opens data/tiny, or the model that the flags name, packed for their kernel set.
BookModel open_book_model(const ProgramFlags& flags);

/// A token between quotes, so that its space shows: " cat". Line ends are written \n.
std::string quoted(const BookModel& book, int id);

/// Text with its line ends written \n, for one line of output.
std::string on_one_line(const std::string& text);

/// The text of the ids as a reader sees it, without control tokens, on one line.
std::string shown(const BookModel& book, const std::vector<int>& ids);

}  // namespace tokenwalk
