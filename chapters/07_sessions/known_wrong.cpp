#include "chapters/07_sessions/known_wrong.h"

#include <algorithm>

namespace tokenwalk {

//! [07-wrong-last-token]
Generated continue_with_last_token(Session& session, const GenerateOptions& options) {
  const int last = session.tokens().back();
  return session.generate({&last, 1}, options);
}
//! [07-wrong-last-token]

//! [07-wrong-trusting]
std::size_t sync_trusting(Session& session, std::span<const int> ids) {
  const std::size_t held = std::min(session.tokens().size(), ids.size());
  return session.generate(ids.subspan(held), greedy_options(0)).evaluated;
}
//! [07-wrong-trusting]

}  // namespace tokenwalk
