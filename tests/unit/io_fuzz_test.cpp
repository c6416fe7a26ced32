// Damaged files: cut, with bytes changed, with absurd numbers written over their fields. A reader
// must either load them or throw an Error; a crash, a hang or any other exception fails the test.

#include <cctype>
#include <cstdlib>
#include <functional>
#include <iterator>

#include "lib/base/rng.h"
#include "lib/io/gguf.h"
#include "lib/io/gguf_tokenizer.h"
#include "lib/io/json_metadata.h"
#include "lib/io/safetensors.h"
#include "lib/io/tokenizer_json.h"
#include "lib/io/vocab_merges.h"
#include "lib/io/widen.h"
#include "tests/unit/io_test_support.h"

namespace tokenwalk {
namespace {

constexpr std::uint64_t kSeed = 20240229;

// Numbers at which checks go wrong.
constexpr std::uint64_t kAbsurd[] = {
    0,          1,          2,          0x7F,       0xFF,
    0xFFFF,     0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 1ull << 32,
    1ull << 60, 1ull << 62, 1ull << 63, UINT64_MAX, UINT64_MAX - 7};

// Random choices that are the same on every machine.
class Chooser {
 public:
  explicit Chooser(std::uint32_t stream) : stream_(stream) {}

  std::size_t below(std::size_t n) {
    return static_cast<std::size_t>(uniform_draw(kSeed, stream_, drawn_++) *
                                    static_cast<double>(n));
  }

 private:
  std::uint32_t stream_;
  std::uint64_t drawn_ = 0;
};

std::string mutate(std::string bytes, Chooser& choose) {
  const std::size_t changes = 1 + choose.below(3);
  for (std::size_t i = 0; i < changes && !bytes.empty(); ++i) {
    const std::size_t at = choose.below(bytes.size());
    switch (choose.below(6)) {
      case 0:
        bytes.resize(at + 1);
        break;
      case 1:
        bytes[at] = static_cast<char>(bytes[at] ^ (1 << choose.below(8)));
        break;
      case 2:
        bytes[at] = static_cast<char>(choose.below(256));
        break;
      case 3:
        bytes.erase(at, 1 + choose.below(8));
        break;
      case 4:
        bytes.insert(at, bytes.substr(choose.below(bytes.size()), choose.below(24)));
        break;
      default: {
        // A field of four or eight bytes, or digits of text, becomes an absurd number.
        const std::uint64_t number = kAbsurd[choose.below(std::size(kAbsurd))];
        const std::size_t size = choose.below(2) == 0 ? 4 : 8;
        const bool as_text =
            choose.below(2) == 0 && std::isdigit(static_cast<unsigned char>(bytes[at]));
        bytes.replace(at, as_text ? 1 : size,
                      as_text ? std::to_string(number) : bytes_of(number).substr(0, size));
      }
    }
  }
  return bytes;
}

// How many damaged files each test makes; TOKENWALK_FUZZ asks for more.
int mutation_count() {
  const char* asked = std::getenv("TOKENWALK_FUZZ");
  return asked == nullptr ? 4000 : std::atoi(asked);
}

// Feeds damaged versions of `good` to `read`, which must load them or throw an Error.
void fuzz(std::uint32_t stream, const std::string& good,
          const std::function<void(const std::string&)>& read) {
  EXPECT_NO_THROW(read(good)) << "the file itself must load";
  Chooser choose(stream);
  const int count = mutation_count();
  int refused = 0;
  for (int i = 0; i < count; ++i) {
    const std::string bad = mutate(good, choose);
    try {
      read(bad);
    } catch (const Error& error) {
      ++refused;
      EXPECT_NE(error.parts().message, "") << "mutation " << i;
    } catch (const std::exception& other) {
      ADD_FAILURE() << "mutation " << i << " threw something else: " << other.what();
    }
  }
  EXPECT_GT(refused, count / 10) << "so few were refused that the damage tests nothing";
}

// Reads all that can be read, so that a wrong place or size is touched.
void touch(const TensorFile& file) {
  for (const StoredTensor& tensor : file.tensors()) {
    if (tensor.dtype != DType::kOther) widen(tensor);
  }
}

TEST(Fuzz, Safetensors) {
  const TempFolder folder;
  const std::string header =
      R"({"__metadata__": {"format": "pt"}, "a": {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]}, )"
      R"("b": {"dtype": "BF16", "shape": [4], "data_offsets": [24, 32]}, )"
      R"("c": {"dtype": "I64", "shape": [1], "data_offsets": [32, 40]}})";
  const std::string good = safetensors_bytes(header, std::string(40, '\x3c'));
  fuzz(1, good, [&](const std::string& bytes) {
    touch(SafetensorsFile(folder.write("m.safetensors", bytes)));
  });
}

TEST(Fuzz, Gguf) {
  const TempFolder folder;
  GgufWriter writer = small_gguf_tokenizer();
  writer.number("general.alignment", 32).number("tokenizer.ggml.eos_token_id", 6);
  writer.tensor("a", {32, 2}, 8, 0).tensor("b", {32}, 3, 96).tensor("c", {4, 2}, 0, 128);
  writer.data(std::string(160, '\x21'));
  fuzz(2, writer.bytes(), [&](const std::string& bytes) {
    const GgufFile file(folder.write("m.gguf", bytes));
    touch(file);
    read_gguf_tokenizer(file.metadata());
  });
}

TEST(Fuzz, TokenizerJson) {
  fuzz(3, small_tokenizer_json(),
       [](const std::string& text) { parse_tokenizer_json(text, "tokenizer.json"); });
}

// Every branch of the readers of steps.
TEST(Fuzz, TokenizerJsonWithEveryStep) {
  const std::string byte_level =
      R"({"type": "ByteLevel", "add_prefix_space": false, "use_regex": true})";
  const std::string steps = R"({"type": "Sequence", "pretokenizers": [
      {"type": "Split", "pattern": {"Regex": "\\p{N}|a"}, "behavior": "Isolated", "invert": false},
      {"type": "Split", "pattern": {"String": "b"}, "behavior": "MergedWithNext", "invert": true},
      {"type": "Digits", "individual_digits": true}, {"type": "ByteLevel"}]})";
  const std::string around = R"({"type": "Sequence", "processors": [{"type": "ByteLevel"},
      {"type": "TemplateProcessing", "single": [{"SpecialToken": {"id": "<|end|>"}},
      {"Sequence": {"id": "A"}}], "special_tokens": {"<|end|>": {"ids": [6]}}}]})";
  fuzz(6,
       small_tokenizer_json(
           {{byte_level, steps},
            {R"("normalizer": null)",
             R"("normalizer": {"type": "Sequence", "normalizers": [{"type": "NFC"}]})"},
            {R"("post_processor": null)", R"("post_processor": )" + around}}),
       [](const std::string& text) { parse_tokenizer_json(text, "tokenizer.json"); });
}

