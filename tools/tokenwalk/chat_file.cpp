#include "tools/tokenwalk/chat_file.h"

#include "lib/base/error.h"
#include "lib/io/mapped_file.h"
#include "lib/io/output_file.h"
#include "tools/tokenwalk/chat_request.h"

namespace tokenwalk {

void save_messages(const std::vector<Message>& messages, const std::filesystem::path& path) {
  Json list = Json::array();
  for (const Message& message : messages) {
    list.push_back({{"role", message.role}, {"content", message.content}});
  }
  const std::string text = Json{{"messages", std::move(list)}}.dump(1) + "\n";
  OutputFile file(path);
  file.write(std::as_bytes(std::span(text)));
  file.finish();
}

std::vector<Message> load_messages(const std::filesystem::path& path) {
  const MappedFile file(path);
  const Json json = Json::parse(file.text(), nullptr, false);
  try {
    if (!json.is_object()) {
      throw Error(ErrorCode::kBadFile, {"not a conversation", "no JSON object",
                                        R"({"messages": [...]})", "/save writes such files"});
    }
    return read_messages(Request(json, {"messages"}).at("messages"));
  } catch (const Error& error) {
    ErrorParts parts = error.parts();
    parts.message = path.string() + ": " + parts.message;
    throw Error(ErrorCode::kBadFile, parts);
  }
}

}  // namespace tokenwalk
