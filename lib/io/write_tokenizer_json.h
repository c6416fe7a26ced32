#pragma once

#include <filesystem>

#include "lib/io/tokenizer_data.h"

namespace tokenwalk {

/// Writes a tokenizer.json that read_tokenizer_json and Hugging Face's library read back: the file
/// appears whole or not at all. `split` must be "gpt2", "smollm" or "none", `normalizer` "" or
/// "NFC" (CHECK). What belongs to other files (bos, eos, chat template) is not written. Errors
/// (kBadFile): not writable, or the added tokens cannot be told from the vocabulary's words.
/// A link is followed. What is there and no file, such as a pipe or a device, stays: an error.
void write_tokenizer_json(const std::filesystem::path& path, const TokenizerData& data);

}  // namespace tokenwalk