TEST(Fuzz, VocabularyAndMerges) {
  const TempFolder folder;
  const std::string vocab = R"({"a": 1, "b": 2, "Ġ": 3, "ab": 4, "Ġab": 5, "<|end|>": 0})";
  const std::string merges = "#version: 0.2\na b\nĠ ab\n";
  folder.write("merges.txt", merges);
  fuzz(7, vocab, [&](const std::string& text) {
    folder.write("vocab.json", text);
    read_vocab_merges(folder.path());
  });
  folder.write("vocab.json", vocab);
  fuzz(8, merges, [&](const std::string& text) {
    folder.write("merges.txt", text);
    read_vocab_merges(folder.path());
  });
}

TEST(Fuzz, Config) {
  const std::string config =
      R"({"architectures": ["LlamaForCausalLM"], "hidden_size": 576, "rms_norm_eps": 1e-05,)"
      R"( "rope_parameters": {"rope_theta": 100000.0, "factors": [1.5, 2, -3]}, "eos_token_id": [2, 0],)"
      R"( "tie_word_embeddings": true, "nested": [{"a": null}, {"b": "\u4e2d"}]})";
  fuzz(4, config, [](const std::string& text) {
    const Metadata m = parse_json_metadata(text, "config.json");
    for (const auto& [key, value] : m.values()) describe_value(value);
    m.get_integer("hidden_size");
    m.get_integers("eos_token_id");
  });
}

TEST(Fuzz, ShardIndex) {
  const TempFolder folder;
  const std::string header = R"({"a": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}})";
  folder.write("one.safetensors", safetensors_bytes(header, float_bytes({1})));
  fuzz(5, R"({"metadata": {"total_size": 4}, "weight_map": {"a": "one.safetensors"}})",
       [&](const std::string& text) {
         touch(ShardedSafetensors(folder.write("model.safetensors.index.json", text)));
       });
}

}  // namespace
}  // namespace tokenwalk
