#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace tokenwalk {

/// Tokens side by side that merge with their neighbours, each step at constant cost. A token stands
/// at the place of its first byte; its id is also noted at its last byte, so that the neighbour to
/// the left is found. Fences (id < 0) lie before, between and behind the words.
class TokenRow {
 public:
  static constexpr int kFence = -1;

  /// ids: a fence first and last; each other one stands for one byte.
  explicit TokenRow(std::vector<int> ids) : ids_(std::move(ids)) {}

  /// The token that begins at a place; kFence where a fence is or a token that was merged away.
  /// (At the last byte of a longer token: that token, which never began there.)
  int id(std::size_t place) const { return ids_[place]; }

  /// The token that ends before a place where one begins; kFence at the beginning of a word.
  int id_before(std::size_t place) const { return ids_[place - 1]; }

  /// Turns the tokens at `left` and `right`, of which the second takes `right_size` bytes, into
  /// one.
  void merge(std::size_t left, std::size_t right, std::size_t right_size, int merged) {
    ids_[right] = kFence;
    ids_[left] = merged;
    ids_[right + right_size - 1] = merged;
  }

  std::size_t size() const { return ids_.size(); }

 private:
  std::vector<int> ids_;
};

}  // namespace tokenwalk
