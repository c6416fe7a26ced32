#include "chapters/08_stopping_and_streaming/text_stream.h"

namespace tokenwalk {

//! [08-text-stream]
std::string TextStream::push(int id) {
  if (id >= tokenizer_->tokenizer.size()) return {};
  // BEGIN SOLUTION 08.3
  const std::string& bytes = tokenizer_->tokenizer.token(id);
  const bool control = tokenizer_->control[static_cast<std::size_t>(id)];
  visible_.insert(visible_.end(), bytes.size(), show_control_ || !control);
  return show(stops_.push(bytes));
  // END SOLUTION
}

std::string TextStream::flush() {
  // BEGIN SOLUTION 08.4
  const std::string rest = show(stops_.flush());
  return rest + characters_.flush();
  // END SOLUTION
}

// Bytes that no stop string can take back, as whole characters.
std::string TextStream::show(std::string_view bytes) {
  std::string visible;
  for (const char byte : bytes) {
    if (visible_.front()) visible += byte;
    visible_.pop_front();
  }
  return characters_.push(visible);
}
//! [08-text-stream]

std::string text_of(const PublishedTokenizer& tokenizer, const std::vector<int>& ids,
                    const std::vector<std::string>& stop) {
  TextStream stream(tokenizer, stop);
  std::string text;
  for (const int id : ids) text += stream.push(id);
  return text + stream.flush();
}

}  // namespace tokenwalk
