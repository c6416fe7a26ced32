#include "chapters/01_tokenizer/train_fast.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <queue>
#include <unordered_map>
#include <utility>

#include "chapters/01_tokenizer/flat_map.h"
#include "chapters/01_tokenizer/split_fast.h"
#include "chapters/01_tokenizer/token_row.h"
#include "chapters/01_tokenizer/train.h"
#include "lib/base/error.h"

namespace tokenwalk {
namespace {

using Place = std::uint32_t;  // in the row of all words

// ---- the distinct pieces ---------------------------------------------------------------------

using WordCounts = FlatMap<std::string_view, long, StringHash>;

void count_pieces(std::string_view text, const Splitter& splitter, WordCounts& counts) {
  const NextPiece next_piece = next_piece_of(splitter);
  if (next_piece == nullptr) {
    for (const std::string_view piece : splitter(text)) ++counts[piece];
    return;
  }
  while (!text.empty()) {
    const std::string_view piece = text.substr(0, next_piece(text));
    ++counts[piece];
    text.remove_prefix(piece.size());
  }
}

// Counts what lies between special tokens; the longest special wins where several match.
WordCounts count_words(std::string_view text, std::vector<std::string> specials,
                       const Splitter& splitter) {
  std::stable_sort(specials.begin(), specials.end(),
                   [](const auto& a, const auto& b) { return a.size() > b.size(); });
  bool starts[256] = {};
  for (const std::string& special : specials) starts[static_cast<unsigned char>(special[0])] = true;

  WordCounts counts;
  std::size_t start = 0;
  for (std::size_t i = 0; i < text.size() && !specials.empty(); ++i) {
    if (!starts[static_cast<unsigned char>(text[i])]) continue;
    const auto special = std::find_if(
        specials.begin(), specials.end(),
        [&](const std::string& each) { return text.compare(i, each.size(), each) == 0; });
    if (special == specials.end()) continue;
    count_pieces(text.substr(start, i - start), splitter, counts);
    start = i + special->size();
    i = start - 1;
  }
  count_pieces(text.substr(start), splitter, counts);
  return counts;
}

// ---- merging ---------------------------------------------------------------------------------

// What is known of two neighbouring tokens.
struct PairCount {
  long count = 0;             // in the text
  bool raised = false;        // by the merge under way
  std::vector<Place> places;  // where it began once; it may be gone from some
};

// A pair with the count it had when it was put into the queue.
struct Candidate {
  long count;
  PairKey pair;
};

// The trainer's state: all distinct words in one row, and the pairs in it.
class Trainer {
 public:
  Trainer(Vocabulary& vocabulary, const WordCounts& words);

  /// Merges the most frequent pair everywhere; false if there is none.
  bool step();

 private:
  using Tokens = std::vector<std::string>;

  // Less frequent, or as frequent and of smaller bytes: the rule of most_frequent_pair.
  struct Less {
    const Tokens* tokens;
    bool operator()(const Candidate& a, const Candidate& b) const {
      if (a.count != b.count) return a.count < b.count;
      const auto token = [&](int id) -> const std::string& {
        return (*tokens)[static_cast<std::size_t>(id)];
      };
      const int left = token(a.pair.left()).compare(token(b.pair.left()));
      return left != 0 ? left < 0 : token(a.pair.right()) < token(b.pair.right());
    }
  };

  std::vector<int> lay_out(const WordCounts& words);
  void count_first_pairs();
  PairKey pop_most_frequent();
  int add_token(PairKey pair);
  void merge_at(Place place, PairKey pair, int merged);
  void raise(PairKey pair, long count, Place place);
  std::size_t size_of(int id) const { return tokens_[static_cast<std::size_t>(id)].size(); }

