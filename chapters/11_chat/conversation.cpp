#include "chapters/11_chat/conversation.h"

#include <algorithm>
#include <utility>

namespace tokenwalk {
namespace {

// Where the assistant's turn ends, if the model does not end the text: at the end of a turn, or
// where the user's begins. Single tokens as ids, everything else as text.
struct TurnEnds {
  std::vector<int> ids;
  std::vector<std::string> texts;
};

TurnEnds turn_ends(const PublishedTokenizer& tokenizer, const ChatFormat& format) {
  std::string end = format.after_content;
  end.erase(std::min(end.find('\n'), end.size()));
  const std::string next = format.before_role + std::string("user") + format.after_role;
  TurnEnds ends;
  for (const std::string& text : {end, next}) {
    const std::vector<int> ids = encode_chat(tokenizer, {{text, true}});
    const bool is_token = ids.size() == 1 && tokenizer.tokenizer.token(ids[0]) == text;
    if (is_token) ends.ids.push_back(ids[0]);
    if (!is_token && !text.empty()) ends.texts.push_back(text);
  }
  return ends;
}

}  // namespace

void Conversation::say(const std::string& role, const std::string& content) {
  messages_.push_back({role, content, {}, {}});
}

// The whole conversation up to where the answer begins.
std::vector<int> Conversation::ids() const {
  return encode_chat(*tokenizer_, render_chat(*format_, messages_, {true, enable_thinking}));
}

std::size_t Conversation::read(const std::function<bool()>& go_on) {
  const std::vector<int> all = ids();
  check_generate(session_.model().config, all, {});
  const std::vector<int>& known = session_.tokens();
  const auto differ = std::mismatch(known.begin(), known.end(), all.begin(), all.end()).first;
  auto end = std::min(static_cast<std::size_t>(differ - known.begin()), session_.cached());
  std::size_t fed = 0;
  while (end + 1 < all.size() && (fed == 0 || go_on())) {
    end = std::min(end + kPrefillChunk, all.size() - 1);
    fed += session_.sync(std::span(all).first(end));
  }
  return fed;
}

//! [11-answer]
Answer Conversation::answer(const GenerateOptions& options, const OnPiece& on_piece) {
  const std::vector<int> ids = this->ids();
  const TurnEnds ends = turn_ends(*tokenizer_, *format_);
  GenerateOptions ending = options;
  ending.stop_ids.insert(ending.stop_ids.end(), ends.ids.begin(), ends.ids.end());
  check_generate(session_.model().config, ids, ending);
  Answer answer;
  // BEGIN SOLUTION 11.3
  answer.tokens = ids.size();
  answer.fed = session_.sync(ids);
  TextStream stream(*tokenizer_, ends.texts);
  answer.generated = generate_text(
      [&](const GenerateOptions& streamed) { return session_.generate({}, streamed); },
      session_.model().config, ending, stream,
      [&](const std::string& piece) {
        answer.text += piece;
        if (on_piece) on_piece(piece);
      });
  std::vector<int> kept = text_ids(answer.generated);
  if (text_of(*tokenizer_, kept) != answer.text) kept.clear();  // a stop string cut them
  messages_.push_back({"assistant", answer.text, {}, std::move(kept)});
  // END SOLUTION
  return answer;
}
//! [11-answer]

//! [11-undo]
std::size_t Conversation::last_question() const {
  std::size_t i = messages_.size();
  while (i > 0 && messages_[i - 1].role != "user") --i;
  return i;  // one behind it
}

bool Conversation::undo() {
  const std::size_t n = last_question();
  if (n > 0) messages_.resize(n - 1);
  return n > 0;
}

bool Conversation::drop_answer() {
  const std::size_t n = last_question();
  if (n > 0) messages_.resize(n);
  return n > 0;
}
//! [11-undo]

}  // namespace tokenwalk
