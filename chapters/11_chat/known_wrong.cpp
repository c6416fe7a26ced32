#include "chapters/11_chat/known_wrong.h"

namespace tokenwalk {

//! [11-wrong-one-text]
std::vector<int> encode_as_one_text(const PublishedTokenizer& tokenizer,
                                    const std::vector<ChatPart>& parts) {
  return tokenizer.encode(chat_text(parts), true, false);
}
//! [11-wrong-one-text]

//! [11-wrong-each-part]
std::vector<int> encode_each_part(const PublishedTokenizer& tokenizer,
                                  const std::vector<ChatPart>& parts) {
  std::vector<int> all;
  for (const ChatPart& part : parts) {
    const std::vector<int> ids = tokenizer.encode(part.text, part.is_mark, false);
    all.insert(all.end(), ids.begin(), ids.end());
  }
  return all;
}
//! [11-wrong-each-part]

//! [11-wrong-no-template]
Generated answer_without_template(Session& session, const PublishedTokenizer& tokenizer,
                                  const std::string& words, const GenerateOptions& options) {
  return session.generate(tokenizer.encode(words, false, false), options);
}
//! [11-wrong-no-template]

}  // namespace tokenwalk
