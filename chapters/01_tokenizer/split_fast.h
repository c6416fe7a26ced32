#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "chapters/01_tokenizer/split.h"

namespace tokenwalk {

/// Length in bytes of the first piece of `text`, which is not empty. Where it ends does not depend
/// on what stood before, so a text is cut by asking again for the rest. Cost: linear in the piece,
/// and in the white space after it.
using NextPiece = std::size_t (*)(std::string_view text);

/// The pieces of split_gpt2, whatever the bytes.
std::size_t next_piece_gpt2(std::string_view text);

/// The pattern in the tokenizer.json of Qwen2, Qwen2.5 and Qwen3, with `\s` as White_Space:
///     `(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*`
///     `|\s*[\r\n]+|\s+(?!\S)|\s+`
/// An ill-formed part counts as one U+FFFD, as in split_gpt2.
std::size_t next_piece_qwen2(std::string_view text);

/// The pattern in the tokenizer.json of Llama 3: Qwen2's with `\p{N}{1,3}` in place of `\p{N}`.
std::size_t next_piece_llama3(std::string_view text);

/// All pieces, in order; together they are the text.
std::vector<std::string_view> split_by(NextPiece next_piece, std::string_view text);

/// The same two as splitters.
std::vector<std::string_view> split_qwen2(std::string_view text);
std::vector<std::string_view> split_llama3(std::string_view text);

/// What finds the pieces of split_gpt2, split_qwen2 or split_llama3 one by one; null for another
/// splitter.
NextPiece next_piece_of(const Splitter& splitter);

}  // namespace tokenwalk
