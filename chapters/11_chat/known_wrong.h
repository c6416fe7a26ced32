#pragma once

#include <string>
#include <vector>

#include "chapters/11_chat/conversation.h"

namespace tokenwalk {

// Ways to hold a conversation that are known to be wrong, kept for the page and the tests.

/// Encodes the rendered text in one go, with special tokens: a user who writes <|im_end|> ends his
/// turn, and speaks on as whoever he likes.
std::vector<int> encode_as_one_text(const PublishedTokenizer& tokenizer,
                                    const std::vector<ChatPart>& parts);

/// Encodes each part by itself and joins the ids: other ids than those of the whole text, where a
/// token would span two parts.
/// From: KV Cache and generate() Semantics (docs/sources.md), whose turns are encoded one by one.
std::vector<int> encode_each_part(const PublishedTokenizer& tokenizer,
                                  const std::vector<ChatPart>& parts);

/// Feeds a turn with the user's words alone, without a template: the model sees no end of its own
/// turn and no beginning of another.
/// From: KV Cache and generate() Semantics (docs/sources.md).
Generated answer_without_template(Session& session, const PublishedTokenizer& tokenizer,
                                  const std::string& words, const GenerateOptions& options);

}  // namespace tokenwalk
