#include "chapters/08_stopping_and_streaming/stop_strings.h"

#include <utility>

#include "lib/base/error.h"

namespace tokenwalk {

void check_stop_strings(const std::vector<std::string>& stop) {
  for (const std::string& s : stop) {
    if (!s.empty()) continue;
    throw Error(ErrorCode::kBadValue, {"a stop string is empty", "\"\"", "at least one byte",
                                       "every text would end before it begins"});
  }
}

StopStrings::StopStrings(std::vector<std::string> stops) : stops_(std::move(stops)), nodes_(1) {
  check_stop_strings(stops_);
  for (std::size_t i = 0; i < stops_.size(); ++i) add_stop(static_cast<int>(i));
  link_back();
}

//! [08-trie]
int StopStrings::find_child(int node, char byte) const {
  int child = at(node).child;
  while (child >= 0 && at(child).byte != byte) child = at(child).sibling;
  return child;
}

int StopStrings::add_child(int node, char byte, int stop) {
  const int child = static_cast<int>(nodes_.size());
  nodes_.push_back({-1, at(node).child, 0, at(node).length + 1, stop, -1, byte});
  return at(node).child = child;
}

// A path from the root, a node for each byte.
void StopStrings::add_stop(int stop) {
  int node = 0;
  for (const char byte : stops_[static_cast<std::size_t>(stop)]) {
    const int child = find_child(node, byte);
    node = child >= 0 ? child : add_child(node, byte, stop);
  }
  if (at(node).stop < 0) at(node).stop = stop;
}
//! [08-trie]

//! [08-follow]
// From the longest prefix that a text ends with to that of the text with one byte more.
int StopStrings::follow(int node, char byte) const {
  // BEGIN SOLUTION 08.1
  while (true) {
    const int child = find_child(node, byte);
    if (child >= 0) return child;
    if (node == 0) return 0;
    node = at(node).back;
  }
  // END SOLUTION
}
//! [08-follow]

//! [08-link-back]
// Shorter prefixes first: a node's `back` is shorter than the node, so it is ready when needed.
void StopStrings::link_back() {
  std::vector<int> in_order = {0};
  for (std::size_t i = 0; i < in_order.size(); ++i) {
    const int node = in_order[i];
    for (int child = at(node).child; child >= 0; child = at(child).sibling) {
      in_order.push_back(child);
      if (node != 0) at(child).back = follow(at(node).back, at(child).byte);
      if (at(child).stop < 0) at(child).stop = at(at(child).back).stop;
    }
  }
}
//! [08-link-back]

//! [08-push]
std::string StopStrings::push(std::string_view bytes) {
  // BEGIN SOLUTION 08.2
  if (matched_ >= 0) return {};
  const std::string_view before = held();
  std::size_t read = 0;
  while (read < bytes.size() && matched_ < 0) {
    node_ = follow(node_, bytes[read++]);
    matched_ = at(node_).stop;
  }
  const std::size_t kept = matched_ >= 0 ? matched()->size() : held().size();
  const std::size_t shown = before.size() + read - kept;
  std::string text(before.substr(0, shown));
  text += bytes.substr(0, shown - text.size());
  return text;
  // END SOLUTION
}
//! [08-push]

std::string_view StopStrings::held() const {
  const Node& node = at(node_);
  if (matched_ >= 0 || node.length == 0) return {};
  return std::string_view(stops_[static_cast<std::size_t>(node.of)])
      .substr(0, static_cast<std::size_t>(node.length));
}

std::string StopStrings::flush() {
  const std::string rest(held());
  node_ = 0;
  return rest;
}

}  // namespace tokenwalk
