#pragma once

#include <functional>
#include <string_view>
#include <vector>

namespace tokenwalk {

/// Cuts text into pieces before any merging; merges never cross a piece.
using Splitter = std::function<std::vector<std::string_view>(std::string_view)>;

/// The GPT-2 pattern, written by hand (Radford et al. 2019, file `encoder.py` of that release):
///     `'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`
/// text: UTF-8. The pieces in order are the whole text. Cost: linear.
std::vector<std::string_view> split_gpt2(std::string_view text);

/// No cutting: the whole text is one piece (none if it is empty).
std::vector<std::string_view> split_none(std::string_view text);

}  // namespace tokenwalk
