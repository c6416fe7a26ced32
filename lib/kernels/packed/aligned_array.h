#pragma once

#include <cstddef>
#include <memory>
#include <new>
#include <type_traits>

namespace tokenwalk {

/// An array of plain numbers that starts at a multiple of 64 bytes, a cache line. Not initialised.
template <typename T>
class AlignedArray {
  static_assert(std::is_trivial_v<T>);

 public:
  AlignedArray() = default;
  explicit AlignedArray(std::size_t size)
      : data_(static_cast<T*>(::operator new(size * sizeof(T), kAlignment))), size_(size) {}

  T* data() { return data_.get(); }
  const T* data() const { return data_.get(); }
  std::size_t size() const { return size_; }

 private:
  static constexpr std::align_val_t kAlignment{64};
  struct Free {
    void operator()(T* p) const { ::operator delete(p, kAlignment); }
  };

  std::unique_ptr<T, Free> data_;
  std::size_t size_ = 0;
};

using AlignedBytes = AlignedArray<std::byte>;

}  // namespace tokenwalk
