#include <algorithm>
#include <string>
#include <utility>

#include "chapters/01_tokenizer/utf8.h"
#include "chapters/11_chat/chat_format.h"
#include "lib/base/error.h"

namespace tokenwalk {
namespace {

constexpr const char* kThink = "<think>";
constexpr const char* kThinkEnd = "</think>";

// ---- text --------------------------------------------------------------------------------------

std::string without_first_line_ends(std::string text) {
  return text.erase(0, std::min(text.find_first_not_of('\n'), text.size()));
}

std::string without_line_ends_around(std::string text) {
  text.erase(text.find_last_not_of('\n') + 1);  // nothing else: npos + 1 is 0
  return without_first_line_ends(std::move(text));
}

// What Python's str.strip takes away.
bool is_white(char32_t c) {
  return (c >= 0x09 && c <= 0x0D) || (c >= 0x1C && c <= 0x20) || c == 0x85 || c == 0xA0 ||
         c == 0x1680 || (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 || c == 0x202F ||
         c == 0x205F || c == 0x3000;
}

std::string strip_white(const std::string& text) {
  std::size_t begin = text.size(), end = 0;
  for (std::size_t i = 0; i < text.size();) {
    const Utf8Char c = read_utf8(std::string_view(text).substr(i));
    if (!is_white(c.code_point)) {
      begin = std::min(begin, i);
      end = i + c.size;
    }
    i += c.size;
  }
  return begin < end ? text.substr(begin, end - begin) : "";
}

bool begins_with(const std::string& text, const std::string& start) {
  return text.compare(0, start.size(), start) == 0;
}

bool ends_with(const std::string& text, const std::string& end) {
  return text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

// ---- parts -------------------------------------------------------------------------------------

// The last message in which the user asks: answers behind it keep their thoughts.
std::size_t last_question(const std::vector<Message>& messages) {
  for (std::size_t i = messages.size(); i-- > 0;) {
    const std::string& content = messages[i].content;
    const bool result =
        begins_with(content, "<tool_response>") && ends_with(content, "</tool_response>");
    if (messages[i].role == "user" && !result) return i;
  }
  return messages.size() - 1;
}

// Writes a conversation part by part.
class Writer {
 public:
  Writer(const ChatFormat& format, const std::vector<Message>& messages)
      : format_(format), question_(last_question(messages)) {
    mark(format.begin);
  }

  void mark(const std::string& text) { add({text, true}); }
  void content(const std::string& text) { add({text, false}); }

  // A message's own content; its ids are those of this text only if nothing was changed.
  void content(const Message& message, const std::string& text) {
    add({text, false, text == message.content ? message.ids : std::vector<int>()});
  }

  void begin(const std::string& role) { mark(format_.before_role + role + format_.after_role); }
  void end() { mark(format_.after_content); }

  // The index of the last message in which the user asks.
  std::size_t question() const { return question_; }

  std::vector<ChatPart> take() { return std::move(parts_); }

 private:
  void add(ChatPart part) {
    if (!part.text.empty()) parts_.push_back(std::move(part));
  }

  const ChatFormat& format_;
  std::size_t question_;
  std::vector<ChatPart> parts_;
};

//! [11-write-plain]
void write_plain(const ChatFormat& format, const Message& message, Writer& out) {
  out.begin(message.role);
  out.content(message, format.trims ? strip_white(message.content) : message.content);
  out.end();
}
//! [11-write-plain]

// ---- tools -------------------------------------------------------------------------------------

void write_call(const ToolCall& call, const std::string& arguments, Writer& out) {
  out.mark("<tool_call>\n{\"name\": \"");
  out.content(call.name);
  out.mark("\", \"arguments\": ");
  out.content(arguments);
  out.mark("}\n</tool_call>");
}

// The results of tools that stand together are one turn of the user's.
void write_result(const std::vector<Message>& messages, std::size_t i, Writer& out) {
  if (i == 0 || messages[i - 1].role != "tool") out.mark("<|im_start|>user");
  out.mark("\n<tool_response>\n");
  out.content(messages[i].content);
  out.mark("\n</tool_response>");
  if (i + 1 == messages.size() || messages[i + 1].role != "tool") out.end();
}

void write_qwen25_calls(const Message& message, Writer& out) {
  out.mark("<|im_start|>assistant");
  if (!message.content.empty()) out.mark("\n");
  out.content(message, message.content);
  for (const ToolCall& call : message.tool_calls) {
    out.mark("\n");
    write_call(call, call.arguments, out);
  }
  out.end();
}

// ---- thoughts ----------------------------------------------------------------------------------

// An answer in two parts, as Qwen3's template cuts it.
struct Thought {
  std::string thought, answer;
};

//! [11-cut-thought]
Thought cut_thought(const std::string& content) {
  // BEGIN SOLUTION 11.4
  const std::size_t first = content.find(kThinkEnd), last = content.rfind(kThinkEnd);
  if (first == std::string::npos) return {"", content};
  std::string thought = content.substr(0, first);
  const std::size_t begin = thought.rfind(kThink);
  if (begin != std::string::npos) thought.erase(0, begin + std::string(kThink).size());
  const std::string answer = content.substr(last + std::string(kThinkEnd).size());
  return {without_line_ends_around(thought), without_first_line_ends(answer)};
  // END SOLUTION
}
//! [11-cut-thought]

//! [11-write-thinker]
void write_thinker(const std::vector<Message>& messages, std::size_t i, Writer& out) {
  const Message& message = messages[i];
  const Thought cut = cut_thought(message.content);
  const bool is_last = i + 1 == messages.size();
  const bool keeps = i > out.question() && (is_last || !cut.thought.empty());
  out.begin(message.role);
  if (keeps) {
    out.mark("<think>\n");
    out.content(cut.thought);
    out.mark("\n</think>\n\n");
  }
  out.content(message, keeps ? without_first_line_ends(cut.answer) : cut.answer);
  for (std::size_t c = 0; c < message.tool_calls.size(); ++c) {
    if (c > 0 || !cut.answer.empty()) out.mark("\n");
    write_call(message.tool_calls[c], message.tool_calls[c].arguments_text, out);
  }
  out.end();
}
//! [11-write-thinker]

void write_message(const ChatFormat& format, const std::vector<Message>& messages, std::size_t i,
                   Writer& out) {
  const Message& message = messages[i];
  if (format.tools && message.role == "tool") {
    write_result(messages, i, out);
  } else if (format.thinks && message.role == "assistant") {
    write_thinker(messages, i, out);
  } else if (format.tools && message.role == "assistant" && !message.tool_calls.empty()) {
    write_qwen25_calls(message, out);
  } else {
    write_plain(format, message, out);
  }
}

void check_messages(const ChatFormat& format, const std::vector<Message>& messages) {
  if (messages.empty()) {
    throw Error(ErrorCode::kBadValue, {"a conversation without messages", "none", "at least one",
                                       "for example a user who asks something"});
  }
  for (const Message& message : messages) {
    const std::string& role = message.role;
    if (role != "system" && role != "user" && role != "assistant" && role != "tool") {
      throw Error(ErrorCode::kBadValue,
                  {"unknown role", role, "system, user, assistant or tool", ""});
    }
    if (!message.tool_calls.empty() && (!format.tools || role != "assistant")) {
      throw Error(ErrorCode::kBadValue,
                  {"calls of tools have no place here",
                   "a message of the " + role + " in the format " + format.name,
                   "an assistant's, in the format qwen2.5 or qwen3", ""});
    }
  }
}

}  // namespace

//! [11-render]
std::vector<ChatPart> render_chat(const ChatFormat& format, const std::vector<Message>& messages,
                                  const ChatOptions& options) {
  check_messages(format, messages);
  Writer out(format, messages);
  // BEGIN SOLUTION 11.1
  const std::string system = format.default_system;
  if (!system.empty() && messages[0].role != "system") {
    write_plain(format, {"system", system, {}, {}}, out);
  }
  for (std::size_t i = 0; i < messages.size(); ++i) write_message(format, messages, i, out);
  if (options.add_generation_prompt) {
    out.begin("assistant");
    if (format.thinks && !options.enable_thinking) out.mark("<think>\n\n</think>\n\n");
  }
  // END SOLUTION
  return out.take();
}
//! [11-render]

}  // namespace tokenwalk
