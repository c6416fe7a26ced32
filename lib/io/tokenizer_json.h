#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "lib/io/tokenizer_data.h"

namespace tokenwalk {

/// Reads a tokenizer.json of Hugging Face's tokenizers library: byte-level BPE, merges in the old
/// ("a b") or the new form (["a", "b"]). `chat_template` stays empty, it is in another file
/// (tokenizer_folder.h); `bos`, `add_bos`, `last` and `eos` are set where the file's post-processor
/// puts a token first or last. Errors (kBadFile): not readable, not JSON in UTF-8, another kind of
/// model, a part missing or of the wrong type, a way to normalise, split or surround text that is
/// not known (tokenizer_steps.h), and those of fill_vocabulary. Cost: a 2 MB file (GPT-2) takes
/// about 30 ms, an 11 MB file (Qwen3) about 150 ms.
TokenizerData read_tokenizer_json(const std::filesystem::path& path);

/// The same for text in memory; `source` names it in messages.
TokenizerData parse_tokenizer_json(std::string_view text, const std::string& source);

}  // namespace tokenwalk
