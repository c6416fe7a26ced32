#include "tools/tokenwalk/print_info.h"

#include <algorithm>
#include <iomanip>
#include <ostream>
#include <sstream>

#include "lib/io/describe.h"
#include "lib/model/weight_files.h"

namespace tokenwalk {
namespace {

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

// One line: what it is, at a fixed width, and its value.
void line(std::ostream& out, const std::string& name, const std::string& value) {
  out << "  " << std::left << std::setw(15) << name << value << "\n";
}

void print_problem(std::ostream& out, const char* name, const std::optional<ErrorParts>& given) {
  if (!given) return;
  const ErrorParts& problem = *given;
  line(out, name, "cannot be used: " + problem.message);
  line(out, "", "found " + problem.found + ", expected " + problem.expected);
}

std::string rotary_text(const ModelConfig& c) {
  const RopeScaling& s = c.rope_scaling;
  const std::string text = "base " + number_text(c.rope_theta);
  switch (s.kind) {
    case RopeScaling::Kind::kDefault:
      return text + ", not scaled";
    case RopeScaling::Kind::kLinear:
    case RopeScaling::Kind::kDynamic:
      return text + ", " + rope_scaling_name(s) + " scaling by " + number_text(s.factor);
    case RopeScaling::Kind::kLlama3:
      return text + ", llama3 scaling by " + number_text(s.factor) + " from " +
             number_text(s.original_context) + " positions, factors " +
             number_text(s.low_freq_factor) + " and " + number_text(s.high_freq_factor);
    case RopeScaling::Kind::kDivisors:
      break;
  }
  const auto [least, most] = std::minmax_element(s.divisors.begin(), s.divisors.end());
  return text + ", divided by " + kRopeDivisors + ", " + number_text(*least) + " to " +
         number_text(*most);
}

std::string biases_text(const ModelConfig& c) {
  std::string text;
  const auto add = [&](bool has, const char* name) {
    if (has) text += (text.empty() ? "" : ", ") + std::string(name);
  };
  add(c.qkv_bias, "Q, K, V");
  add(c.o_bias, "O");
  add(c.mlp_bias, "gate, up, down");
  return text.empty() ? "none" : text;
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
  line(out, "context", with_commas(c.context) + " positions");
  line(out, "rotary", rotary_text(c));
  line(out, "biases", biases_text(c));
  line(out, "QK-norm", c.qk_norm ? "yes" : "no");
}

void print_cache(std::ostream& out, const ModelConfig& c, KvType type) {
  const std::size_t bytes = kv_bytes_per_position(c, type);
  line(out, "K/V cache", std::string(kCacheFormula) + " a position");
  line(out, "",
       "= 2 x " + std::to_string(c.n_layers) + " x " + std::to_string(c.attention.n_kv_heads) +
           " x " + std::to_string(c.attention.head_dim) + " x " +
           std::to_string(kv_type_bytes(type)) + " = " + with_commas(bytes) + " bytes; " +
           rounded_bytes(bytes * c.context) + " for the whole context");
}

void print_weights(std::ostream& out, const ModelInfo& info) {
  const TensorFile& file = *info.weights;
  const std::size_t numbers = info.config ? count_parameters(*info.config) : total_elements(file);
  line(out, "parameters", with_commas(numbers));
  line(out, "precision",
       file.tensors().empty()
           ? "no tensors"
           : main_precision(file) + " stored, " +
                 std::string(weight_format_name(run_precision(file))) + " when run");
  for (const StoredType& type : stored_types(file)) {
    line(out, "stored",
         type.name + " in " + counted_tensors(type.tensors) + ", " + with_commas(type.bytes) +
             " bytes");
  }
  line(out, "bytes", with_commas(total_bytes(file)) + ", " + rounded_bytes(total_bytes(file)));
  if (!info.unused.empty()) line(out, "not used", "tensors, " + list_names(info.unused));
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

}  // namespace

void print_info(std::ostream& out, const ModelInfo& info) {
  out << info.path << ": " << info.kind << "\n\n";
  if (info.config) print_config(out, *info.config);
  print_problem(out, "model", info.config_problem);
  print_problem(out, "weights", info.weights_problem);
  if (info.weights) {
    print_weights(out, info);
  } else if (info.config) {
    line(out, "parameters", with_commas(count_parameters(*info.config)) + ", no weights here");
  }
  if (info.tokenizer) print_tokenizer(out, *info.tokenizer);
  print_problem(out, "tokenizer", info.tokenizer_problem);
  if (info.config) print_cache(out, *info.config, run_kv_type(info));
  const bool shows_keys = !info.is_folder || info.config_problem;
  if (info.metadata && shows_keys) print_keys(out, *info.metadata);
  if (info.is_folder) return;
  if (info.weights && !info.weights->tensors().empty()) print_tensors(out, *info.weights);
}

}  // namespace tokenwalk
