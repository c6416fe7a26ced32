#include "chapters/01_tokenizer/bpe_fast.h"

#include <algorithm>
#include <queue>

#include "chapters/01_tokenizer/token_row.h"

namespace tokenwalk {
namespace {

// Pieces up to this size are merged by looking through all pairs at each step.
constexpr std::size_t kFew = 64;

// A pair that can be merged: the lowest rank first, then the leftmost.
struct Possible {
  std::uint32_t rank;
  std::size_t place;

  bool operator<(const Possible& other) const {  // for a heap, which has the greatest on top
    return rank != other.rank ? rank > other.rank : place > other.place;
  }
};

}  // namespace

// ---- building --------------------------------------------------------------------------------

FastBpe::FastBpe(const Tokenizer& tokenizer, const std::vector<bool>& whole) {
  index_tokens(tokenizer);
  index_merges(tokenizer);
  check_tokens(tokenizer);
  add_whole_tokens(tokenizer, whole);
}

// Of equal tokens the last one is the byte's and the first one a merge's, as in the plain class.
void FastBpe::index_tokens(const Tokenizer& tokenizer) {
  std::size_t long_size = 0;
  for (const std::string& bytes : tokenizer.vocabulary().tokens) {
    sizes_.push_back(static_cast<std::uint32_t>(bytes.size()));
    if (bytes.size() > ShortBytes::kMax) long_size += bytes.size();
  }
  long_bytes_.reserve(long_size);  // so that it never moves
  short_tokens_.reserve(sizes_.size());
  byte_ids_.fill(-1);
  for (int id = 0; id < tokenizer.size(); ++id) {
    const std::string& bytes = tokenizer.token(id);
    if (tokenizer.is_special(id) || bytes.empty()) continue;
    if (bytes.size() == 1) byte_ids_[static_cast<unsigned char>(bytes[0])] = id;
    if (Whole& entry = token_entry(bytes); entry.id < 0) entry.id = id;
  }
}

// The place of a token's bytes in the tables, made if it was not there.
FastBpe::Whole& FastBpe::token_entry(std::string_view bytes) {
  if (bytes.size() <= ShortBytes::kMax) return short_tokens_[ShortBytes(bytes)];
  if (Whole* known = long_tokens_.find(bytes); known != nullptr) return *known;
  const std::size_t start = long_bytes_.size();
  long_bytes_ += bytes;
  return long_tokens_[std::string_view(long_bytes_).substr(start)];
}

void FastBpe::index_merges(const Tokenizer& tokenizer) {
  ranks_.reserve(tokenizer.vocabulary().merges.size());
  for (const auto& [left, right] : tokenizer.vocabulary().merges) {
    const auto rank = static_cast<std::uint32_t>(merged_.size());
    merged_.push_back(token_entry(tokenizer.token(left) + tokenizer.token(right)).id);
    ranks_.add(PairKey(left, right), rank);
  }
  byte_ranks_.reserve(256 * 256);
  for (const int left : byte_ids_) {
    for (const int right : byte_ids_) {
      const bool known = left >= 0 && right >= 0;
      byte_ranks_.push_back(known ? ranks_.find(PairKey(left, right)) : PairRanks::kNone);
    }
  }
}

// Which tokens does merging make of their own bytes?
void FastBpe::check_tokens(const Tokenizer& tokenizer) {
  std::vector<int> merged;
  for (int id = 0; id < tokenizer.size(); ++id) {
    const std::string& bytes = tokenizer.token(id);
    if (tokenizer.is_special(id) || bytes.empty()) continue;
    merged.clear();
    merge(bytes, merged);
    if (merged.size() == 1) token_entry(bytes) = {merged[0], true};
  }
}

// Of equal ones the first counts.
void FastBpe::add_whole_tokens(const Tokenizer& tokenizer, const std::vector<bool>& whole) {
  for (std::size_t i = whole.size(); i-- > 0;) {
    const int id = static_cast<int>(i);
    if (whole[i] && !tokenizer.token(id).empty()) token_entry(tokenizer.token(id)) = {id, true};
  }
}

// ---- encoding --------------------------------------------------------------------------------

const FastBpe::Whole* FastBpe::find_token(std::string_view piece) const {
  if (piece.size() <= ShortBytes::kMax) return short_tokens_.find(ShortBytes(piece));
  return long_tokens_.find(piece);
}

void FastBpe::encode(std::string_view text, NextPiece next_piece, std::vector<int>& ids) const {
  while (!text.empty()) {
    const std::size_t size = next_piece(text);
    encode_piece(text.substr(0, size), ids);
    text.remove_prefix(size);
  }
}

void FastBpe::encode_piece(std::string_view piece, std::vector<int>& ids) const {
  const Whole* whole = find_token(piece);
  if (whole != nullptr && whole->exact) {
    ids.push_back(whole->id);
  } else {
    merge(piece, ids);
  }
}

void FastBpe::merge(std::string_view piece, std::vector<int>& ids) const {
  if (piece.size() <= kFew) return merge_few(piece, ids);
  merge_many(piece, ids);
}

void FastBpe::merge_few(std::string_view piece, std::vector<int>& ids) const {
  int row[kFew];
  std::uint32_t ranks[kFew];  // of the pair that begins here
  std::size_t n = 0;
  std::size_t before = 0;
  for (const char c : piece) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte_ids_[byte] < 0) continue;
    if (n > 0) ranks[n - 1] = byte_ranks_[256 * before + byte];
    row[n++] = byte_ids_[byte];
    before = byte;
  }

  while (n > 1) {
    const std::size_t at = static_cast<std::size_t>(std::min_element(ranks, ranks + n - 1) - ranks);
    if (ranks[at] == PairRanks::kNone) break;
    row[at] = merged_[ranks[at]];
    --n;
    std::copy(row + at + 2, row + n + 1, row + at + 1);
    std::copy(ranks + at + 1, ranks + n, ranks + at);
    if (at + 1 < n) ranks[at] = ranks_.find(PairKey(row[at], row[at + 1]));
    if (at > 0) ranks[at - 1] = ranks_.find(PairKey(row[at - 1], row[at]));
  }
  ids.insert(ids.end(), row, row + n);
}

