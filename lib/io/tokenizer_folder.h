#pragma once

#include <filesystem>
#include <vector>

#include "lib/io/tokenizer_data.h"

namespace tokenwalk {

/// True if the folder has a tokenizer.json or a vocab.json: read_tokenizer_folder has something to
/// read.
bool has_tokenizer_files(const std::filesystem::path& folder);

/// The tokenizer of a model folder in Hugging Face's form: tokenizer.json (where there is none,
/// vocab.json and merges.txt: vocab_merges.h), and what its neighbours say, as far as they are
/// there: tokenizer_config.json (bos_token, add_bos_token, chat_template), chat_template.jinja
/// (goes before the former), and the ids that end a text (read_eos_ids). Errors (kBadFile): those
/// of read_tokenizer_json and read_vocab_merges, a neighbour that is not JSON, a value of the wrong
/// type, a BOS or EOS token that the tokenizer does not have.
TokenizerData read_tokenizer_folder(const std::filesystem::path& folder);

/// The ids that end a text, ascending, each once: the union of eos_token of tokenizer_config.json
/// and eos_token_id (a number or a list) of generation_config.json and config.json. Empty if no
/// file names one. `tokenizer` is asked for the id of eos_token.
std::vector<int> read_eos_ids(const std::filesystem::path& folder, const TokenizerData& tokenizer);

/// The part of them that needs no tokenizer: eos_token_id of the two files, ascending.
std::vector<int> read_model_eos_ids(const std::filesystem::path& folder);

}  // namespace tokenwalk
