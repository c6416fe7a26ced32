// Chapter 01 as operations.
#include <algorithm>

#include "chapters/01_tokenizer/bpe.h"
#include "chapters/01_tokenizer/split.h"
#include "chapters/01_tokenizer/train.h"
#include "tools/grading/worker/operations.h"

namespace tokenwalk::grading {
namespace {

Splitter splitter(const json& name) {
  return name == "gpt2" ? Splitter(split_gpt2) : Splitter(split_none);
}

json byte_list(const std::vector<std::string>& values) {
  json list = json::array();
  for (const std::string& value : values) list.push_back(bytes(value));
  return list;
}

std::vector<std::string> to_byte_list(const json& list) {
  std::vector<std::string> values;
  for (const json& value : list) values.push_back(to_bytes(value));
  return values;
}

// Id = byte for the first 256, then the merged tokens in order, then the special ones.
Tokenizer tokenizer(const json& args) {
  Vocabulary vocabulary;
  std::vector<std::string>& tokens = vocabulary.tokens;
  for (int byte = 0; byte < 256; ++byte) tokens.push_back(std::string(1, static_cast<char>(byte)));
  for (const json& merge : args.at("merges")) {
    const IdPair pair = {merge.at(0), merge.at(1)};
    vocabulary.merges.push_back(pair);
    const std::string merged = tokens.at(static_cast<std::size_t>(pair.first)) +
                               tokens.at(static_cast<std::size_t>(pair.second));
    if (std::find(tokens.begin(), tokens.end(), merged) == tokens.end()) tokens.push_back(merged);
  }
  for (const std::string& special : to_byte_list(args.at("specials"))) {
    vocabulary.specials.push_back(static_cast<int>(tokens.size()));
    tokens.push_back(special);
  }
  return Tokenizer(vocabulary, splitter(args.at("splitter")));
}

json split(const json& args) {
  const std::string text = to_bytes(args.at("text"));
  json pieces = json::array();
  for (const std::string_view piece : split_gpt2(text)) pieces.push_back(bytes(piece));
  return pieces;
}

json merge(const json& args) {
  const IdPair pair = {args.at("pair").at(0), args.at("pair").at(1)};
  return merge_pair(args.at("ids").get<std::vector<int>>(), pair, args.at("merged"));
}

json encode(const json& args) {
  return tokenizer(args).encode(to_bytes(args.at("text")));
}

json decode(const json& args) {
  return bytes(tokenizer(args).decode(args.at("ids").get<std::vector<int>>()));
}

json count(const json& args) {
  std::vector<Word> words;
  for (const json& word : args.at("words")) words.push_back({word.at("ids"), word.at("count")});
  json list = json::array();
  for (const auto& [pair, n] : count_pairs(words)) list.push_back({pair.first, pair.second, n});
  return list;
}

json most_frequent(const json& args) {
  std::map<IdPair, long> counts;
  for (const json& c : args.at("counts")) counts[{c.at(0), c.at(1)}] = c.at(2);
  const IdPair best = most_frequent_pair(counts, to_byte_list(args.at("tokens")));
  return {best.first, best.second};
}

json train(const json& args) {
  const Vocabulary vocabulary =
      train_bpe(to_bytes(args.at("text")), args.at("vocab_size"), to_byte_list(args.at("specials")),
                splitter(args.at("splitter")));
  return {{"tokens", byte_list(vocabulary.tokens)}, {"merges", vocabulary.merges}};
}

}  // namespace

const Operations& chapter_operations() {
  static const Operations operations = {
      {"split_gpt2", split}, {"merge_pair", merge},  {"encode", encode},
      {"decode", decode},    {"count_pairs", count}, {"most_frequent_pair", most_frequent},
      {"train_bpe", train}};
  return operations;
}

}  // namespace tokenwalk::grading
