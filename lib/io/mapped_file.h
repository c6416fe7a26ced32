#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

namespace tokenwalk {

/// A file mapped read-only into memory: its bytes are there without being copied, and the system
/// reads a page of it only when it is touched. Move-only; the bytes live as long as the object.
/// The file must not shrink meanwhile.
class MappedFile {
 public:
  /// Errors (kBadFile): no such file, not a regular file, not readable, empty.
  explicit MappedFile(const std::filesystem::path& path);
  ~MappedFile();
  MappedFile(MappedFile&& other) noexcept;
  MappedFile& operator=(MappedFile&& other) noexcept;
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  std::span<const std::byte> bytes() const { return {data_, size_}; }
  std::string_view text() const { return {reinterpret_cast<const char*>(data_), size_}; }

  /// The path as it was given, made printable, for messages.
  const std::string& path() const { return path_; }

 private:
  std::string path_;
  const std::byte* data_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace tokenwalk
