#include "chapters/01_tokenizer/published_vocabulary.h"

#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "chapters/01_tokenizer/utf8.h"
#include "lib/base/error.h"

namespace tokenwalk {
namespace {

// The id of each byte string that merging reads or gives. An added token counts where it is a word
// of the vocabulary too and no other word has its bytes.
std::unordered_map<std::string_view, int> word_ids(const TokenizerData& data) {
  std::vector<bool> added(data.vocab.size(), false);
  for (const AddedToken& token : data.added) added[static_cast<std::size_t>(token.id)] = true;
  std::unordered_map<std::string_view, int> ids;
  for (std::size_t id = 0; id < data.vocab.size(); ++id) {
    if (!added[id]) ids.emplace(data.vocab[id], static_cast<int>(id));
  }
  for (const AddedToken& token : data.added) {
    if (token.is_word) ids.emplace(token.text, token.id);
  }
  return ids;
}

std::vector<IdPair> merge_ids(const TokenizerData& data,
                              const std::unordered_map<std::string_view, int>& ids) {
  std::vector<IdPair> merges;
  for (const auto& [left, right] : data.merges) {
    const auto left_id = ids.find(left), right_id = ids.find(right);
    if (left_id == ids.end() || right_id == ids.end()) {
      throw Error(ErrorCode::kBadFile,
                  {data.source + " has a merge of unknown tokens",
                   to_text(left) + " " + to_text(right), "tokens of the vocabulary", ""});
    }
    merges.emplace_back(left_id->second, right_id->second);
  }
  return merges;
}

}  // namespace

// Added tokens stand for themselves in the plain tokenizer, but for those that merging may give.
Vocabulary vocabulary_of(const TokenizerData& data) {
  const auto ids = word_ids(data);
  Vocabulary vocabulary{data.vocab, merge_ids(data, ids), {}};
  std::unordered_set<int> merged;
  for (std::size_t i = 0; i < vocabulary.merges.size(); ++i) {
    const auto& [left, right] = data.merges[i];
    merged.insert({vocabulary.merges[i].first, vocabulary.merges[i].second});
    const auto whole = ids.find(left + right);
    if (whole != ids.end()) merged.insert(whole->second);
  }
  for (const AddedToken& token : data.added) {
    const bool is_byte = token.is_word && token.text.size() == 1;
    if (!is_byte && merged.count(token.id) == 0) vocabulary.specials.push_back(token.id);
  }
  return vocabulary;
}

}  // namespace tokenwalk
