#include "lib/io/output_folder.h"

#include <sys/stat.h>

#include <cerrno>
#include <cstdlib>
#include <system_error>

#include "lib/io/describe.h"

namespace tokenwalk {
namespace {

namespace fs = std::filesystem;

void check(const std::error_code& problem, const fs::path& path) {
  if (!problem) return;
  throw_bad_file("cannot write the folder " + printable(path.string()), problem.message(),
                 "a place that exists and may be written to", "check the path and its permissions");
}

std::error_code last_error() {
  return {errno, std::generic_category()};
}

}  // namespace

OutputFolder::OutputFolder(const fs::path& path) : path_(path) {
  std::string name = path.string() + ".unfinished-XXXXXX";
  if (::mkdtemp(name.data()) == nullptr) check(last_error(), path_);
  unfinished_ = name;
  const mode_t mask = ::umask(0);
  ::umask(mask);
  ::chmod(name.c_str(), 0777 & ~mask);  // mkdtemp makes it private
}

OutputFolder::~OutputFolder() {
  std::error_code no_matter;
  if (!unfinished_.empty()) fs::remove_all(unfinished_, no_matter);
}

void OutputFolder::finish() {
  std::error_code problem;
  if (!fs::exists(path_, problem)) {
    fs::rename(unfinished_, path_, problem);
    check(problem, path_);
    unfinished_.clear();
    return;
  }
  for (const fs::directory_entry& entry : fs::directory_iterator(unfinished_)) {
    fs::rename(entry.path(), path_ / entry.path().filename(), problem);
    check(problem, path_);
  }
}

}  // namespace tokenwalk