  Vocabulary& vocabulary_;
  Tokens& tokens_;
  std::unordered_map<std::string, int> ids_;  // of the ordinary tokens
  std::vector<long> word_counts_;
  std::vector<std::uint32_t> words_;  // by place
  TokenRow row_;
  FlatMap<PairKey, PairCount, PairHash> pairs_;
  std::vector<PairKey> raised_;
  std::priority_queue<Candidate, std::vector<Candidate>, Less> queue_;
};

Trainer::Trainer(Vocabulary& vocabulary, const WordCounts& words)
    : vocabulary_(vocabulary),
      tokens_(vocabulary.tokens),
      row_(lay_out(words)),
      queue_(Less{&tokens_}) {
  count_first_pairs();
}

// The ids of the row: the words' bytes, with fences around them.
std::vector<int> Trainer::lay_out(const WordCounts& words) {
  for (std::size_t id = vocabulary_.specials.size(); id < tokens_.size(); ++id) {
    ids_.emplace(tokens_[id], static_cast<int>(id));
  }
  int byte_ids[256];
  for (int byte = 0; byte < 256; ++byte) {
    byte_ids[byte] = ids_.at(std::string(1, static_cast<char>(byte)));
  }
  std::size_t size = 1;
  words.for_each([&](std::string_view word, long) { size += word.size() + 1; });
  if (size > std::numeric_limits<Place>::max()) {
    throw Error(ErrorCode::kCapacity,
                {"too much text to learn from", std::to_string(size) + " bytes of distinct pieces",
                 "less than 4 GiB of them", "train on a part of the text"});
  }
  std::vector<int> ids = {TokenRow::kFence};
  ids.reserve(size);
  words_.reserve(size);
  words_.push_back(0);
  words.for_each([&](std::string_view word, long count) {
    for (const char byte : word) ids.push_back(byte_ids[static_cast<unsigned char>(byte)]);
    ids.push_back(TokenRow::kFence);
    words_.resize(ids.size(), static_cast<std::uint32_t>(word_counts_.size()));
    word_counts_.push_back(count);
  });
  return ids;
}

void Trainer::count_first_pairs() {
  for (Place place = 1; place + 1 < row_.size(); ++place) {
    if (row_.id(place) < 0 || row_.id(place + 1) < 0) continue;
    PairCount& pair = pairs_[PairKey(row_.id(place), row_.id(place + 1))];
    pair.count += word_counts_[words_[place]];
    pair.places.push_back(place);
  }
  pairs_.for_each([&](PairKey key, const PairCount& pair) { queue_.push({pair.count, key}); });
}

// For every pair there is a candidate with at least its count: one that has too much goes back.
PairKey Trainer::pop_most_frequent() {
  while (!queue_.empty()) {
    const Candidate best = queue_.top();
    queue_.pop();
    const long count = pairs_.find(best.pair)->count;
    if (count == best.count) return best.pair;
    if (count > 0 && count < best.count) queue_.push({count, best.pair});
  }
  return PairKey();
}

// The id of the merged pair: a new one, or the token that has these bytes already.
int Trainer::add_token(PairKey pair) {
  vocabulary_.merges.emplace_back(pair.left(), pair.right());
  const std::string bytes = tokens_[static_cast<std::size_t>(pair.left())] +
                            tokens_[static_cast<std::size_t>(pair.right())];
  const auto [known, is_new] = ids_.emplace(bytes, static_cast<int>(tokens_.size()));
  if (is_new) tokens_.push_back(bytes);
  return known->second;
}

bool Trainer::step() {
  const PairKey pair = pop_most_frequent();
  if (pair == PairKey()) return false;
  const int merged = add_token(pair);
  std::vector<Place> places = std::move(pairs_[pair].places);
  // Only equal halves overlap, as in a a a: then the order counts.
  if (pair.left() == pair.right()) std::sort(places.begin(), places.end());
  for (const Place place : places) merge_at(place, pair, merged);

  PairCount& done = pairs_[pair];
  done.count = 0;
  done.places.clear();
  for (const PairKey key : raised_) {
    PairCount& raised = pairs_[key];
    raised.raised = false;
    if (raised.count > 0) queue_.push({raised.count, key});
  }
  raised_.clear();
  return true;
}

// x L R y becomes x M y, if L R is still there.
void Trainer::merge_at(Place place, PairKey pair, int merged) {
  if (row_.id(place) != pair.left()) return;
  const std::size_t right = place + size_of(pair.left());
  if (row_.id(right) != pair.right()) return;

  const long count = word_counts_[words_[place]];
  const int before = row_.id_before(place);
  const int after = row_.id(right + size_of(pair.right()));
  row_.merge(place, right, size_of(pair.right()), merged);
  if (before >= 0) {
    pairs_[PairKey(before, pair.left())].count -= count;
    raise(PairKey(before, merged), count, place - static_cast<Place>(size_of(before)));
  }
  if (after >= 0) {
    pairs_[PairKey(pair.right(), after)].count -= count;
    raise(PairKey(merged, after), count, place);
  }
}

void Trainer::raise(PairKey key, long count, Place place) {
  PairCount& pair = pairs_[key];
  pair.count += count;
  pair.places.push_back(place);
  if (!pair.raised) raised_.push_back(key);
  pair.raised = true;
}

}  // namespace

Vocabulary train_bpe_fast(std::string_view text, int vocab_size,
                          const std::vector<std::string>& specials, const Splitter& splitter,
                          const std::function<void(std::size_t, std::size_t)>& progress) {
  Vocabulary vocabulary = untrained_vocabulary(vocab_size, specials);
  const std::size_t first = vocabulary.tokens.size();
  const auto all = static_cast<std::size_t>(vocab_size);
  Trainer trainer(vocabulary, count_words(text, specials, splitter));
  while (vocabulary.tokens.size() < all && trainer.step()) {
    if (progress) progress(vocabulary.tokens.size() - first, all - first);
  }
  if (progress && vocabulary.tokens.size() < all) progress(all - first, all - first);
  return vocabulary;
}

}  // namespace tokenwalk
