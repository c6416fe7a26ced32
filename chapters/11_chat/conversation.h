#pragma once

#include <functional>
#include <string>
#include <vector>

#include "chapters/07_sessions/session.h"
#include "chapters/08_stopping_and_streaming/generate_text.h"
#include "chapters/11_chat/encode_chat.h"

namespace tokenwalk {

/// An answer and what it cost.
struct Answer {
  Generated generated;
  std::string text;
  std::size_t fed = 0;     ///< tokens of the conversation that had to be evaluated before it
  std::size_t tokens = 0;  ///< tokens of the conversation before it
};

/// A conversation with a model: messages, and a session that follows them. Each answer renders all
/// messages and syncs the session to them, so only what is new is evaluated, whatever was said,
/// taken back or changed before. An answer keeps the ids that were sampled, as long as they are its
/// text: the same text encoded again may be other ids.
class Conversation {
 public:
  /// All three must outlive the conversation.
  Conversation(const Model& model, const PublishedTokenizer& tokenizer, const ChatFormat& format)
      : tokenizer_(&tokenizer), format_(&format), session_(model) {}

  /// Adds a message. Nothing is evaluated before the next answer.
  void say(const std::string& role, const std::string& content);

  /// Evaluates the conversation up to its last token, which is left for answer(), in chunks of
  /// kPrefillChunk. go_on is asked between them: false leaves the rest unread. Returns the tokens
  /// that had to be evaluated; what was read stays read. Throws as answer() does.
  std::size_t read(const std::function<bool()>& go_on);

  /// Lets the model answer, and adds what it says as a message, also where it was cancelled. The
  /// model's end of text ends it, and so does the end of its turn. on_piece hears of the text.
  /// Throws Error(kCapacity) if the conversation does not fit into the context, Error(kBadValue) as
  /// check_generate and render_chat do; the messages are then as before.
  Answer answer(const GenerateOptions& options, const OnPiece& on_piece = {});

  /// Takes back the last message of the user's and all that follows; false if there is none.
  bool undo();

  /// Takes back what follows the user's last message; false if there is nothing to answer.
  bool drop_answer();

  /// Replaces all messages, for example by those of a file.
  void set_messages(std::vector<Message> messages) { messages_ = std::move(messages); }

  const std::vector<Message>& messages() const { return messages_; }
  const Session& session() const { return session_; }

  bool enable_thinking = true;  ///< as in ChatOptions

 private:
  std::vector<int> ids() const;
  std::size_t last_question() const;

  const PublishedTokenizer* tokenizer_;
  const ChatFormat* format_;
  Session session_;
  std::vector<Message> messages_;
};

}  // namespace tokenwalk
