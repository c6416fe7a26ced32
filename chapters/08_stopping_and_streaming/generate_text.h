#pragma once

#include <functional>
#include <string>
#include <vector>

#include "chapters/05_naive_generate/generate_naive.h"
#include "chapters/08_stopping_and_streaming/text_stream.h"

namespace tokenwalk {

/// A loop that generates with the options it is given: generate_naive, decode, Session::generate.
using GenerateLoop = std::function<Generated(const GenerateOptions& options)>;

/// Hears of the text in pieces; may be empty.
using OnPiece = std::function<void(const std::string& piece)>;

/// Runs a loop and streams its text: every new id goes through `stream`, pieces that are not empty
/// go to on_piece, the last one is the stream's flush. The id that ends the text (end of text, stop
/// id) has no text. Where a stop string is completed the loop ends after that token, with
/// Finish::kStopString, also if it was the last token allowed; the token stays in the result and in
/// a session, which is consistent however the loop ended.
/// options.on_token hears of every id before on_piece hears of its text, and may cancel.
/// model.eos_ids tell which ids end the text.
Generated generate_text(const GenerateLoop& loop, const ModelConfig& model,
                        const GenerateOptions& options, TextStream& stream,
                        const OnPiece& on_piece);

/// `tokens` without the id that ended them, if one did.
std::vector<int> text_ids(const Generated& generated);

}  // namespace tokenwalk
