#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "chapters/01_tokenizer/bpe.h"

namespace tokenwalk {

/// A distinct piece of the training text.
struct Word {
  std::vector<int> ids;  ///< its tokens so far
  long count = 0;        ///< how often it occurs
};

/// How often each pair of neighbours occurs, over all words.
std::map<IdPair, long> count_pairs(const std::vector<Word>& words);

/// The most frequent pair; ties: the greatest pair of byte strings, left first
/// (assignment 1 of Stanford's CS336 fixes it so). counts must not be empty.
IdPair most_frequent_pair(const std::map<IdPair, long>& counts,
                          const std::vector<std::string>& tokens);

/// The ids before any merge: the specials in the order given, the 256 bytes in GPT-2's order
/// (printable ones first). Throws what train_bpe throws.
Vocabulary untrained_vocabulary(int vocab_size, const std::vector<std::string>& specials);

/// Learns a vocabulary of at most `vocab_size` ids from `text`; fewer if no pair is left.
/// Ids: those of untrained_vocabulary, then one for each merge. Specials in the text are cut out
/// first: nothing merges across them.
/// vocab_size < 256 + specials throws Error(kBadValue), so does an empty or doubled special.
/// Cost: (number of merges) x (size of the distinct words).
Vocabulary train_bpe(std::string_view text, int vocab_size,
                     const std::vector<std::string>& specials, Splitter splitter);

}  // namespace tokenwalk
