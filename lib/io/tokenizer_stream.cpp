#include "lib/io/tokenizer_stream.h"

#include <utility>

#include "lib/io/describe.h"

namespace tokenwalk {

// An entry of the wrong kind in the table that is being read.
void TokenizerStream::fail_entry(const std::string& found) const {
  if (state_ == State::kVocab) {
    throw_bad_file(source() + " gives the word " + quote(word_) + " something that is no id", found,
                   "a whole number, 0 or more");
  }
  throw_bad_file(source() + " has a malformed merge, number " +
                     std::to_string(tables_.merges.size() - (state_ == State::kPair ? 1 : 0)),
                 found, "\"left right\" or [\"left\", \"right\"]");
}

// Values of this kind have no place in the tables.
void TokenizerStream::check_in_tree(const char* found) const {
  if (state_ != State::kTree) fail_entry(found);
}

// True where the value that begins now is the table of this name.
bool TokenizerStream::at_table(const char* name) const {
  return state_ == State::kTree && depth() == 2 && in_model_ && table_ == name;
}

bool TokenizerStream::null() {
  check_in_tree("null");
  return JsonTreeBuilder::null();
}

bool TokenizerStream::boolean(bool value) {
  check_in_tree("a truth value");
  return JsonTreeBuilder::boolean(value);
}

bool TokenizerStream::number_integer(number_integer_t value) {
  check_in_tree("a negative number");
  return JsonTreeBuilder::number_integer(value);
}

bool TokenizerStream::number_float(number_float_t value, const string_t& digits) {
  check_in_tree("a number that is not whole");
  return JsonTreeBuilder::number_float(value, digits);
}

bool TokenizerStream::number_unsigned(number_unsigned_t value) {
  if (state_ == State::kTree) return JsonTreeBuilder::number_unsigned(value);
  if (state_ != State::kVocab) fail_entry("a number");
  tables_.words.emplace_back(std::move(word_), value);
  return true;
}

bool TokenizerStream::string(string_t& value) {
  switch (state_) {
    case State::kTree:
      return JsonTreeBuilder::string(value);
    case State::kVocab:
      fail_entry("a string, " + quote(value));
    case State::kPair: {
      if (pair_size_ == 2) fail_entry("more than two words");
      auto& pair = tables_.merges.back();
      (pair_size_ == 0 ? pair.first : pair.second) = std::move(value);
      ++pair_size_;
      return true;
    }
    case State::kMerges:
      break;
  }
  // The older form: two words with a space between; neither holds one, the alphabet has none.
  const std::size_t space = value.find(' ');
  const bool is_pair = space != string_t::npos && space > 0 && space + 1 < value.size() &&
                       value.find(' ', space + 1) == string_t::npos;
  if (!is_pair) fail_entry("a string, " + quote(value));
  tables_.merges.emplace_back(value.substr(0, space), value.substr(space + 1));
  return true;
}

bool TokenizerStream::start_object(std::size_t size) {
  check_in_tree("an object");
  const bool is_vocab = at_table("vocab");
  JsonTreeBuilder::start_object(size);
  if (is_vocab) state_ = State::kVocab;
  return true;
}

// A word of the vocabulary, or a name in the tree. The names at the first two levels tell where the
// tables begin.
bool TokenizerStream::key(string_t& name) {
  if (state_ == State::kVocab) {
    word_ = std::move(name);
    return true;
  }
  if (depth() == 1) in_model_ = name == "model";
  if (depth() == 2) table_ = name;
  return JsonTreeBuilder::key(name);
}

bool TokenizerStream::end_object() {
  state_ = State::kTree;
  return JsonTreeBuilder::end_object();
}

bool TokenizerStream::start_array(std::size_t size) {
  if (state_ == State::kMerges) {  // a pair begins
    tables_.merges.emplace_back();
    pair_size_ = 0;
    state_ = State::kPair;
    return true;
  }
  check_in_tree("an array");
  const bool is_merges = at_table("merges");
  JsonTreeBuilder::start_array(size);
  if (is_merges) state_ = State::kMerges;
  return true;
}

bool TokenizerStream::end_array() {
  if (state_ == State::kPair) {  // a pair ends
    if (pair_size_ != 2) fail_entry(std::to_string(pair_size_) + " words");
    state_ = State::kMerges;
    return true;
  }
  state_ = State::kTree;
  return JsonTreeBuilder::end_array();
}

}  // namespace tokenwalk