void FastBpe::merge_many(std::string_view piece, std::vector<int>& ids) const {
  std::vector<int> bytes = {TokenRow::kFence};
  for (const char byte : piece) {
    const int id = byte_ids_[static_cast<unsigned char>(byte)];
    if (id >= 0) bytes.push_back(id);
  }
  bytes.push_back(TokenRow::kFence);
  TokenRow row(std::move(bytes));

  const auto size_at = [&](std::size_t place) {
    return sizes_[static_cast<std::size_t>(row.id(place))];
  };
  // The rank of the pair whose left token begins at `place`.
  const auto rank_at = [&](std::size_t place) {
    if (row.id(place) < 0) return PairRanks::kNone;
    const std::size_t right = place + size_at(place);
    if (right >= row.size() || row.id(right) < 0) return PairRanks::kNone;
    return ranks_.find(PairKey(row.id(place), row.id(right)));
  };
  std::vector<Possible> possible;
  for (std::size_t place = 1; place + 1 < row.size(); ++place) {
    if (rank_at(place) != PairRanks::kNone) possible.push_back({rank_at(place), place});
  }
  std::priority_queue<Possible> queue({}, std::move(possible));
  const auto add = [&](std::size_t place) {
    if (const std::uint32_t rank = rank_at(place); rank != PairRanks::kNone)
      queue.push({rank, place});
  };

  while (!queue.empty()) {
    const auto [rank, place] = queue.top();
    queue.pop();
    if (rank_at(place) != rank) continue;  // one of the two is part of another token by now
    const std::size_t right = place + size_at(place);
    row.merge(place, right, size_at(right), merged_[rank]);
    add(place);
    const int before = row.id_before(place);
    if (before >= 0) add(place - sizes_[static_cast<std::size_t>(before)]);
  }
  for (std::size_t place = 1; place + 1 < row.size(); place += size_at(place)) {
    ids.push_back(row.id(place));
  }
}

}  // namespace tokenwalk
