#pragma once

#include <filesystem>

#include "lib/io/tokenizer_data.h"

namespace tokenwalk {

/// The tokenizer of a folder in the older form of GPT-2, which CS336's assignments also write:
///   vocab.json  {"word": id, ...} in the byte alphabet
///   merges.txt  a merge a line, "left right"; a first line "#version: ..." and empty lines are
///               skipped
/// Text is cut by GPT-2's pattern. Words of more than one byte that no merge makes, such as
/// <|endoftext|>, are added tokens, special ones. Errors (kBadFile): a file missing or malformed,
/// and those of fill_vocabulary.
TokenizerData read_vocab_merges(const std::filesystem::path& folder);

}  // namespace tokenwalk
