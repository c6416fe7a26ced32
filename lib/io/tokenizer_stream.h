#pragma once

// For .cpp files of lib/io only, like json_tree.h.

#include <string>

#include "lib/io/json_tree.h"
#include "lib/io/vocabulary.h"

namespace tokenwalk {

/// Reads a tokenizer.json: "vocab" and "merges" of "model", which may be ten megabytes, go straight
/// into tables; everything else becomes the tree, where the two are left empty.
class TokenizerStream : public JsonTreeBuilder {
 public:
  using JsonTreeBuilder::JsonTreeBuilder;

  VocabularyTables& tables() { return tables_; }

  bool null() override;
  bool boolean(bool value) override;
  bool number_integer(number_integer_t value) override;
  bool number_unsigned(number_unsigned_t value) override;
  bool number_float(number_float_t value, const string_t& digits) override;
  bool string(string_t& value) override;
  bool start_object(std::size_t size) override;
  bool key(string_t& name) override;
  bool end_object() override;
  bool start_array(std::size_t size) override;
  bool end_array() override;

 private:
  enum class State { kTree, kVocab, kMerges, kPair };

  [[noreturn]] void fail_entry(const std::string& found) const;
  void check_in_tree(const char* found) const;
  bool at_table(const char* name) const;

  State state_ = State::kTree;
  bool in_model_ = false;  // the last key of the outermost object is "model"
  std::string table_;      // the last key inside "model"
  std::string word_;       // the key whose id comes next
  int pair_size_ = 0;
  VocabularyTables tables_;
};

}  // namespace tokenwalk
