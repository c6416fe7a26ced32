#include "chapters/01_tokenizer/bpe.h"

#include <algorithm>

#include "lib/base/error.h"

namespace tokenwalk {
namespace {

// One number for a pair of ids, as a key.
std::uint64_t pair_key(int left, int right) {
  return (static_cast<std::uint64_t>(left) << 32) | static_cast<std::uint32_t>(right);
}

}  // namespace

// ---- building --------------------------------------------------------------------------------

Tokenizer::Tokenizer(Vocabulary vocabulary, Splitter splitter)
    : vocabulary_(std::move(vocabulary)), splitter_(splitter) {
  special_flags_.assign(vocabulary_.tokens.size(), false);
  std::fill(std::begin(special_starts_), std::end(special_starts_), false);
  for (const int id : vocabulary_.specials) {
    special_flags_[static_cast<std::size_t>(id)] = true;
    if (!token(id).empty()) special_starts_[static_cast<unsigned char>(token(id)[0])] = true;
  }
  index_bytes();
  index_merges();
}

void Tokenizer::index_bytes() {
  std::fill(std::begin(byte_ids_), std::end(byte_ids_), -1);
  for (int id = 0; id < size(); ++id) {
    const std::string& bytes = token(id);
    if (bytes.size() == 1 && !is_special(id)) byte_ids_[static_cast<unsigned char>(bytes[0])] = id;
  }
}

void Tokenizer::index_merges() {
  std::unordered_map<std::string_view, int> ids;
  for (int id = 0; id < size(); ++id) {
    if (!is_special(id)) ids.emplace(token(id), id);
  }
  for (std::size_t rank = 0; rank < vocabulary_.merges.size(); ++rank) {
    const auto [left, right] = vocabulary_.merges[rank];
    const auto merged = ids.find(token(left) + token(right));
    if (merged == ids.end()) {
      throw Error(ErrorCode::kBadFile, {"a merge gives no token",
                                        "merge " + std::to_string(rank) + " of ids " +
                                            std::to_string(left) + " and " + std::to_string(right),
                                        "every merged pair in the vocabulary", ""});
    }
    merges_.emplace(pair_key(left, right), Merge{static_cast<int>(rank), merged->second});
  }
}

// ---- encoding --------------------------------------------------------------------------------

//! [01-merge-pair]
std::vector<int> merge_pair(const std::vector<int>& ids, IdPair pair, int merged) {
  // BEGIN SOLUTION 01.2
  std::vector<int> result;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    const bool found = i + 1 < ids.size() && ids[i] == pair.first && ids[i + 1] == pair.second;
    result.push_back(found ? merged : ids[i]);
    if (found) ++i;  // the right half is used up
  }
  return result;
  // END SOLUTION
}
//! [01-merge-pair]

const Tokenizer::Merge* Tokenizer::find_merge(int left, int right) const {
  const auto merge = merges_.find(pair_key(left, right));
  return merge == merges_.end() ? nullptr : &merge->second;
}

std::vector<int> Tokenizer::byte_tokens(std::string_view piece) const {
  std::vector<int> ids;
  for (const char byte : piece) {
    const int id = byte_ids_[static_cast<unsigned char>(byte)];
    if (id >= 0) ids.push_back(id);  // some published vocabularies lack a byte: it is left out
  }
  return ids;
}

//! [01-encode-piece]
std::vector<int> Tokenizer::encode_piece(std::string_view piece) const {
  // BEGIN SOLUTION 01.3
  std::vector<int> ids = byte_tokens(piece);

  // Again and again: the neighbours that were merged earliest in training.
  while (true) {
    const Merge* best = nullptr;
    IdPair best_pair;
    for (std::size_t i = 0; i + 1 < ids.size(); ++i) {
      const Merge* merge = find_merge(ids[i], ids[i + 1]);
      if (merge == nullptr || (best != nullptr && merge->rank >= best->rank)) continue;
      best = merge;
      best_pair = {ids[i], ids[i + 1]};
    }
    if (best == nullptr) return ids;
    ids = merge_pair(ids, best_pair, best->merged);
  }
  // END SOLUTION
}
//! [01-encode-piece]

void Tokenizer::encode_ordinary(std::string_view text, std::vector<int>& ids) const {
  for (const std::string_view piece : splitter_(text)) {
    const std::vector<int> piece_ids = encode_piece(piece);
    ids.insert(ids.end(), piece_ids.begin(), piece_ids.end());
  }
}

// The id of the longest special token at the start of text, or -1.
int Tokenizer::special_at(std::string_view text) const {
  int best = -1;
  std::size_t best_size = 0;
  for (const int id : vocabulary_.specials) {
    const std::string& special = token(id);
    if (special.size() <= best_size || text.substr(0, special.size()) != special) continue;
    best = id;
    best_size = special.size();
  }
  return best;
}

//! [01-encode]
std::vector<int> Tokenizer::encode(std::string_view text, bool specials) const {
  std::vector<int> ids;
  std::size_t ordinary = 0;  // where the ordinary text began
  for (std::size_t i = 0; specials && i < text.size(); ++i) {
    if (!special_starts_[static_cast<unsigned char>(text[i])]) continue;
    const int special = special_at(text.substr(i));
    if (special < 0) continue;
    encode_ordinary(text.substr(ordinary, i - ordinary), ids);
    ids.push_back(special);
    ordinary = i + token(special).size();
    i = ordinary - 1;
  }
  encode_ordinary(text.substr(ordinary), ids);
  return ids;
}
//! [01-encode]

// ---- decoding --------------------------------------------------------------------------------

const std::string& Tokenizer::token(int id) const {
  if (id < 0 || id >= size()) {
    throw Error(ErrorCode::kBadValue, {"no such token", "id " + std::to_string(id),
                                       "an id from 0 to " + std::to_string(size() - 1), ""});
  }
  return vocabulary_.tokens[static_cast<std::size_t>(id)];
}

//! [01-decode]
std::string Tokenizer::decode(const std::vector<int>& ids) const {
  // BEGIN SOLUTION 01.4
  std::string bytes;
  for (const int id : ids) bytes += token(id);
  return bytes;
  // END SOLUTION
}
//! [01-decode]

}  // namespace tokenwalk
