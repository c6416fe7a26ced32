#pragma once

#include "chapters/01_tokenizer/bpe.h"
#include "lib/io/tokenizer_data.h"

namespace tokenwalk {

/// What the plain tokenizer knows of a published one: its tokens, the merges as ids, and as
/// specials those added tokens that no merge gives. Throws Error(kBadFile) for a merge of unknown
/// tokens.
Vocabulary vocabulary_of(const TokenizerData& data);

}  // namespace tokenwalk
