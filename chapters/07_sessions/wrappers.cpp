#include "chapters/07_sessions/wrappers.h"

namespace tokenwalk {

//! [07-wrappers]
std::vector<int> generate_full(Session& session, std::span<const int> ids,
                               const GenerateOptions& options) {
  // BEGIN SOLUTION 07.4
  session.sync(ids);
  session.generate({}, options);
  return session.tokens();
  // END SOLUTION
}

std::vector<int> generate_new(Session& session, std::span<const int> new_ids,
                              const GenerateOptions& options) {
  return session.generate(new_ids, options).tokens;
}
//! [07-wrappers]

}  // namespace tokenwalk
