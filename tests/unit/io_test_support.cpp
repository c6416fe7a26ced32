#include "tests/unit/io_test_support.h"

#include <cstdlib>
#include <fstream>

namespace tokenwalk {

TempFolder::TempFolder() {
  std::string pattern = (std::filesystem::temp_directory_path() / "tokenwalk-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("cannot make " + pattern);
  path_ = pattern;
}

TempFolder::~TempFolder() {
  std::error_code no_matter;
  std::filesystem::remove_all(path_, no_matter);
}

std::filesystem::path TempFolder::write(const std::string& name, const std::string& bytes) const {
  const auto path = path_ / name;
  // A new file each time: some file systems wait for the disk when a file is cut and written again.
  std::filesystem::remove(path);
  std::ofstream(path, std::ios::binary) << bytes;
  return path;
}

namespace {

void expect_part(const char* name, const std::string& got, const std::string& wanted,
                 const Error& error) {
  EXPECT_NE(got.find(wanted), std::string::npos)
      << "the part \"" << name << "\" should contain: " << wanted
      << "\nthe whole message: " << error.what();
}

}  // namespace

void expect_bad_file(const std::function<void()>& call, const ErrorSays& says) {
  try {
    call();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kBadFile) << error.what();
    expect_part("message", error.parts().message, says.message, error);
    expect_part("found", error.parts().found, says.found, error);
    expect_part("expected", error.parts().expected, says.expected, error);
    expect_part("hint", error.parts().hint, says.hint, error);
    EXPECT_NE(error.parts().found, "") << error.what();
    EXPECT_NE(error.parts().expected, "") << error.what();
    return;
  }
  ADD_FAILURE() << "no Error was thrown; expected one that says: " << says.message;
}

std::string float_bytes(const std::vector<float>& values) {
  std::string bytes(values.size() * sizeof(float), '\0');
  if (!values.empty()) std::memcpy(bytes.data(), values.data(), bytes.size());
  return bytes;
}

std::string safetensors_bytes(const std::string& header, const std::string& data) {
  return bytes_of(std::uint64_t{header.size()}) + header + data;
}

std::string gguf_string(const std::string& text) {
  return bytes_of(std::uint64_t{text.size()}) + text;
}

GgufWriter& GgufWriter::key(const std::string& name, std::uint32_t type, const std::string& value) {
  keys_ += gguf_string(name) + bytes_of(type) + value;
  ++key_count_;
  return *this;
}

GgufWriter& GgufWriter::text(const std::string& name, const std::string& value) {
  return key(name, 8, gguf_string(value));
}

GgufWriter& GgufWriter::texts(const std::string& name, const std::vector<std::string>& values) {
  std::string list = bytes_of(std::uint32_t{8}) + bytes_of(std::uint64_t{values.size()});
  for (const std::string& value : values) list += gguf_string(value);
  return key(name, 9, list);
}

GgufWriter& GgufWriter::number(const std::string& name, std::uint32_t value) {
  return key(name, 4, bytes_of(value));
}

GgufWriter& GgufWriter::numbers(const std::string& name, const std::vector<std::int32_t>& values) {
  std::string list = bytes_of(std::uint32_t{5}) + bytes_of(std::uint64_t{values.size()});
  for (const std::int32_t value : values) list += bytes_of(value);
  return key(name, 9, list);
}

GgufWriter& GgufWriter::tensor(const std::string& name, const std::vector<std::uint64_t>& sizes,
                               std::uint32_t type, std::uint64_t offset) {
  tensors_ += gguf_string(name) + bytes_of(static_cast<std::uint32_t>(sizes.size()));
  for (const std::uint64_t size : sizes) tensors_ += bytes_of(size);
  tensors_ += bytes_of(type) + bytes_of(offset);
  ++tensor_count_;
  return *this;
}

GgufWriter& GgufWriter::data(const std::string& bytes) {
  data_ += bytes;
  return *this;
}

std::string GgufWriter::bytes(std::uint32_t version, int more_tensors, int more_keys) const {
  std::string file = "GGUF" + bytes_of(version);
  file += bytes_of(static_cast<std::uint64_t>(tensor_count_ + more_tensors));
  file += bytes_of(static_cast<std::uint64_t>(key_count_ + more_keys));
  file += keys_ + tensors_;
  if (data_.empty()) return file;
  file.resize((file.size() + 31) / 32 * 32, '\0');
  return file + data_;
}

std::string small_tokenizer_json(const std::vector<std::pair<std::string, std::string>>& edits) {
  std::string text = R"({
  "version": "1.0", "truncation": null, "padding": null,
  "added_tokens": [
    {"id": 6, "content": "<|end|>", "single_word": false, "lstrip": false, "rstrip": false,
     "normalized": false, "special": true}
  ],
  "normalizer": null,
  "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": false, "use_regex": true},
  "post_processor": null,
  "decoder": {"type": "ByteLevel"},
  "model": {
    "type": "BPE", "dropout": null, "unk_token": null, "ignore_merges": false,
    "vocab": {"a": 0, "b": 1, "c": 2, "Ġ": 3, "ab": 4, "abc": 5},
    "merges": ["a b", "ab c"]
  }
})";
  for (const auto& [from, to] : edits) {
    const std::size_t at = text.find(from);
    if (at == std::string::npos) throw std::runtime_error("no such text: " + from);
    text.replace(at, from.size(), to);
  }
  return text;
}

GgufWriter small_gguf_tokenizer(const std::string& pre) {
  GgufWriter writer;
  writer.text("tokenizer.ggml.model", "gpt2").text("tokenizer.ggml.pre", pre);
  writer.texts("tokenizer.ggml.tokens", {"a", "b", "c", "Ġ", "ab", "abc", "<|end|>", "<mark>"});
  writer.numbers("tokenizer.ggml.token_type", {1, 1, 1, 1, 1, 1, 3, 4});
  writer.texts("tokenizer.ggml.merges", {"a b", "ab c"});
  return writer;
}

}  // namespace tokenwalk
