#pragma once

#include <span>
#include <string>
#include <vector>

#include "chapters/tokenwalk.h"
#include "lib/base/data_path.h"

namespace tokenwalk {

/// The bundled model, ready to write: what every pattern of the documents is run on.
class TinyText {
 public:
  /// Loaded once for all tests of a program.
  static const TinyText& shared() {
    static const TinyText tiny;
    return tiny;
  }

  const Model& model() const { return model_; }
  const PublishedTokenizer& tokenizer() const { return tokenizer_; }

  std::vector<int> ids(std::string_view text) const { return tokenizer_.encode(text, true, false); }
  std::string text(const std::vector<int>& ids) const { return tokenizer_.tokenizer.decode(ids); }

 private:
  TinyText()
      : kernels_(kernel_set_named("auto", pool_)),
        model_(load_model(data_path("tiny"), *kernels_)),
        tokenizer_(load_tokenizer(data_path("tiny"))) {}

  ThreadPool pool_{1};
  std::unique_ptr<KernelSet> kernels_;
  Model model_;
  PublishedTokenizer tokenizer_;
};

/// One list after another.
inline std::vector<int> joined(std::vector<int> a, std::span<const int> b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

/// n tokens at most, drawn at temperature 1 with this seed.
inline GenerateOptions drawn(int n, std::uint64_t seed) {
  GenerateOptions options;
  options.max_new_tokens = n;
  options.seed = seed;
  return options;
}

/// The likeliest tokens up to the end of the text, n at most.
inline GenerateOptions greedy_to_the_end(int n) {
  GenerateOptions options = drawn(n, 0);
  options.sampling.temperature = 0;
  return options;
}

/// What the likeliest tokens are, N of them, with everything recomputed at every step: the oracle.
inline std::vector<int> naive_tokens(const std::vector<int>& prompt, int n) {
  return generate_naive(TinyText::shared().model(), prompt, greedy_options(n)).tokens;
}

}  // namespace tokenwalk
