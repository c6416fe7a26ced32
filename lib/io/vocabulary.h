#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "lib/io/tokenizer_data.h"

namespace tokenwalk {

/// The tables of a tokenizer as a file writes them, before anything is checked.
struct VocabularyTables {
  std::vector<std::pair<std::string, std::uint64_t>> words;  // in the byte alphabet, with their ids
  std::vector<std::pair<std::string, std::string>> merges;   // in the byte alphabet, by rank
  std::vector<AddedToken> added;
};

/// Checks the tables against each other and fills `data.vocab`, `merges` and `added` from them.
/// Errors (kBadFile): the ids are not 0, 1, 2, ... without a hole, a word or id or merge is there
/// twice, a word has a character outside the byte alphabet and is no added token, a merge names or
/// makes a word that is not there, an added token is empty, not UTF-8, or has another id as a word.
void fill_vocabulary(VocabularyTables tables, TokenizerData& data);

}  // namespace tokenwalk
