#pragma once

namespace tokenwalk {

/// The prompt of the whole book.
inline constexpr const char* kPrompt = "The little cat sat on the";

}  // namespace tokenwalk
