#pragma once

#include "chapters/01_tokenizer/prompt.h"

namespace tokenwalk {

/// The nine most likely next tokens of the bundled model (data/tiny) after kPrompt, in the order of
/// their ids, each with its leading space, and their logits to the last bit (nine digits name one
/// float). Chapters 02 and 03 use them as constants, chapter 04 computes them.
/// From: tokenwalk jsonl, {"op": "logits", "ids": [724, 490, 491, 649, 415, 309], "full": true}.
inline constexpr int kNine = 9;
inline constexpr int kNineIds[kNine] = {748, 802, 958, 1017, 1140, 1185, 1290, 1583, 1895};
inline constexpr const char* kNineWords[kNine] = {" box",   " boat",  " bed",  " mat", " grass",
                                                  " chair", " table", " wall", " roof"};
inline constexpr float kNineLogits[kNine] = {11.3850861f, 10.2757082f, 12.1392965f,
                                             12.8291788f, 10.1788769f, 11.8215809f,
                                             10.7091484f, 11.4441538f, 10.6598225f};

}  // namespace tokenwalk
