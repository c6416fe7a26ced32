// Any bytes, cut into pieces: the pieces shown and the flush are the text of the whole, which is
// UTF-8, and each piece is UTF-8 too.

#include <cstdlib>

#include "chapters/01_tokenizer/utf8.h"

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tokenwalk;
  if (size == 0) return 0;
  const std::size_t step = data[0] % 7 + 1u;  // the first byte says how long the pieces are
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  Utf8Stream stream;
  std::string text;
  for (std::size_t at = 0; at < bytes.size(); at += step) {
    const std::string piece = stream.push(bytes.substr(at, step));
    require(find_invalid_utf8(piece) == std::string::npos);
    text += piece;
  }
  text += stream.flush();
  require(text == to_text(bytes));
  require(find_invalid_utf8(text) == std::string::npos);
  const bool valid = find_invalid_utf8(bytes) == std::string::npos;
  require(valid == (text == bytes));
  return 0;
}
