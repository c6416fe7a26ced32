#include "chapters/11_chat/chat_format.h"

#include <algorithm>
#include <utility>

#include "lib/base/error.h"

namespace tokenwalk {
namespace {

constexpr const char* kSmolSystem =
    "You are a helpful AI assistant named SmolLM, trained by Hugging Face";
constexpr const char* kQwenSystem =
    "You are Qwen, created by Alibaba Cloud. You are a helpful assistant.";

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

//! [11-signs]
// What tells a template from all others: it contains these, and none of those.
struct Signs {
  const char* format;
  std::vector<const char*> contains;
  std::vector<const char*> contains_not;
};

const std::vector<Signs> kSigns = {
    {"smollm2", {"<|im_start|>", kSmolSystem}, {"tools", "think"}},
    {"qwen2.5", {"<|im_start|>", kQwenSystem, "<tool_call>"}, {"<think>", "render_content"}},
    {"qwen3",
     {"<|im_start|>", "enable_thinking", "last_query_index"},
     {"render_content", "<function="}},
    {"llama3", {"<|start_header_id|>", "<|eot_id|>", "| trim"}, {"tools", "Today Date"}},
    {"tags", {"<|system|>", "<|user|>", "<|assistant|>"}, {"<|end|>", "eos_token", "\\n"}},
    {"chatml", {"<|im_start|>", "<|im_end|>"}, {"system", "tool", "think", "trim"}},
};
//! [11-signs]

// Templates that people meet and that are none of ours.
struct Known {
  const char* sign;
  const char* name;
};
constexpr Known kOthers[] = {{"Today Date", "Llama 3.1 or later"},
                             {"[INST]", "Mistral or Llama 2"},
                             {"<start_of_turn>", "Gemma"},
                             {"render_content", "Qwen3-VL or Qwen3.5"},
                             {"Reasoning Mode", "SmolLM3"},
                             {"<|channel|>", "gpt-oss"},
                             {"<|end|>", "Phi"},
                             {"<|im_start|>", "a variant of ChatML"}};

bool fits(const Signs& signs, std::string_view jinja) {
  const auto in = [jinja](const char* sign) { return contains(jinja, sign); };
  return std::all_of(signs.contains.begin(), signs.contains.end(), in) &&
         std::none_of(signs.contains_not.begin(), signs.contains_not.end(), in);
}

std::string format_names() {
  std::string names;
  for (const ChatFormat& format : chat_formats()) {
    names += (names.empty() ? "" : ", ") + std::string(format.name);
  }
  return names;
}

}  // namespace

//! [11-formats]
const std::vector<ChatFormat>& chat_formats() {
  static const std::vector<ChatFormat> formats = {
      {"chatml", "", "<|im_start|>", "\n", "<|im_end|>\n", ""},
      {"smollm2", "", "<|im_start|>", "\n", "<|im_end|>\n", kSmolSystem},
      {"qwen2.5", "", "<|im_start|>", "\n", "<|im_end|>\n", kQwenSystem, false, true},
      {"qwen3", "", "<|im_start|>", "\n", "<|im_end|>\n", "", false, true, true},
      {"llama3", "<|begin_of_text|>", "<|start_header_id|>", "<|end_header_id|>\n\n", "<|eot_id|>",
       "", true},
      {"tags", "", "<|", "|>", "", ""},
  };
  return formats;
}
//! [11-formats]

const ChatFormat& chat_format_named(std::string_view name) {
  for (const ChatFormat& format : chat_formats()) {
    if (name == format.name) return format;
  }
  throw Error(ErrorCode::kBadValue, {"unknown chat format", std::string(name), format_names(), ""});
}

const ChatFormat& recognise_format(std::string_view jinja) {
  for (const Signs& signs : kSigns) {
    if (fits(signs, jinja)) return chat_format_named(signs.format);
  }
  std::string found = jinja.empty() ? "a model without a chat template" : "another template";
  for (const Known& other : kOthers) {
    if (!contains(jinja, other.sign)) continue;
    found = std::string("the template of ") + other.name;
    break;
  }
  throw Error(ErrorCode::kBadFile,
              {"the model's chat template is not known", found, "that of one of " + format_names(),
               "name the format that comes nearest: --chat-format chatml, or "
               "\"format\" in a request"});
}

std::string chat_text(const std::vector<ChatPart>& parts) {
  std::string text;
  for (const ChatPart& part : parts) text += part.text;
  return text;
}

}  // namespace tokenwalk
