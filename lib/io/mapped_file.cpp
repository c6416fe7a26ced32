#include "lib/io/mapped_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <bit>
#include <cerrno>
#include <cstring>
#include <utility>

#include "lib/io/describe.h"

namespace tokenwalk {
namespace {

// Every number in a model file is little-endian and is copied out as it stands.
static_assert(std::endian::native == std::endian::little);

// Closes the descriptor on every way out; a mapping stays without it.
class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int number() const { return number_; }

 private:
  int number_;
};

[[noreturn]] void fail_to_read(const std::string& path, int reason) {
  const bool missing = reason == ENOENT || reason == ENOTDIR;
  throw_bad_file("cannot read " + printable(path), std::strerror(reason), "a readable file",
                 missing ? "check the path; it is taken from the current folder" : "");
}

// Size of the regular file at `path`. Asked before opening: opening a pipe would wait for a writer.
std::size_t checked_size(const std::string& path) {
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) fail_to_read(path, errno);
  if (S_ISDIR(info.st_mode)) {
    throw_bad_file("cannot read " + printable(path), "a folder", "a file",
                   "name a file inside the folder");
  }
  if (!S_ISREG(info.st_mode)) {
    throw_bad_file("cannot read " + printable(path), "a device or a pipe", "a regular file");
  }
  if (info.st_size == 0) {
    throw_bad_file("the file " + printable(path) + " is empty", "0 bytes", "at least one byte",
                   "it may be an unfinished download");
  }
  return static_cast<std::size_t>(info.st_size);
}

}  // namespace

MappedFile::MappedFile(const std::filesystem::path& path) : path_(printable(path.string())) {
  const std::size_t size = checked_size(path.string());
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.number() < 0) fail_to_read(path.string(), errno);
  void* const address = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file.number(), 0);
  if (address == MAP_FAILED) fail_to_read(path.string(), errno);
  data_ = static_cast<const std::byte*>(address);
  size_ = size;
}

MappedFile::~MappedFile() {
  if (data_ != nullptr) ::munmap(const_cast<std::byte*>(data_), size_);
}

MappedFile::MappedFile(MappedFile&& other) noexcept
    : path_(std::move(other.path_)),
      data_(std::exchange(other.data_, nullptr)),
      size_(std::exchange(other.size_, 0)) {}

MappedFile& MappedFile::operator=(MappedFile&& other) noexcept {
  std::swap(path_, other.path_);
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  return *this;
}

}  // namespace tokenwalk
