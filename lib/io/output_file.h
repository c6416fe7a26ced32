#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

namespace tokenwalk {

/// A file that appears under its name whole or not at all: it is written beside its place under a
/// temporary name, which finish() turns into the real one. Without finish() nothing is left. A link
/// is followed. Errors (kBadFile): there is something else than a file, the folder is missing or
/// may not be written to, the disk is full.
class OutputFile {
 public:
  explicit OutputFile(const std::filesystem::path& path);
  ~OutputFile();
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;

  void write(std::span<const std::byte> bytes);
  void write(std::string_view text) { write(std::as_bytes(std::span(text))); }

  /// A number, little-endian.
  template <typename T>
  void write_number(T value) {
    static_assert(std::is_arithmetic_v<T>);
    write(std::as_bytes(std::span(&value, 1)));
  }

  /// Zeros up to the next multiple of `alignment`.
  void pad(std::size_t alignment);

  /// Bytes written so far.
  std::uint64_t size() const { return size_; }

  /// Puts the file into its place, over a file of that name.
  void finish();

 private:
  [[noreturn]] void fail(int reason) const;

  std::filesystem::path path_;
  std::string unfinished_;
  std::FILE* file_ = nullptr;
  std::uint64_t size_ = 0;
};

/// Writes a whole text at once. Errors as above.
void write_text_file(const std::filesystem::path& path, std::string_view text);

}  // namespace tokenwalk
