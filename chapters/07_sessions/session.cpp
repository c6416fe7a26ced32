#include "chapters/07_sessions/session.h"

#include <algorithm>
#include <string>
#include <utility>

#include "lib/base/error.h"

namespace tokenwalk {

//! [07-feed]
// Feeds every id that is not cached; the logits of the last one are kept.
std::size_t Session::feed_pending(std::size_t chunk) {
  const std::size_t n = pending();
  if (n > 0) logits_ = prefill(*model_, cache_, std::span(ids_).last(n), chunk);
  return n;
}
//! [07-feed]

//! [07-generate]
Generated Session::generate(std::span<const int> new_ids, const GenerateOptions& options) {
  std::vector<int> ids = ids_;
  ids.insert(ids.end(), new_ids.begin(), new_ids.end());
  check_generate(model_->config, ids, options);
  // BEGIN SOLUTION 07.1
  ids_ = std::move(ids);
  const std::size_t fed = feed_pending(kPrefillChunk);
  GenerateOptions noted = options;
  noted.on_token = [&](int id) {
    ids_.push_back(id);  // pending until it is fed
    logits_.clear();
    return !options.on_token || options.on_token(id);
  };
  Generated result = decode(*model_, cache_, logits_, noted);
  result.evaluated += fed;
  return result;
  // END SOLUTION
}
//! [07-generate]

std::size_t Session::flush() {
  return feed_pending(kPrefillChunk);
}

//! [07-truncate]
void Session::truncate(std::size_t n) {
  if (n > ids_.size()) {
    throw Error(ErrorCode::kBadValue, {"cannot truncate to more than there is", std::to_string(n),
                                       "at most " + std::to_string(ids_.size()), ""});
  }
  // BEGIN SOLUTION 07.2
  if (n == ids_.size()) return;
  ids_.resize(n);
  cache_.truncate(std::min(cache_.length(), n == 0 ? 0 : n - 1));
  logits_.clear();
  // END SOLUTION
}
//! [07-truncate]

//! [07-sync]
std::size_t Session::sync(std::span<const int> ids) {
  check_generate(model_->config, ids, {});
  // BEGIN SOLUTION 07.3
  const auto [end, other] = std::mismatch(ids_.begin(), ids_.end(), ids.begin(), ids.end());
  const auto common = static_cast<std::size_t>(end - ids_.begin());
  cache_.truncate(std::min({cache_.length(), common, ids.size() - 1}));
  ids_.assign(ids.begin(), ids.end());
  return feed_pending(kPrefillChunk);
  // END SOLUTION
}
//! [07-sync]

//! [07-fork]
Session Session::fork() const {
  return Session(*model_, ids_, cache_.fork(*model_), logits_);
}
//! [07-fork]

}  // namespace tokenwalk
