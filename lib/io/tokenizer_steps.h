#pragma once

// For .cpp files of lib/io only, like json_tree.h.

#include <string>

#include "lib/io/json_tree.h"
#include "lib/io/tokenizer_data.h"

namespace tokenwalk {

/// The member `key` of an object; null if it is missing or if `object` is no object.
const nlohmann::json& json_member(const nlohmann::json& object, const char* key);

/// The "type" of a component such as {"type": "ByteLevel", ...}; empty if it has none.
std::string component_type(const nlohmann::json& component);

/// A flag of a component; `fallback` if it is not there or not a truth value.
bool component_flag(const nlohmann::json& component, const char* key, bool fallback);

/// A component for messages: its type, and its text, cut where it is long.
std::string component_text(const nlohmann::json& component);

/// These read the parts of a tokenizer.json that say what happens around merging, and fill
/// `data`. Error(kBadFile) names a component that is not known or malformed.
/// normalizer: null, NFC, or a Sequence of these.
void read_normalizer(const nlohmann::json& component, TokenizerData& data);
/// pre_tokenizer: ByteLevel, or a Sequence of Split, Digits and, last, ByteLevel.
void read_pre_tokenizer(const nlohmann::json& component, TokenizerData& data);
/// post_processor: null, ByteLevel (changes no ids), TemplateProcessing with at most one token
/// before and one after the text, or a Sequence of these. `data.vocab` must be there.
void read_post_processor(const nlohmann::json& component, TokenizerData& data);

}  // namespace tokenwalk
