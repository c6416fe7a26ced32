#include "chapters/11_chat/encode_chat.h"

#include <string>

namespace tokenwalk {
namespace {

// Ids in the making: ordinary text is collected until something else comes.
class ChatEncoder {
 public:
  explicit ChatEncoder(const PublishedTokenizer& tokenizer) : tokenizer_(tokenizer) {}

  void ordinary(std::string_view text) { text_ += text; }

  void ids(const std::vector<int>& ids) {
    end_text();
    ids_.insert(ids_.end(), ids.begin(), ids.end());
  }

  // A template's text: added tokens in it are such.
  void mark(std::string_view text) {
    for (const AddedPart& outer : tokenizer_.added.cut(text)) {
      if (outer.id >= 0) {
        ids({outer.id});
        continue;
      }
      for (const AddedPart& inner : tokenizer_.added_normal.cut(outer.text)) {
        inner.id >= 0 ? ids({inner.id}) : ordinary(inner.text);
      }
    }
  }

  std::vector<int> take() {
    end_text();
    return std::move(ids_);
  }

 private:
  void end_text() {
    const std::vector<int> ids = tokenizer_.encode(text_, false, false);
    ids_.insert(ids_.end(), ids.begin(), ids.end());
    text_.clear();
  }

  const PublishedTokenizer& tokenizer_;
  std::string text_;
  std::vector<int> ids_;
};

}  // namespace

//! [11-encode-chat]
std::vector<int> encode_chat(const PublishedTokenizer& tokenizer,
                             const std::vector<ChatPart>& parts) {
  ChatEncoder encoder(tokenizer);
  // BEGIN SOLUTION 11.2
  for (const ChatPart& part : parts) {
    if (part.is_mark) {
      encoder.mark(part.text);
    } else if (!part.ids.empty()) {
      encoder.ids(part.ids);
    } else {
      encoder.ordinary(part.text);
    }
  }
  return encoder.take();
  // END SOLUTION
}
//! [11-encode-chat]

}  // namespace tokenwalk
