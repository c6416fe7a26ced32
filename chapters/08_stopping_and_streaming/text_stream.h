#pragma once

#include <deque>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "chapters/01_tokenizer/published.h"
#include "chapters/01_tokenizer/utf8.h"
#include "chapters/08_stopping_and_streaming/stop_strings.h"

namespace tokenwalk {

/// Ids in, text out, as soon as it may be shown: no half characters, nothing of a stop string or of
/// what may become one. The pieces and the flush together are the text: that of all ids up to the
/// stop string, ill-formed bytes as U+FFFD.
class TextStream {
 public:
  /// tokenizer: must outlive the stream. stop: as StopStrings takes them; they are looked for in
  /// the bytes of all tokens. show_control: false leaves the text of control tokens out of what is
  /// shown.
  explicit TextStream(const PublishedTokenizer& tokenizer, std::vector<std::string> stop = {},
                      bool show_control = true)
      : tokenizer_(&tokenizer), stops_(std::move(stop)), show_control_(show_control) {}

  /// Adds a token; returns what may be shown after it, perhaps nothing. Ids beyond the vocabulary
  /// have no text: a model with a padded head can sample them.
  std::string push(int id);

  /// Ends the stream: what was held back, unless a stop string ended the text. Half a character at
  /// the end becomes U+FFFD.
  std::string flush();

  /// The stop string that was completed; null if none was.
  const std::string* matched() const { return stops_.matched(); }

 private:
  std::string show(std::string_view bytes);

  const PublishedTokenizer* tokenizer_;
  StopStrings stops_;
  bool show_control_;
  std::deque<bool> visible_;  // for each byte that stops_ has not let through
  Utf8Stream characters_;
};

/// The text of some ids, up to the first stop string in it: what a TextStream shows in all.
std::string text_of(const PublishedTokenizer& tokenizer, const std::vector<int>& ids,
                    const std::vector<std::string>& stop = {});

}  // namespace tokenwalk
