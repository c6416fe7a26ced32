#pragma once

#include <cstddef>
#include <string>

namespace tokenwalk::grading {

/// The largest frame that either side accepts.
inline constexpr std::size_t kMaxFrame = std::size_t{4} << 20;

/// What reading a frame came to.
enum class FrameStatus {
  kFrame,    ///< a whole frame
  kEnd,      ///< the other side has closed the descriptor between two frames
  kBroken,   ///< it closed inside a frame, or announced one that is too large
  kTimeout,  ///< the time given ran out
};

/// Reads a frame, a length of 4 bytes (little endian) and that many bytes, within `seconds`.
FrameStatus read_frame(int fd, std::string& body, double seconds);

/// Writes one; false if nobody reads any more or `seconds` ran out.
bool write_frame(int fd, const std::string& body, double seconds);

}  // namespace tokenwalk::grading
