#include "chapters/08_stopping_and_streaming/generate_text.h"

namespace tokenwalk {
namespace {

// Whether an id ends the text by itself and so is no part of it.
bool is_end(const ModelConfig& model, int id, const GenerateOptions& options) {
  Finish finish = Finish::kLength;
  ends_text(model, id, 0, options, finish);
  return finish == Finish::kEos || finish == Finish::kStopToken;
}

}  // namespace

//! [08-generate-text]
Generated generate_text(const GenerateLoop& loop, const ModelConfig& model,
                        const GenerateOptions& options, TextStream& stream,
                        const OnPiece& on_piece) {
  const auto show = [&](const std::string& piece) {
    if (on_piece && !piece.empty()) on_piece(piece);
  };
  // BEGIN SOLUTION 08.5
  GenerateOptions streamed = options;
  streamed.on_token = [&](int id) {
    const bool go_on = !options.on_token || options.on_token(id);
    if (!is_end(model, id, options)) show(stream.push(id));
    return go_on && stream.matched() == nullptr;
  };
  Generated result = loop(streamed);
  if (stream.matched() != nullptr) result.finish = Finish::kStopString;
  show(stream.flush());
  return result;
  // END SOLUTION
}
//! [08-generate-text]

std::vector<int> text_ids(const Generated& generated) {
  const bool ended = generated.finish == Finish::kEos || generated.finish == Finish::kStopToken;
  const std::size_t n = generated.tokens.size() - (ended ? 1 : 0);
  return {generated.tokens.begin(), generated.tokens.begin() + static_cast<std::ptrdiff_t>(n)};
}

}  // namespace tokenwalk
