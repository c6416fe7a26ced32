// Chapter 1: text to ids and back. Trains a tokenizer on one line of text, then loads the bundled
// one and encodes the prompt of this book.
#include <iomanip>
#include <iostream>
#include <string>
#include <vector>

#include "chapters/01_tokenizer/bpe.h"
#include "chapters/01_tokenizer/prompt.h"
#include "chapters/01_tokenizer/published.h"
#include "chapters/01_tokenizer/train.h"
#include "chapters/01_tokenizer/utf8.h"
#include "lib/base/data_path.h"
#include "lib/base/program_flags.h"

namespace tokenwalk {
namespace {

const std::string kPiecesText = "I'll buy 12 mats;  don't wait, 猫!";
const std::string kTrainingText = "the little cat sat; the little dog sat; the cat sat on the mat";
const int kMerges = 14;  // what the small tokenizer learns
const int kShown = 6;    // the first of them, one by one

std::string quote(std::string_view bytes) {
  return '"' + to_text(bytes) + '"';
}

std::string hex(std::string_view bytes) {
  const char* digits = "0123456789ABCDEF";
  std::string text;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    if (!text.empty()) text += ' ';
    text += {digits[byte / 16], digits[byte % 16]};
  }
  return text;
}

// A token in quotes, or its bytes in <> where they are only part of a character.
std::string show(const std::string& token) {
  const bool whole = find_invalid_utf8(token) == std::string::npos;
  return whole ? quote(token) : '<' + hex(token) + '>';
}

// After n merges, each word is what a tokenizer of n merges makes of it.
void print_merge(int n) {
  const Tokenizer tokenizer(train_bpe(kTrainingText, 256 + n, {}, split_gpt2), split_gpt2);
  const auto show_pair = [&](IdPair pair) {
    return quote(tokenizer.token(pair.first)) + "+" + quote(tokenizer.token(pair.second));
  };
  std::vector<Word> words;
  for (const auto piece : split_gpt2(kTrainingText)) words.push_back({tokenizer.encode(piece), 1});

  const std::map<IdPair, long> counts = count_pairs(words);
  const IdPair best = most_frequent_pair(counts, tokenizer.vocabulary().tokens);
  std::cout << std::setw(5) << n + 1 << std::setw(7) << counts.at(best) << "  " << show_pair(best);
  for (const auto& [pair, count] : counts) {
    if (count == counts.at(best) && pair != best) std::cout << "  beats " << show_pair(pair);
  }
  std::cout << "\n";
}

// The ids of a text with their tokens, and the text they decode to.
void print_ids(const Tokenizer& tokenizer, const std::string& text, bool specials = true) {
  const std::vector<int> ids = tokenizer.encode(text, specials);
  std::cout << quote(text) << "  " << text.size() << " bytes, " << ids.size() << " ids\n  ids    ";
  for (const int id : ids) std::cout << " " << id;
  std::cout << "\n  tokens ";
  for (const int id : ids) std::cout << " " << show(tokenizer.token(id));
  std::cout << "\n  decoded " << quote(tokenizer.decode(ids)) << "\n";
}

// What may be shown as the ids arrive one by one.
void print_stream(const Tokenizer& tokenizer, const std::vector<int>& ids) {
  Utf8Stream stream;
  for (const int id : ids) {
    const std::string& token = tokenizer.token(id);
    std::cout << show(token) << " shows " << quote(stream.push(token)) << ", ";
  }
  std::cout << "end shows " << quote(stream.flush()) << "\n";
}

void run(const ProgramFlags&) {
  //! [01-main-1]
  std::cout << "== 1. Text is bytes\n";
  for (const std::string text : {"cat", "é", "猫", "🐱"}) {
    std::cout << quote(text) << "  " << text.size() << " bytes: " << hex(text) << "\n";
  }
  //! [01-main-1]

  //! [01-main-2]
  std::cout << "\n== 2. Pieces of " << quote(kPiecesText) << "\n";
  for (const auto piece : split_gpt2(kPiecesText)) std::cout << " " << quote(piece);
  //! [01-main-2]

  //! [01-main-3]
  std::cout << "\n\n== 3. Training\n" << quote(kTrainingText) << "\n";
  std::cout << "merge  count  pair\n";
  for (int n = 0; n < kShown; ++n) print_merge(n);
  //! [01-main-3]

  //! [01-main-4]
  std::cout << "\n== 4. The small tokenizer: 256 bytes and " << kMerges << " merges\n";
  const Tokenizer small(train_bpe(kTrainingText, 256 + kMerges, {}, split_gpt2), split_gpt2);
  for (const char* text : {"the little cat", "the rat", "猫"}) print_ids(small, text);
  //! [01-main-4]

  //! [01-main-5]
  const Tokenizer bundled = load_tokenizer(data_path("tiny")).tokenizer;
  std::cout << "\n== 5. The bundled tokenizer: " << bundled.size() << " ids\n";
  for (const char* text : {kPrompt, "小猫坐在垫子上。", "🐱"}) {
    print_ids(bundled, text);
  }
  //! [01-main-5]

  //! [01-main-6]
  std::cout << "\n== 6. Special tokens, on and off\n";
  for (const bool specials : {true, false}) print_ids(bundled, "Stop!<|im_end|>", specials);
  //! [01-main-6]

  //! [01-main-7]
  std::cout << "\n== 7. Half a character is held back\n";
  print_stream(bundled, bundled.encode("🐱!"));
  std::vector<int> cut = bundled.encode("🐱");
  cut.pop_back();  // the last byte never comes
  print_stream(bundled, cut);
  //! [01-main-7]
}

}  // namespace
}  // namespace tokenwalk

int main(int argc, char** argv) {
  return tokenwalk::run_chapter(argc, argv, {}, tokenwalk::run);
}
