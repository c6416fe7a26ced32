#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tokenwalk {

/// A call of a tool that a model asks for.
struct ToolCall {
  std::string name;
  std::string arguments;       ///< as JSON: {"city": "Oslo"}, or a string in quotes
  std::string arguments_text;  ///< the same, but for a string: without quotes
};

/// What somebody said.
struct Message {
  std::string role;     ///< system, user, assistant or tool
  std::string content;  ///< ordinary text, whatever is in it
  std::vector<ToolCall> tool_calls;
  std::vector<int> ids;  ///< of `content`, if a model has sampled it; else empty
};

/// How a family of models writes a conversation. A turn is
/// before_role ROLE after_role CONTENT after_content.
struct ChatFormat {
  const char* name;
  const char* begin;  ///< before everything
  const char* before_role;
  const char* after_role;
  const char* after_content;
  const char* default_system;  ///< what the system says if the first message is another's; "": none
  bool trims = false;          ///< white space around a content is left out
  bool tools = false;          ///< writes calls of tools and their results, as Qwen does
  bool thinks = false;         ///< an answer begins with a part between `<think>` and `</think>`
};

/// chatml, smollm2, qwen2.5, qwen3, llama3, and `tags`: <|system|>, <|user|>, <|assistant|>.
const std::vector<ChatFormat>& chat_formats();

/// By name. Throws Error(kBadValue) that lists the names.
const ChatFormat& chat_format_named(std::string_view name);

/// The format that a model's own template (Jinja) writes, recognised by what it contains. Throws
/// Error(kBadFile) for a template that is none of these, by name where it is a well-known one.
const ChatFormat& recognise_format(std::string_view jinja);

/// A piece of a rendered conversation, by who wrote it.
struct ChatPart {
  std::string text;
  bool is_mark;               ///< true: the template's, in which special tokens are such
  std::vector<int> ids = {};  ///< of `text`, if they are known
};

struct ChatOptions {
  bool add_generation_prompt = true;  ///< ends where the assistant's answer begins
  bool enable_thinking = true;        ///< false: the answer begins behind an empty thought
};

/// A conversation as its model expects it. Messages: at least one; roles as above. The text is that
/// of Hugging Face's apply_chat_template with the template that the model's maker published.
/// Throws Error(kBadValue) for no messages, another role, calls of tools where the format has none.
std::vector<ChatPart> render_chat(const ChatFormat& format, const std::vector<Message>& messages,
                                  const ChatOptions& options = {});

/// The parts in a row.
std::string chat_text(const std::vector<ChatPart>& parts);

}  // namespace tokenwalk
