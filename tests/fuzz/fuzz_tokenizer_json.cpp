// Any text as a tokenizer.json: it makes a tokenizer, which then encodes and decodes, or an Error.

#include "chapters/01_tokenizer/published.h"
#include "lib/base/error.h"
#include "lib/io/tokenizer_json.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tokenwalk;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  try {
    const PublishedTokenizer tokenizer =
        make_published(parse_tokenizer_json(text, "tokenizer.json"));
    for (const bool specials : {true, false}) {
      tokenizer.decode_shown(tokenizer.encode("a b ab 12 <|end|>\n", specials, true));
    }
  } catch (const Error&) {
  }
  return 0;
}
