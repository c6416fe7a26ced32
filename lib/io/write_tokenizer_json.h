#pragma once

#include <filesystem>

#include "lib/io/tokenizer_data.h"

namespace tokenwalk {

/// Writes a tokenizer.json that read_tokenizer_json and Hugging Face's library read back: the file
/// appears whole or not at all. A link is followed; a device or pipe is left alone. What belongs to
/// other files (bos, eos, chat template) is not written. Errors (kBadFile): not writable, something
/// there that is no file, or the added tokens cannot be told from the vocabulary's words.
void write_tokenizer_json(const std::filesystem::path& path, const TokenizerData& data);

}  // namespace tokenwalk
