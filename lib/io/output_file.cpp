#include "lib/io/output_file.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "lib/io/describe.h"

namespace tokenwalk {
namespace {

// What a new file may be used for by whom, as the system's mask says. mkstemp makes it private.
mode_t usual_mode() {
  const mode_t mask = ::umask(0);
  ::umask(mask);
  return 0666 & ~mask;
}

// Where a link leads to. Whatever is there already must be a file: a rename would replace it.
std::filesystem::path place_of(const std::filesystem::path& path) {
  std::error_code no_matter;  // what cannot be looked at fails with a message when written
  std::filesystem::path place = std::filesystem::weakly_canonical(path, no_matter);
  if (place.empty()) place = path;
  const auto status = std::filesystem::symlink_status(place, no_matter);
  if (std::filesystem::exists(status) && !std::filesystem::is_regular_file(status)) {
    throw_bad_file("cannot write " + printable(path.string()),
                   "a folder, a device, a pipe or a link to nothing",
                   "a regular file, or nothing yet", "name another file");
  }
  return place;
}

}  // namespace

OutputFile::OutputFile(const std::filesystem::path& path)
    : path_(place_of(path)), unfinished_(path_.string() + ".unfinished-XXXXXX") {
  const int descriptor = ::mkstemp(unfinished_.data());
  if (descriptor < 0) {
    unfinished_.clear();
    fail(errno);
  }
  ::fchmod(descriptor, usual_mode());
  file_ = ::fdopen(descriptor, "wb");
  if (file_ == nullptr) fail(errno);
}

OutputFile::~OutputFile() {
  if (file_ != nullptr) std::fclose(file_);
  if (!unfinished_.empty()) ::unlink(unfinished_.c_str());
}

void OutputFile::fail(int reason) const {
  const bool full = reason == ENOSPC || reason == EDQUOT || reason == EFBIG;
  throw_bad_file("cannot write " + printable(path_.string()), std::strerror(reason),
                 "a folder that exists and may be written to, with room for the file",
                 full ? "nothing was kept; make room or write to another disk"
                      : "check the path and its permissions");
}

void OutputFile::write(std::span<const std::byte> bytes) {
  if (bytes.empty()) return;  // they may be nowhere, and fwrite wants a place
  errno = 0;
  if (std::fwrite(bytes.data(), 1, bytes.size(), file_) != bytes.size()) fail(errno);
  size_ += bytes.size();
}

void OutputFile::pad(std::size_t alignment) {
  while (size_ % alignment != 0) write_number(std::uint8_t{0});
}

void OutputFile::finish() {
  errno = 0;
  std::FILE* const file = file_;
  file_ = nullptr;
  if (std::fclose(file) != 0) fail(errno);
  if (std::rename(unfinished_.c_str(), path_.c_str()) != 0) fail(errno);
  unfinished_.clear();
}

void write_text_file(const std::filesystem::path& path, std::string_view text) {
  OutputFile file(path);
  file.write(text);
  file.finish();
}

}  // namespace tokenwalk
