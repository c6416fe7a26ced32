#include "tools/tokenwalk/print_info.h"

#include <algorithm>
#include <iomanip>
#include <ostream>
#include <sstream>

#include "lib/io/describe.h"
#include "tools/tokenwalk/json_request.h"

namespace tokenwalk {
namespace {

constexpr const char* kCacheFormula = "2 x layers x kv_heads x head_dim x 4 bytes";

// 134515008 as 134,515,008.
std::string with_commas(std::size_t number) {
  std::string text = std::to_string(number);
  for (std::size_t at = text.size(); at > 3;) text.insert(at -= 3, ",");
  return text;
}

std::string counted_tensors(std::size_t count) {
  return with_commas(count) + (count == 1 ? " tensor" : " tensors");
}

// 12345678 as 11.8 MiB; small numbers as bytes.
std::string rounded_bytes(std::size_t bytes) {
  const char* unit = "bytes";
  double size = static_cast<double>(bytes);
  for (const char* larger : {"KiB", "MiB", "GiB", "TiB"}) {
    if (size < 1024) break;
    size /= 1024;
    unit = larger;
  }
  std::ostringstream text;
  text << std::setprecision(size < 1000 ? 3 : 4) << size << " " << unit;
  return text.str();
}

std::string number_text(double number) {
  std::ostringstream text;
  text << std::setprecision(10) << number;
  return text.str();
}

std::string shape_of(const StoredTensor& tensor) {
  return shape_text(tensor.shape);
}

std::size_t count_special(const TokenizerData& tokenizer) {
  return static_cast<std::size_t>(std::count_if(tokenizer.added.begin(), tokenizer.added.end(),
                                                [](const AddedToken& t) { return t.special; }));
}

std::size_t total_bytes(const TensorFile& file) {
  std::size_t bytes = 0;
  for (const StoredTensor& tensor : file.tensors()) bytes += tensor.bytes.size();
  return bytes;
}

// ---- the table -------------------------------------------------------------------------------

// One line: what it is, at a fixed width, and its value.
void line(std::ostream& out, const std::string& name, const std::string& value) {
  out << "  " << std::left << std::setw(15) << name << value << "\n";
}

void print_problem(std::ostream& out, const char* name, const ErrorParts& problem) {
  line(out, name, "cannot be used: " + problem.message);
  line(out, "", "found " + problem.found + ", expected " + problem.expected);
}

void print_config(std::ostream& out, const ModelConfig& c) {
  const AttentionShape& a = c.attention;
  line(out, "architecture", c.architecture);
  line(out, "layers", with_commas(c.n_layers));
  line(out, "hidden", with_commas(c.hidden) + ", feed-forward " + with_commas(c.intermediate));
  line(out, "heads",
       std::to_string(a.n_heads) + " query, " + std::to_string(a.n_kv_heads) + " key/value, " +
           std::to_string(a.head_dim) + " dimensions each");
  line(out, "vocabulary",
       with_commas(c.vocab) + (c.tied_head ? ", head tied to the embedding" : ", separate head"));
  line(out, "context",
       with_commas(c.context) + " positions, rotary base " + number_text(c.rope_theta));
}

void print_cache(std::ostream& out, const ModelConfig& c) {
  const std::size_t bytes = kv_bytes_per_position(c);
  line(out, "K/V cache", std::string(kCacheFormula) + " a position");
  line(out, "",
       "= 2 x " + std::to_string(c.n_layers) + " x " + std::to_string(c.attention.n_kv_heads) +
           " x " + std::to_string(c.attention.head_dim) + " x 4 = " + with_commas(bytes) +
           " bytes; " + rounded_bytes(bytes * c.context) + " for the whole context");
}

void print_weights(std::ostream& out, const ModelInfo& info) {
  const TensorFile& file = *info.weights;
  const std::size_t numbers = info.config ? count_parameters(*info.config) : total_elements(file);
  line(out, "parameters", with_commas(numbers));
  line(out, "precision", file.tensors().empty() ? "no tensors" : main_precision(file));
  for (const StoredType& type : stored_types(file)) {
    line(out, "stored",
         type.name + " in " + counted_tensors(type.tensors) + ", " + with_commas(type.bytes) +
             " bytes");
  }
  line(out, "bytes", with_commas(total_bytes(file)) + ", " + rounded_bytes(total_bytes(file)));
}

void print_tokenizer(std::ostream& out, const TokenizerData& t) {
  line(out, "tokenizer",
       "byte-level BPE, " + with_commas(t.vocab.size()) + " tokens, " +
           with_commas(t.merges.size()) + " merges, " + with_commas(count_special(t)) +
           " special tokens");
  line(out, "", "splits text as " + split_name(t.split) + (t.nfc ? ", in normal form NFC" : ""));
}

void print_keys(std::ostream& out, const Metadata& metadata) {
  if (metadata.values().empty()) return;
  out << "\nkeys\n";
  for (const auto& [key, value] : metadata.values()) {
    out << "  " << printable(key) << " = " << describe_value(value) << "\n";
  }
}

// Columns as wide as their longest entry.
void print_tensors(std::ostream& out, const TensorFile& file) {
  std::size_t name_width = 4, type_width = 4, shape_width = 5;
  for (const StoredTensor& t : file.tensors()) {
    name_width = std::max(name_width, printable(t.name).size());
    type_width = std::max(type_width, t.type_name.size());
    shape_width = std::max(shape_width, shape_of(t).size());
  }
  constexpr std::size_t kWidest = 80;
  const auto row = [&](const std::string& name, const std::string& type, const std::string& shape,
                       const std::string& bytes) {
    out << "  " << std::left << std::setw(static_cast<int>(std::min(name_width, kWidest))) << name
        << "  " << std::setw(static_cast<int>(type_width)) << type << "  "
        << std::setw(static_cast<int>(shape_width)) << shape << "  " << std::right << std::setw(13)
        << bytes << "\n";
  };
  out << "\n" << counted_tensors(file.tensors().size()) << "\n";
  row("name", "type", "shape", "bytes");
  for (const StoredTensor& t : file.tensors()) {
    row(printable(t.name), t.type_name, shape_of(t), with_commas(t.bytes.size()));
  }
}

// ---- JSON ------------------------------------------------------------------------------------

Json problem_json(const std::optional<ErrorParts>& problem) {
  if (!problem) return nullptr;
  return {{"message", problem->message},
          {"found", problem->found},
          {"expected", problem->expected},
          {"hint", problem->hint}};
}

Json config_json(const ModelInfo& info) {
  if (!info.config) return nullptr;
  const ModelConfig& c = *info.config;
  return {{"architecture", c.architecture},
          {"layers", c.n_layers},
          {"heads", c.attention.n_heads},
          {"kv_heads", c.attention.n_kv_heads},
          {"head_dim", c.attention.head_dim},
          {"hidden", c.hidden},
          {"intermediate", c.intermediate},
          {"vocab", c.vocab},
          {"context", c.context},
          {"rope_theta", c.rope_theta},
          {"tied_head", c.tied_head},
          {"parameters", count_parameters(c)}};
}

Json cache_json(const ModelInfo& info) {
  if (!info.config) return nullptr;
  const std::size_t bytes = kv_bytes_per_position(*info.config);
  return {{"formula", kCacheFormula},
          {"bytes_per_position", bytes},
          {"bytes_for_context", bytes * info.config->context}};
}

Json tokenizer_json(const ModelInfo& info) {
  if (!info.tokenizer) return nullptr;
  const TokenizerData& t = *info.tokenizer;
  return {{"kind", "byte-level BPE"},
          {"vocab", t.vocab.size()},
          {"merges", t.merges.size()},
          {"specials", count_special(t)},
          {"split", split_name(t.split)}};
}

void add_weights(const TensorFile& file, Json& json) {
  json["elements"] = total_elements(file);
  json["bytes"] = total_bytes(file);
  json["precision"] = main_precision(file);
  json["stored"] = Json::array();
  for (const StoredType& type : stored_types(file)) {
    json["stored"].push_back(
        {{"type", type.name}, {"tensors", type.tensors}, {"bytes", type.bytes}});
  }
  json["tensors"] = Json::array();
  for (const StoredTensor& t : file.tensors()) {
    json["tensors"].push_back({{"name", printable(t.name)},
                               {"type", t.type_name},
                               {"shape", t.shape},
                               {"bytes", t.bytes.size()}});
  }
}

}  // namespace

void print_info(std::ostream& out, const ModelInfo& info) {
  out << info.path << ": " << info.kind << "\n\n";
  if (info.config) print_config(out, *info.config);
  if (info.config_problem) print_problem(out, "model", *info.config_problem);
  if (info.weights) {
    print_weights(out, info);
  } else if (info.config) {
    line(out, "parameters", with_commas(count_parameters(*info.config)) + ", no weights here");
  }
  if (info.tokenizer) print_tokenizer(out, *info.tokenizer);
  if (info.tokenizer_problem) print_problem(out, "tokenizer", *info.tokenizer_problem);
  if (info.config) print_cache(out, *info.config);
  const bool shows_keys = !info.is_folder || info.config_problem;
  if (info.metadata && shows_keys) print_keys(out, *info.metadata);
  if (info.is_folder) return;
  if (info.weights && !info.weights->tensors().empty()) print_tensors(out, *info.weights);
}

void print_info_json(std::ostream& out, const ModelInfo& info) {
  Json json = {{"path", info.path},
               {"kind", info.kind},
               {"model", config_json(info)},
               {"model_problem", problem_json(info.config_problem)},
               {"tokenizer", tokenizer_json(info)},
               {"tokenizer_problem", problem_json(info.tokenizer_problem)},
               {"kv_cache", cache_json(info)}};
  if (info.weights) add_weights(*info.weights, json);
  if (info.metadata) {
    json["keys"] = Json::object();
    for (const auto& [key, value] : info.metadata->values()) {
      json["keys"][printable(key)] = describe_value(value);
    }
  }
  out << json.dump() << "\n";
}

}  // namespace tokenwalk
