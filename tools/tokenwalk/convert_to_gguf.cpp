#include "tools/tokenwalk/convert_to_gguf.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "lib/io/byte_alphabet.h"
#include "lib/io/describe.h"
#include "lib/io/gguf_names.h"
#include "lib/io/json_metadata.h"
#include "tools/tokenwalk/convert_rotary.h"

namespace tokenwalk {
namespace {

// Numbers of general.file_type and of tokenizer.ggml.token_type. Source: the enumerations
// LlamaFileType and TokenType of the Python package gguf.
constexpr std::uint32_t kAllF32 = 0, kMostlyQ8 = 7, kMostlyBF16 = 32;
constexpr std::int32_t kNormal = 1, kControl = 3, kUserDefined = 4, kUnused = 5;
constexpr std::uint32_t kQuantizationVersion = 2;

const std::string kTokenizer = "tokenizer.ggml.";

std::uint32_t u32(std::size_t number) {
  return static_cast<std::uint32_t>(number);
}

std::string architecture_of(const ConvertSource& source) {
  const std::string name = gguf_architecture_name(source.config.architecture);
  if (!name.empty()) return name;
  throw_bad_file(source.keys.source() + " cannot be written as GGUF", source.config.architecture,
                 "LlamaForCausalLM, Qwen2ForCausalLM or Qwen3ForCausalLM");
}

void add_shape(const ConvertSource& source, GgufKeys& keys) {
  const ModelConfig& c = source.config;
  const std::string prefix = architecture_of(source) + ".";
  const auto add = [&](const char* key, GgufValue value) {
    keys.emplace_back(prefix + key, value);
  };
  add("block_count", u32(c.n_layers));
  add("context_length", u32(c.context));
  add("embedding_length", u32(c.hidden));
  add("feed_forward_length", u32(c.intermediate));
  add("attention.head_count", u32(c.attention.n_heads));
  add("attention.head_count_kv", u32(c.attention.n_kv_heads));
  add("attention.key_length", u32(c.attention.head_dim));
  add("attention.value_length", u32(c.attention.head_dim));
  add("attention.layer_norm_rms_epsilon", c.rms_eps);
  add("rope.dimension_count", u32(c.attention.head_dim));
  add("rope.freq_base", static_cast<float>(c.rope_theta));
  add("vocab_size", u32(c.vocab));
  add_rotary_keys(source, architecture_of(source), keys);
}

// What llama.cpp calls the way to split. The name also stands for what the file does not say:
// whether text is normalised, and whether a piece that is a token stays whole.
std::string pre_name(const TokenizerData& t) {
  struct Name {
    const char* split;
    bool nfc, ignore_merges;
    const char* pre;
  };
  constexpr Name kNames[] = {{"gpt2", false, false, "gpt-2"},
                             {"smollm", false, false, "smollm"},
                             {"qwen2", true, false, "qwen2"},
                             {"llama3", false, true, "llama-bpe"}};
  const std::string split = split_name(t.split);
  for (const Name& name : kNames) {
    if (split == name.split && t.nfc == name.nfc && t.ignore_merges == name.ignore_merges) {
      return name.pre;
    }
  }
  throw_bad_file("the tokenizer of " + t.source + " cannot be written as GGUF",
                 "it splits text as " + split + (t.nfc ? ", with NFC" : "") +
                     (t.ignore_merges ? ", with ignore_merges" : ""),
                 "a way that has a name there: gpt2, smollm, qwen2 with NFC, or llama3 with "
                 "ignore_merges");
}

// Every token as GGUF writes it, and its type. A model with more rows than tokens gets unused ones.
void add_tokens(const TokenizerData& tokenizer, std::size_t vocab, GgufKeys& keys) {
  if (tokenizer.vocab.size() > vocab) {
    throw_bad_file(tokenizer.source + " has more tokens than the model",
                   std::to_string(tokenizer.vocab.size()), "at most " + std::to_string(vocab),
                   "tokenizer and model may be of different models");
  }
  std::vector<std::string> tokens;
  for (const std::string& bytes : tokenizer.vocab) tokens.push_back(alphabet_from_bytes(bytes));
  std::vector<std::int32_t> types(tokens.size(), kNormal);
  for (const AddedToken& token : tokenizer.added) {
    const auto id = static_cast<std::size_t>(token.id);
    tokens[id] = token.text;
    types[id] = token.special ? kControl : kUserDefined;
  }
  while (tokens.size() < vocab) tokens.push_back("[PAD" + std::to_string(tokens.size()) + "]");
  types.resize(vocab, kUnused);
  keys.emplace_back(kTokenizer + "tokens", std::move(tokens));
  keys.emplace_back(kTokenizer + "token_type", std::move(types));
}

void add_merges(const TokenizerData& tokenizer, GgufKeys& keys) {
  std::vector<std::string> merges;
  for (const auto& [left, right] : tokenizer.merges) {
    merges.push_back(alphabet_from_bytes(left) + " " + alphabet_from_bytes(right));
  }
  keys.emplace_back(kTokenizer + "merges", std::move(merges));
}

// The id of the text that tokenizer_config.json calls the end, -1 if it does not say.
int named_eos(const ConvertSource& source) {
  const auto path = source.path / "tokenizer_config.json";
  std::error_code no_matter;
  if (!std::filesystem::exists(path, no_matter)) return -1;
  const Metadata config = read_json_metadata(path);
  const std::string text = config.get_string(
      config.contains("eos_token.content") ? "eos_token.content" : "eos_token", "");
  for (const AddedToken& token : source.tokenizer->added) {
    if (token.text == text) return token.id;
  }
  return -1;
}

// GGUF has room for two ids that end a text. A model without a tokenizer has them too.
void add_eos(const ConvertSource& source, GgufKeys& keys) {
  std::vector<int> ids = source.tokenizer ? source.tokenizer->eos : source.config.eos_ids;
  if (ids.size() > 2) {
    throw_bad_file("a GGUF file cannot hold all ids that end a text of " + source.keys.source(),
                   std::to_string(ids.size()) + " ids", "at most 2",
                   "leave out those that the model never gives");
  }
  const int named = source.is_gguf || !source.tokenizer ? -1 : named_eos(source);
  std::stable_sort(ids.begin(), ids.end(), [&](int a, int b) { return a == named && b != named; });
  const char* key = "eos_token_id";
  for (const int id : ids) {
    keys.emplace_back(kTokenizer + key, u32(static_cast<std::size_t>(id)));
    key = "eot_token_id";
  }
}

void add_tokenizer(const ConvertSource& source, GgufKeys& keys) {
  const TokenizerData& t = *source.tokenizer;
  keys.emplace_back(kTokenizer + "model", std::string("gpt2"));
  keys.emplace_back(kTokenizer + "pre", pre_name(t));
  add_tokens(t, source.config.vocab, keys);
  add_merges(t, keys);
  if (t.bos >= 0)
    keys.emplace_back(kTokenizer + "bos_token_id", u32(static_cast<std::size_t>(t.bos)));
  const std::string pad = source.is_gguf ? kTokenizer + "padding_token_id" : "pad_token_id";
  const std::int64_t pad_id = source.keys.get_integer(pad, -1);
  if (pad_id >= 0) {
    keys.emplace_back(kTokenizer + "padding_token_id", u32(static_cast<std::size_t>(pad_id)));
  }
  keys.emplace_back(kTokenizer + "add_bos_token", t.add_bos);
  keys.emplace_back(kTokenizer + "add_eos_token", t.last >= 0);
  if (!t.chat_template.empty()) keys.emplace_back("tokenizer.chat_template", t.chat_template);
}

DType stored_type(const TensorToWrite& tensor, const std::string& precision) {
  if (tensor.shape.size() < 2 || precision == "f32") return DType::kF32;
  if (precision == "bf16") return DType::kBF16;
  return tensor.shape.back() % block_size(DType::kQ8_0) == 0 ? DType::kQ8_0 : DType::kF32;
}

}  // namespace

GgufKeys gguf_keys(const ConvertSource& source, const std::string& precision) {
  GgufKeys keys;
  keys.emplace_back("general.architecture", architecture_of(source));
  keys.emplace_back("general.name", source.path.stem().string());
  keys.emplace_back("general.file_type", precision == "f32"    ? kAllF32
                                         : precision == "bf16" ? kMostlyBF16
                                                               : kMostlyQ8);
  keys.emplace_back("general.quantization_version", kQuantizationVersion);
  add_shape(source, keys);
  if (source.tokenizer) add_tokenizer(source, keys);
  add_eos(source, keys);
  return keys;
}

std::vector<TensorToWrite> gguf_tensors(const ConvertSource& source, const std::string& precision) {
  std::vector<TensorToWrite> tensors;
  const std::size_t head_dim = source.config.attention.head_dim;
  for (TensorToWrite tensor : source.tensors) {
    // Old Llama checkpoints keep the rotary frequencies, which follow from the configuration.
    if (tensor.name.find("rotary_emb.inv_freq") != std::string::npos) continue;
    if (tensor.name == "lm_head.weight" && source.config.tied_head) continue;
    const std::string name = gguf_tensor_name(tensor.name);
    if (name.empty()) {
      throw_bad_file(source.path.string() + " has a tensor that GGUF has no name for",
                     quote(tensor.name), "the tensors of " + source.config.architecture);
    }
    if (is_interleaved(tensor.name, source.config.architecture)) {
      tensor = reorder_rows(std::move(tensor),
                            [head_dim](std::size_t row) { return hf_row(row, head_dim); });
    }
    tensor.name = name;
    tensor.dtype = stored_type(tensor, precision);
    tensors.push_back(std::move(tensor));
  }
  if (auto divisors = rotary_divisors(source)) tensors.push_back(std::move(*divisors));
  return tensors;
}

}  // namespace tokenwalk
