// What the widgets of the pages call: the chapters' own functions, compiled to WebAssembly with the
// tiny model inside. No arithmetic happens here; docs/live/*.js draws what it returns.
#include <emscripten/bind.h>
#include <emscripten/val.h>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "chapters/01_tokenizer/bpe.h"
#include "chapters/01_tokenizer/published_vocabulary.h"
#include "chapters/02_softmax_temperature/nine_words.h"
#include "chapters/03_nucleus_sampling/nucleus.h"
#include "chapters/04_transformer/reference_kernels.h"
#include "chapters/05_naive_generate/generate_naive.h"
#include "chapters/07_sessions/session.h"
#include "lib/base/rng.h"
#include "lib/base/thread_pool.h"
#include "lib/io/gguf.h"
#include "lib/io/gguf_tokenizer.h"

namespace tokenwalk {
namespace {

using emscripten::val;

constexpr const char* kModelFile = "/tiny.gguf";  // inside the page

// The model, opened once, and its plain tokenizer.
struct Tiny {
  ThreadPool pool{1};
  std::unique_ptr<KernelSet> kernels = reference_kernel_set(pool);
  Model model = load_model(kModelFile, *kernels);
  Tokenizer tokenizer{vocabulary_of(read_gguf_tokenizer(GgufFile(kModelFile).metadata())),
                      split_gpt2};
};

const Tiny& tiny() {
  static const Tiny opened;
  return opened;
}

template <typename Number>
val array_of(const std::vector<Number>& numbers) {
  return val::array(numbers);
}

// A copy that belongs to the page: the memory of WebAssembly may move when it grows.
val floats_of(const std::vector<float>& numbers) {
  return val::global("Float32Array")
      .new_(val(emscripten::typed_memory_view(numbers.size(), numbers.data())));
}

val bytes_of(const std::string& text) {
  return val::array(
      std::vector<unsigned>(reinterpret_cast<const unsigned char*>(text.data()),
                            reinterpret_cast<const unsigned char*>(text.data()) + text.size()));
}

// ---- tokenizer -------------------------------------------------------------------------------

val encode(const std::string& text) {
  return array_of(tiny().tokenizer.encode(text, false));
}

val token_bytes(int id) {
  return bytes_of(tiny().tokenizer.token(id));
}

int vocab_size() {
  return tiny().tokenizer.size();
}

// The pair with the lowest rank among neighbours: its place in the list of merges, or none.
std::optional<std::size_t> next_merge(const std::vector<int>& ids) {
  const std::vector<IdPair>& merges = tiny().tokenizer.vocabulary().merges;
  for (std::size_t rank = 0; rank < merges.size(); ++rank) {
    for (std::size_t i = 0; i + 1 < ids.size(); ++i) {
      if (IdPair(ids[i], ids[i + 1]) == merges[rank]) return rank;
    }
  }
  return std::nullopt;
}

// All lists of ids that a piece goes through, from its bytes to its tokens, one merge each.
val merge_steps(const std::string& piece) {
  const Tokenizer& tokenizer = tiny().tokenizer;
  std::vector<int> ids;
  for (const char byte : piece) {
    const std::vector<int> one = tokenizer.encode(std::string(1, byte), false);
    ids.insert(ids.end(), one.begin(), one.end());
  }
  val steps = val::array();
  steps.call<void>("push", array_of(ids));
  while (const auto rank = next_merge(ids)) {
    const IdPair pair = tokenizer.vocabulary().merges[*rank];
    const std::string merged = tokenizer.token(pair.first) + tokenizer.token(pair.second);
    ids = merge_pair(ids, pair, tokenizer.encode(merged, false).front());
    steps.call<void>("push", array_of(ids));
  }
  return steps;
}

val pieces(const std::string& text) {
  val list = val::array();
  for (const std::string_view piece : split_gpt2(text)) {
    list.call<void>("push", bytes_of(std::string(piece)));
  }
  return list;
}

// ---- sampling --------------------------------------------------------------------------------

std::vector<float> floats_from(const val& numbers) {
  return emscripten::convertJSArrayToNumberVector<float>(numbers);
}

SamplingOptions options_of(double temperature, int top_k, double top_p, double min_p) {
  SamplingOptions options;
  options.temperature = temperature;
  options.top_k = top_k;
  options.top_p = top_p;
  options.min_p = min_p;
  return options;
}

val list_of(const Candidates& candidates) {
  val list = val::array();
  for (const Candidate& c : candidates) {
    val one = val::object();
    one.set("id", c.id);
    one.set("prob", c.prob);
    list.call<void>("push", one);
  }
  return list;
}

// [{id, prob}], most likely first.
val distribution_of(const val& logits, double temperature, int top_k, double top_p, double min_p) {
  return list_of(distribution(floats_from(logits), options_of(temperature, top_k, top_p, min_p)));
}

int sample_of(const val& logits, double temperature, int top_k, double top_p, double min_p,
              double u) {
  return sample_plain(floats_from(logits), options_of(temperature, top_k, top_p, min_p), u);
}

double u_of(int seed, int position) {
  return uniform_draw(static_cast<std::uint64_t>(seed), 0, static_cast<std::uint64_t>(position));
}

val nine_words() {
  val list = val::array();
  for (int i = 0; i < kNine; ++i) {
    val one = val::object();
    one.set("word", std::string(kNineWords[i]));
    one.set("logit", kNineLogits[i]);
    list.call<void>("push", one);
  }
  return list;
}

// The logits behind a text, [vocab].
val logits_of(const std::string& text) {
  Session session(tiny().model);
  GenerateOptions none;
  none.max_new_tokens = 0;
  session.generate(tiny().tokenizer.encode(text, false), none);
  return floats_of(session.logits());
}

// ---- generation ------------------------------------------------------------------------------

// A text that grows token by token, with the cache of chapter 6 or with the loop of chapter 5.
class LiveText {
 public:
  LiveText(const std::string& prompt, bool cached, double temperature, double top_p, int seed)
      : cached_(cached), session_(tiny().model), ids_(tiny().tokenizer.encode(prompt, false)) {
    options_.max_new_tokens = 1;
    options_.sampling = options_of(temperature, 0, top_p, 0);
    options_.seed = static_cast<std::uint64_t>(seed);
  }

