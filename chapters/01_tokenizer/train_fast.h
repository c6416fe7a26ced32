#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "chapters/01_tokenizer/bpe.h"

namespace tokenwalk {

/// The vocabulary of train_bpe, made fast: counts change only where something merged, so the whole
/// training costs one pass over the text and n log n for n bytes of distinct pieces, also where one
/// piece is megabytes long. progress, if set, hears of each merge, and at last of done == all.
/// Memory: the distinct pieces, if next_piece_of knows the splitter; others give all at once.
/// Throws what train_bpe throws, and Error(kCapacity) for more than 4 GiB of distinct pieces.
Vocabulary train_bpe_fast(
    std::string_view text, int vocab_size, const std::vector<std::string>& specials,
    const Splitter& splitter,
    const std::function<void(std::size_t done, std::size_t all)>& progress = {});

}  // namespace tokenwalk
