#include "tools/tokenwalk/jsonl.h"

#include <istream>
#include <ostream>

#include "lib/base/error.h"
#include "tools/tokenwalk/jsonl_ops.h"
#include "tools/tokenwalk/raw_id.h"

namespace tokenwalk {
namespace {

constexpr std::size_t kLongestLine = std::size_t{64} << 20;
constexpr int kDeepestNesting = 64;

// Reads a line; of a longer one than allowed only the start is kept, one byte past the limit.
bool read_line(std::istream& in, std::string& line) {
  line.clear();
  std::streambuf& buffer = *in.rdbuf();
  for (int c = buffer.sbumpc(); c != std::char_traits<char>::eof(); c = buffer.sbumpc()) {
    if (c == '\n') return true;
    if (line.size() <= kLongestLine) line.push_back(static_cast<char>(c));
  }
  return !line.empty();
}

Json parse_line(const std::string& line) {
  if (line.size() > kLongestLine) {
    throw Error(ErrorCode::kBadJson, {"the line is too long", "more than 64 MiB",
                                      "at most 64 MiB a line", "cut the request in parts"});
  }
  if (line.find('\0') != std::string::npos) {  // the parser takes one for the end of the text
    throw Error(ErrorCode::kBadJson, {"the line is not JSON", "a byte 0", "one JSON object a line",
                                      R"(write \u0000 in a string)"});
  }
  const auto limit_depth = [](int depth, Json::parse_event_t, Json&) {
    if (depth > kDeepestNesting) {
      throw Error(ErrorCode::kBadJson, {"the JSON is nested too deeply", "more than 64 levels",
                                        "a request object", "no operation takes nested values"});
    }
    return true;
  };
  try {
    return Json::parse(line, limit_depth);
  } catch (const Json::parse_error& error) {
    throw Error(ErrorCode::kBadJson,
                {"the line is not JSON", error.what(), "one JSON object a line",
                 "text in double quotes, no comments, one request a line"});
  } catch (const Json::out_of_range& error) {
    throw Error(ErrorCode::kBadValue,
                {"a number is out of range", error.what(), "numbers that a double can hold",
                 R"(write "inf" for infinity)"});
  }
}

using Ops = std::vector<JsonlOp>;

Ops all_ops() {
  Ops list;
  for (const Ops& group : {tokenizer_ops(), sampling_ops(), model_ops(), text_ops(), score_ops(),
                           batch_ops(), chat_ops(), session_ops()}) {
    list.insert(list.end(), group.begin(), group.end());
  }
  return list;
}

[[noreturn]] void fail_op(const Ops& ops, const std::string& name) {
  std::string listed;
  std::vector<std::string_view> names;
  for (const JsonlOp& op : ops) {
    listed += (listed.empty() ? "" : ", ") + std::string(op.name);
    names.push_back(op.name);
  }
  throw Error(ErrorCode::kBadRequest,
              {"unknown operation", name, listed, nearest_hint(name, names)});
}

const JsonlOp& find_op(const Ops& ops, const Json& request) {
  if (!request.is_object()) {
    throw Error(ErrorCode::kBadRequest, {"the request is not an object", describe(request),
                                         R"(an object such as {"op": "info"})", ""});
  }
  if (!request.contains("op") || !request["op"].is_string()) {
    throw Error(ErrorCode::kBadRequest,
                {"the request names no operation",
                 request.contains("op") ? describe(request["op"]) : "no key \"op\"",
                 "a key \"op\" with a string", R"(for example {"op": "info"})"});
  }
  const std::string name = request["op"];
  for (const JsonlOp& op : ops) {
    if (op.name == name) return op;
  }
  fail_op(ops, name);
}

// An error quotes what it found; a request of a megabyte is not sent back whole.
std::string shortened(const std::string& text) {
  constexpr std::size_t kMost = 1000;
  if (text.size() <= kMost) return text;
  std::size_t end = kMost;
  while (end > 0 && (text[end] & 0xC0) == 0x80) --end;  // not inside a character
  return text.substr(0, end) + "...";
}

Json error_reply(std::string_view code, const ErrorParts& parts) {
  Json error = {{"code", code},
                {"message", shortened(parts.message)},
                {"found", shortened(parts.found)},
                {"expected", shortened(parts.expected)},
                {"hint", shortened(parts.hint)}};
  return {{"ok", false}, {"error", std::move(error)}};
}

Json answer(const Ops& ops, const Json& request, Engine& engine) {
  const JsonlOp& op = find_op(ops, request);
  Json reply = {{"ok", true}};
  reply.update(op.answer(Request(request, op.keys), engine));
  return reply;
}

Json reply_to(const Ops& ops, const std::string& line, Engine& engine) {
  try {
    return answer(ops, parse_line(line), engine);
  } catch (const Error& error) {
    return error_reply(error_code_name(error.code()), error.parts());
  } catch (const std::bad_alloc&) {
    return error_reply("capacity", {"not enough memory", "a request too large",
                                    "one that fits this machine", "cut it in parts"});
  } catch (const std::exception& error) {
    return error_reply("bad_request", {"the request failed", error.what(), "a reply",
                                       "a fault of this program: please report it"});
  }
}

// The reply as a line, with the request's id in front, letter by letter.
std::string reply_line(const Json& reply, const std::string& id) {
  const std::string text = reply.dump(-1, ' ', false, Json::error_handler_t::replace);
  return id.empty() ? text : "{\"id\":" + id + "," + text.substr(1);
}

}  // namespace

void serve_jsonl(Engine& engine, std::istream& in, std::ostream& out) {
  const Ops ops = all_ops();
  std::string line;
  while (out && read_line(in, line)) {
    if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
    out << reply_line(reply_to(ops, line, engine), raw_id(line)) << '\n' << std::flush;
  }
}

}  // namespace tokenwalk
