#include "chapters/04_transformer/reference_kv.h"

#include "lib/base/check.h"

namespace tokenwalk {

void ReferenceKv::write(std::size_t position, const float* k, const float* v) {
  const std::size_t offset = position * row_bytes();
  for (std::vector<std::byte>* rows : {&keys_, &values_}) {
    if (offset < rows->size()) continue;
    const std::size_t blocks = position / kKvBlock + 1;
    rows->reserve(blocks * kKvBlock * row_bytes());  // exactly: bytes() is what the formula says
    rows->resize(rows->capacity());
  }
  store_kv(type_, {k, row_size_}, keys_.data() + offset);
  store_kv(type_, {v, row_size_}, values_.data() + offset);
}

void ReferenceKv::read(std::size_t position, float* k, float* v) const {
  const std::size_t offset = position * row_bytes();
  CHECK_LE(offset + row_bytes(), keys_.size());
  load_kv(type_, keys_.data() + offset, {k, row_size_});
  load_kv(type_, values_.data() + offset, {v, row_size_});
}

const float* ReferenceKv::keys(std::size_t n_positions, std::vector<float>& room) const {
  return widened(keys_, n_positions, room);
}

const float* ReferenceKv::values(std::size_t n_positions, std::vector<float>& room) const {
  return widened(values_, n_positions, room);
}

const float* ReferenceKv::widened(const std::vector<std::byte>& stored, std::size_t n_positions,
                                  std::vector<float>& room) const {
  CHECK_LE(n_positions * row_bytes(), stored.size());
  if (type_ == KvType::kF32) return reinterpret_cast<const float*>(stored.data());
  room.resize(n_positions * row_size_);
  load_kv(type_, stored.data(), room);
  return room.data();
}

}  // namespace tokenwalk
