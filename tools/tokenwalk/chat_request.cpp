#include "tools/tokenwalk/chat_request.h"

#include "lib/base/error.h"

namespace tokenwalk {
namespace {

[[noreturn]] void fail(const std::string& what, const Json& found, const std::string& expected) {
  throw Error(ErrorCode::kBadRequest, {what, describe(found), expected, ""});
}

const Json& checked_object(const Json& value, const std::string& what) {
  if (!value.is_object()) fail(what + " is not an object", value, "an object");
  return value;
}

ToolCall read_call(const Json& value) {
  const Json& outer = checked_object(value, "a call of a tool");
  const Request call(outer, {"id", "type", "function", "name", "arguments"});
  if (call.has("function")) return read_call(call.object("function"));
  if (!call.has("arguments"))
    fail("a call of a tool has no arguments", value, "a key \"arguments\"");
  const Json& arguments = outer.at("arguments");
  const std::string json = python_json(arguments);
  return {call.text("name"), json, arguments.is_string() ? arguments.get<std::string>() : json};
}

Message read_message(const Json& value) {
  const Json& object = checked_object(value, "a message");
  const Request message(object, {"role", "content", "tool_calls"});
  Message result;
  result.role = message.text("role");
  if (message.has("tool_calls")) {
    const Json& calls = object.at("tool_calls");
    if (!calls.is_array()) fail("key \"tool_calls\" has the wrong type", calls, "an array");
    for (const Json& call : calls) result.tool_calls.push_back(read_call(call));
  }
  const bool empty = !message.has("content") || object.at("content").is_null();
  if (!empty || result.tool_calls.empty()) result.content = message.text("content");
  return result;
}

}  // namespace

std::vector<Message> read_messages(const Json& messages) {
  if (!messages.is_array()) fail("key \"messages\" has the wrong type", messages, "an array");
  std::vector<Message> result;
  for (const Json& message : messages) result.push_back(read_message(message));
  return result;
}

std::string python_json(const Json& value) {
  if (!value.is_structured()) return value.dump();
  std::string text;
  for (const auto& [key, element] : value.items()) {
    if (!text.empty()) text += ", ";
    if (value.is_object()) text += Json(key).dump() + ": ";
    text += python_json(element);
  }
  return value.is_object() ? "{" + text + "}" : "[" + text + "]";
}

}  // namespace tokenwalk
