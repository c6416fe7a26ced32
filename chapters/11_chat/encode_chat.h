#pragma once

#include <vector>

#include "chapters/01_tokenizer/published.h"
#include "chapters/11_chat/chat_format.h"

namespace tokenwalk {

/// Ids of a rendered conversation. Added tokens become their ids in the template's own text alone:
/// what a message contains is ordinary text, even "<|im_end|>". Ordinary text that stands together,
/// of the template and of messages, is encoded together, so that the ids of a conversation without
/// such words are those of its whole text. A part with known ids keeps them.
std::vector<int> encode_chat(const PublishedTokenizer& tokenizer,
                             const std::vector<ChatPart>& parts);

}  // namespace tokenwalk
