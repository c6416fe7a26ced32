#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace tokenwalk {

/// Throws Error(kBadValue) if one of them is empty.
void check_stop_strings(const std::vector<std::string>& stop);

/// Looks for the first of several stop strings in a text that comes in pieces, and lets through
/// what is not part of one.
///
/// Works on bytes: a match may begin and end inside a piece or be spread over many. Held back is
/// the longest end of the text that is a proper prefix of a stop string, and nothing more. The
/// match that is completed at the earliest byte wins; of those completed at one byte, the longest.
///
/// All stop strings are followed at once, in one automaton (Alfred Aho, Margaret Corasick,
/// "Efficient String Matching", CACM 1975). Cost: linear in the text and in the stop strings,
/// whatever they are; memory: 28 bytes for each byte of the stop strings.
/// What is held back is a prefix of a stop string, so it is not stored a second time.
class StopStrings {
 public:
  /// stops: may be none, and equal ones; as check_stop_strings allows them.
  explicit StopStrings(std::vector<std::string> stops = {});

  /// Adds bytes; returns those that are let through now. After a match: none.
  std::string push(std::string_view bytes);

  /// Ends the text: returns what was held back, unless a match ended it.
  std::string flush();

  /// The bytes held back: fewer than the longest stop string has; none after a match.
  std::string_view held() const;

  /// The stop string that was completed; null if none was.
  const std::string* matched() const {
    return matched_ < 0 ? nullptr : &stops_[static_cast<std::size_t>(matched_)];
  }

 private:
  // A prefix of one or more stop strings: the root is the empty one, a child has one byte more.
  struct Node {
    int child = -1;    // the first of its children
    int sibling = -1;  // the next child of its parent
    int back = 0;      // the longest proper suffix of this prefix that is itself a prefix
    int length = 0;    // of the prefix
    int of = -1;       // a stop string that begins with it
    int stop = -1;     // the longest stop string that it ends with
    char byte = 0;     // its last byte
  };

  int find_child(int node, char byte) const;
  int add_child(int node, char byte, int stop);
  void add_stop(int stop);
  void link_back();
  int follow(int node, char byte) const;
  Node& at(int node) { return nodes_[static_cast<std::size_t>(node)]; }
  const Node& at(int node) const { return nodes_[static_cast<std::size_t>(node)]; }

  std::vector<std::string> stops_;
  std::vector<Node> nodes_;
  int node_ = 0;  // the longest end of the text that is a prefix of a stop string
  int matched_ = -1;
};

}  // namespace tokenwalk
