#include "tools/tokenwalk/show_probabilities.h"

#include <algorithm>
#include <cmath>
#include <iostream>

#include "chapters/01_tokenizer/utf8.h"
#include "lib/base/format.h"
#include "lib/io/describe.h"

namespace tokenwalk {
namespace {

constexpr std::size_t kShown = 10;

constexpr int kBarWidth = 20;

// A share of kBarWidth places in eighths of a block.
std::string bar(double share) {
  constexpr const char* kEighths[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
  const int eighths = static_cast<int>(std::lround(share * kBarWidth * 8));
  std::string text;
  for (int i = 0; i < eighths / 8; ++i) text += "█";
  return text + kEighths[eighths % 8];
}

// Places that a text takes on a terminal, CJK characters counted as two.
std::size_t width_of(const std::string& text) {
  std::size_t width = 0;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte & 0xC0) != 0x80) width += byte >= 0xE3 ? 2 : 1;
  }
  return width;
}

std::string padded(const std::string& text, std::size_t width) {
  return text + std::string(width - width_of(text), ' ');
}

}  // namespace

std::string probability_bars(std::span<const ShownToken> rows) {
  std::size_t widest = 0;
  for (const ShownToken& row : rows) widest = std::max(widest, width_of(row.text));
  std::string text;
  for (const ShownToken& row : rows) {
    text +=
        format("  %c %s  %.4f ", row.drawn ? '>' : ' ', padded(row.text, widest).c_str(), row.raw);
    text += padded(bar(row.raw), kBarWidth);
    text +=
        row.sampling > 0 ? format("  %.4f %s\n", row.sampling, bar(row.sampling).c_str()) : "  -\n";
  }
  return text;
}

void ProbabilityBars::attach(SampleRequest& request) {
  request.on_pick = [this](std::span<const float> logits, const Candidates& sampling, int drawn) {
    print(logits, sampling, drawn);
  };
  request.on_sample = [this](int i) {
    if (i > 0) std::cout << "---\n";
    n_printed_ = 0;
  };
}

std::string ProbabilityBars::text_of(int id) const {
  if (tokenizer_ == nullptr) return std::to_string(id);
  return quote(to_text(tokenizer_->decode_shown({id})));
}

void ProbabilityBars::print(std::span<const float> logits, const Candidates& sampling, int drawn) {
  Candidates raw = make_candidates(logits);
  const auto chosen =
      std::find_if(raw.begin(), raw.end(), [drawn](const Candidate& c) { return c.id == drawn; });
  const auto end = raw.begin() + static_cast<std::ptrdiff_t>(std::min(kShown, raw.size()));
  std::vector<Candidate> shown(raw.begin(), end);
  if (chosen >= end) shown.push_back(*chosen);
  std::vector<ShownToken> rows;
  for (const Candidate& c : shown) {
    const auto found = std::find_if(sampling.begin(), sampling.end(),
                                    [&c](const Candidate& kept) { return kept.id == c.id; });
    rows.push_back(
        {text_of(c.id), c.prob, found == sampling.end() ? 0 : found->prob, c.id == drawn});
  }
  std::cout << format("new token %zu: the model, and sampling from %zu\n", ++n_printed_,
                      sampling.size())
            << probability_bars(rows) << std::flush;
}

}  // namespace tokenwalk
