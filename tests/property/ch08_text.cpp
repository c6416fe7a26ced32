#include "tests/property/ch08_text.h"

#include "chapters/01_tokenizer/utf8.h"
#include "lib/base/format.h"

namespace tokenwalk {

Stopped stop_by_search(const std::string& text, const Texts& stop) {
  for (std::size_t end = 1; end <= text.size(); ++end) {
    std::string longest;
    for (const std::string& s : stop) {
      const bool here = end >= s.size() && text.compare(end - s.size(), s.size(), s) == 0;
      if (here && s.size() > longest.size()) longest = s;
    }
    if (!longest.empty()) return {text.substr(0, end - longest.size()), longest};
  }
  return {text, ""};
}

std::size_t held_by_search(const std::string& text, const Texts& stop) {
  std::size_t most = 0;
  for (const std::string& s : stop) {
    for (std::size_t n = 1; n < s.size() && n <= text.size(); ++n) {
      const bool prefix = text.compare(text.size() - n, n, s, 0, n) == 0;
      if (prefix) most = std::max(most, n);
    }
  }
  return most;
}

Texts pieces_by_search(const Texts& tokens, const Texts& stop) {
  Texts pieces;
  std::string bytes, shown;
  for (const std::string& token : tokens) {
    bytes += token;
    const Stopped stopped = stop_by_search(bytes, stop);
    const std::size_t held = stopped.matched.empty() ? held_by_search(bytes, stop) : 0;
    const std::string whole = Utf8Stream().push(stopped.text.substr(0, stopped.text.size() - held));
    pieces.push_back(whole.substr(shown.size()));
    shown = whole;
  }
  pieces.push_back(to_text(stop_by_search(bytes, stop).text).substr(shown.size()));
  return pieces;
}

std::string show_pieces(const Texts& pieces) {
  std::string text = "|";
  for (const std::string& piece : pieces) {
    for (const char byte : piece) {
      const bool plain = byte >= ' ' && byte <= '~';
      text += plain ? std::string(1, byte) : format("<%02x>", static_cast<unsigned char>(byte));
    }
    text += "|";
  }
  return text;
}

StreamCase draw_stream_case(std::uint64_t seed) {
  const Texts alphabets = {"a", "ab", "abc",
                           "\xE4\xBD\xA0"
                           "a",
                           "\xC3\xA9"
                           "a"};
  Dice dice(seed, 8);
  const std::string& alphabet = alphabets[dice.below(alphabets.size())];
  const auto draw = [&](std::size_t least, std::size_t most) {
    std::string bytes(dice.between(least, most), ' ');
    for (char& byte : bytes) byte = alphabet[dice.below(alphabet.size())];
    return bytes;
  };
  StreamCase c;
  for (std::size_t n = dice.below(12); n > 0; --n) c.tokens.push_back(draw(0, 4));
  for (std::size_t n = dice.below(4); n > 0; --n) c.stop.push_back(draw(1, 6));
  return c;
}

PublishedTokenizer small_tokenizer() {
  TokenizerData data;
  data.source = "a test";
  for (int length = 1; length <= 4; ++length) {
    for (int bits = 0; bits < 1 << length; ++bits) {
      std::string word;
      for (int i = 0; i < length; ++i) word += (bits >> i & 1) != 0 ? 'b' : 'a';
      data.vocab.push_back(word);
    }
  }
  for (const char* part :
       {"\xE4", "\xBD", "\xA0", "\xE4\xBD", "\xBD\xA0", "a\xE4",
        "\xA0"
        "b",
        "\xC3", "\xA9", "\xC3\xA9", "\xF0", "\x9F", "\x99", "\x82", "\xF0\x9F"}) {
    data.vocab.push_back(part);
  }
  while (data.vocab.size() < 58) data.vocab.push_back("c" + std::to_string(data.vocab.size()));
  for (const char* control : {"<ab>", "<b>"}) {
    AddedToken token;
    token.text = control;
    token.id = static_cast<int>(data.vocab.size());
    token.special = true;
    data.added.push_back(token);
    data.vocab.push_back(control);
  }
  return make_published(data);
}

}  // namespace tokenwalk
