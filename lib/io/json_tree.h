#pragma once

// For .cpp files of lib/io only: nlohmann_json takes seconds to compile.

#include <cstddef>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace tokenwalk {

/// Builds a JSON tree while nlohmann's parser reads the text, and refuses what a plain parse would
/// let through: more than 64 levels, more than a million values (a tree takes many times the
/// room of its text), and a key given twice in one object. tokenizer_json.cpp derives from it to
/// take the big tables out of the stream.
class JsonTreeBuilder : public nlohmann::json_sax<nlohmann::json> {
 public:
  /// `source` is what messages call the text, usually the file's path.
  explicit JsonTreeBuilder(std::string source) : source_(std::move(source)) {}

  /// Parses `text` into tree(). Errors (kBadFile) say where the text stops being JSON.
  void parse(std::string_view text);

  nlohmann::json& tree() { return tree_; }

  bool null() override { return put(nullptr); }
  bool boolean(bool value) override { return put(value); }
  bool number_integer(number_integer_t value) override { return put(value); }
  bool number_unsigned(number_unsigned_t value) override { return put(value); }
  bool number_float(number_float_t value, const string_t& digits) override;
  bool string(string_t& value) override { return put(std::move(value)); }
  bool binary(binary_t& value) override;
  bool start_object(std::size_t size) override;
  bool key(string_t& name) override;
  bool end_object() override;
  bool start_array(std::size_t size) override;
  bool end_array() override;
  bool parse_error(std::size_t position, const std::string& last_token,
                   const nlohmann::json::exception& problem) override;

 protected:
  const std::string& source() const { return source_; }

  /// How many objects and arrays are open.
  std::size_t depth() const { return open_.size(); }

 private:
  bool put(nlohmann::json value);
  bool open(nlohmann::json container);
  nlohmann::json* place(nlohmann::json value);

  std::string source_;
  nlohmann::json tree_;
  std::vector<nlohmann::json*> open_;      // the containers around the next value, outermost first
  std::size_t count_ = 0;                  // values in the tree
  nlohmann::json* next_member_ = nullptr;  // where the value of the last key goes
};

/// The tree of a whole JSON text, under the builder's rules.
nlohmann::json parse_json(std::string_view text, const std::string& source);

/// What kind of value this is and, if it is short, the value: `a string, "abc"`.
std::string json_text(const nlohmann::json& value);

}  // namespace tokenwalk
