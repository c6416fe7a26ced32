#pragma once

#include <cstdint>
#include <filesystem>

#include "chapters/07_sessions/session.h"

namespace tokenwalk {

/// Writes a session: ids, K and V of all layers as float32, and the logits if nothing is pending.
/// The file does not depend on the kernel set. It is written beside `path` and renamed, so an
/// interrupted save leaves the old file. Throws Error(kBadFile) if it cannot be written.
///
///     8 bytes   "twsess" 0x00 0x01        the last byte is the version
///     u64       model_fingerprint
///     u64 x 3   ids, cached positions, logits (0 or the vocabulary)
///     i32       each id
///     f32       for each layer: keys [cached, n_kv_heads, head_dim], then values
///     f32       the logits
///     u64       FNV-1a of all bytes before
///
/// Numbers are little-endian.
void save_session(const Session& session, const std::filesystem::path& path);

/// Reads it back: the session goes on with the same bits. Throws Error(kBadFile) for a file that is
/// no session, of another version, cut or changed, or saved from another model.
Session load_session(const Model& model, const std::filesystem::path& path);

/// Tells models apart by FNV-1a over the shape, the rotary angles of position 1, the types of K and
/// V and of each layer's weights, the norms of all layers and 64 rows of the embedding. Weights
/// elsewhere are not looked at.
std::uint64_t model_fingerprint(const Model& model);

}  // namespace tokenwalk
