#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "lib/base/error.h"

namespace tokenwalk {

/// A folder of its own for one test, removed at its end.
class TempFolder {
 public:
  TempFolder();
  ~TempFolder();
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }

  /// Writes a file into the folder and returns its path.
  std::filesystem::path write(const std::string& name, const std::string& bytes) const;

 private:
  std::filesystem::path path_;
};

/// What an error message must contain, part by part; empty parts are not looked at.
struct ErrorSays {
  std::string message;
  std::string found;
  std::string expected;
  std::string hint;
};

/// Expects that `call` throws Error(kBadFile) whose parts contain `says`.
void expect_bad_file(const std::function<void()>& call, const ErrorSays& says);

/// The bytes of a number, little-endian.
template <typename T>
std::string bytes_of(T value) {
  std::string bytes(sizeof value, '\0');
  std::memcpy(bytes.data(), &value, sizeof value);
  return bytes;
}

/// The bytes of floats, one after the other.
std::string float_bytes(const std::vector<float>& values);

/// A safetensors file of this header and these data.
std::string safetensors_bytes(const std::string& header, const std::string& data);

/// A GGUF file, written piece by piece. The counts can be made to lie.
class GgufWriter {
 public:
  GgufWriter& key(const std::string& name, std::uint32_t type, const std::string& value);
  GgufWriter& text(const std::string& name, const std::string& value);
  GgufWriter& texts(const std::string& name, const std::vector<std::string>& values);
  GgufWriter& number(const std::string& name, std::uint32_t value);
  GgufWriter& numbers(const std::string& name, const std::vector<std::int32_t>& values);
  GgufWriter& tensor(const std::string& name, const std::vector<std::uint64_t>& sizes,
                     std::uint32_t type, std::uint64_t offset);
  GgufWriter& data(const std::string& bytes);

  std::string bytes(std::uint32_t version = 3, int more_tensors = 0, int more_keys = 0) const;

 private:
  std::string keys_;
  std::string tensors_;
  std::string data_;
  int key_count_ = 0;
  int tensor_count_ = 0;
};

/// A string as GGUF writes it.
std::string gguf_string(const std::string& text);

/// A small tokenizer.json: the words a b c ab abc and the space, merges a+b and ab+c, and the added
/// token <|end|>. `edits` are pairs of texts to replace.
std::string small_tokenizer_json(
    const std::vector<std::pair<std::string, std::string>>& edits = {});

/// The tokenizer above as GGUF keys.
GgufWriter small_gguf_tokenizer(const std::string& pre = "gpt-2");

}  // namespace tokenwalk