  // One token more: its id, or -1 where the text has ended.
  int step() {
    if (ended_) return -1;
    const Generated result = cached_ ? session_.generate(new_ids(), options_)
                                     : generate_naive(tiny().model, ids_, options_);
    evaluated_ += static_cast<double>(result.evaluated);
    ended_ = result.finish == Finish::kEos || result.finish == Finish::kContextFull;
    if (result.tokens.empty()) return -1;
    ids_.push_back(result.tokens.front());
    return ids_.back();
  }

  val ids() const { return array_of(ids_); }
  double evaluated() const { return evaluated_; }
  int cached() const { return cached_ ? static_cast<int>(session_.cached()) : 0; }

  // Keys (which = 0) or values (which = 1) of one layer and one head, [cached, head_dim].
  val rows(int layer, int head, int which) const {
    const AttentionShape shape = tiny().model.config.attention;
    std::vector<float> k(shape.kv_size()), v(shape.kv_size()), rows;
    for (std::size_t position = 0; position < session_.cached(); ++position) {
      tiny().kernels->kv_read(session_.cache().layer(static_cast<std::size_t>(layer)), position,
                              k.data(), v.data());
      const std::vector<float>& both = which == 0 ? k : v;
      const auto begin = both.begin() + static_cast<std::ptrdiff_t>(head * shape.head_dim);
      rows.insert(rows.end(), begin, begin + static_cast<std::ptrdiff_t>(shape.head_dim));
    }
    return floats_of(rows);
  }

 private:
  // What the session has not seen: the prompt at first, then nothing.
  std::vector<int> new_ids() const { return session_.tokens().empty() ? ids_ : std::vector<int>(); }

  bool cached_, ended_ = false;
  double evaluated_ = 0;
  GenerateOptions options_;
  Session session_;
  std::vector<int> ids_;
};

}  // namespace

EMSCRIPTEN_BINDINGS(tokenwalk) {
  using emscripten::function;
  function("encode", &encode);
  function("tokenBytes", &token_bytes);
  function("vocabSize", &vocab_size);
  function("pieces", &pieces);
  function("mergeSteps", &merge_steps);
  function("distribution", &distribution_of);
  function("sample", &sample_of);
  function("uniform", &u_of);
  function("nineWords", &nine_words);
  function("logits", &logits_of);
  emscripten::class_<LiveText>("LiveText")
      .constructor<std::string, bool, double, double, int>()
      .function("step", &LiveText::step)
      .function("ids", &LiveText::ids)
      .function("evaluated", &LiveText::evaluated)
      .function("cached", &LiveText::cached)
      .function("rows", &LiveText::rows);
}

}  // namespace tokenwalk
