// Any text to ids and back with the bundled tokenizer: the bytes come back, with special tokens
// found in the text and without.

#include <cstdlib>

#include "chapters/01_tokenizer/published.h"
#include "chapters/01_tokenizer/utf8.h"
#include "lib/base/data_path.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tokenwalk;
  static const PublishedTokenizer tokenizer = load_tokenizer(data_path("tiny"));
  const std::string text = to_text({reinterpret_cast<const char*>(data), size});
  for (const bool specials : {true, false}) {
    if (tokenizer.tokenizer.decode(tokenizer.encode(text, specials, false)) != text) std::abort();
  }
  return 0;
}
