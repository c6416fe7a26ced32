#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "lib/io/tokenizer_data.h"

namespace tokenwalk {

/// Reads a tokenizer.json of Hugging Face's tokenizers library: byte-level BPE, merges in the old
/// ("a b") or the new form (["a", "b"]). Ways to split or normalise text that are not known are no
/// error here: the data says "unsupported" and describes them. `bos`, `eos` and `chat_template`
/// stay empty, they are in other files (tokenizer_folder.h); `add_bos` and `bos` are set where the
/// file's post-processor puts a token first. Errors (kBadFile): not readable, not JSON in UTF-8,
/// another kind of model, a part missing or of the wrong type, and those of fill_vocabulary. Cost:
/// a 2 MB file (GPT-2) takes about 30 ms, an 11 MB file (Qwen3) about 150 ms.
TokenizerData read_tokenizer_json(const std::filesystem::path& path);

/// The same for text in memory; `source` names it in messages.
TokenizerData parse_tokenizer_json(std::string_view text, const std::string& source);

}  // namespace tokenwalk
