#include "chapters/11_chat/encode_chat.h"
#include "tools/tokenwalk/chat_request.h"
#include "tools/tokenwalk/jsonl_ops.h"

namespace tokenwalk {
namespace {

Json answer_chat(const Request& request, Engine& engine) {
  const std::vector<Message> messages = read_messages(request.at("messages"));
  const ChatOptions options = {request.flag("add_generation_prompt", true),
                               request.flag("enable_thinking", true)};
  const ChatFormat& format = request.has("format")
                                 ? chat_format_named(request.text("format"))
                                 : recognise_format(engine.tokenizer().chat_template);
  const std::vector<ChatPart> parts = render_chat(format, messages, options);
  return {{"text", chat_text(parts)}, {"ids", encode_chat(engine.tokenizer(), parts)}};
}

}  // namespace

std::vector<JsonlOp> chat_ops() {
  return {
      {"chat", {"messages", "add_generation_prompt", "format", "enable_thinking"}, answer_chat}};
}

}  // namespace tokenwalk
