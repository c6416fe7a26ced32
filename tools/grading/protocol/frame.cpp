#include "tools/grading/protocol/frame.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdint>

namespace tokenwalk::grading {
namespace {

using Clock = std::chrono::steady_clock;

// Waits until fd can be read or written; false when the time is over.
bool wait_for(int fd, short events, Clock::time_point deadline) {
  while (true) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now());
    if (left.count() <= 0) return false;
    pollfd p = {fd, events, 0};
    const int n = poll(&p, 1, static_cast<int>(left.count()) + 1);
    if (n > 0) return true;
    if (n < 0 && errno != EINTR) return false;
  }
}

// Reads exactly n bytes; kEnd if there were none at all.
FrameStatus read_exactly(int fd, char* data, std::size_t n, Clock::time_point deadline) {
  std::size_t done = 0;
  while (done < n) {
    if (!wait_for(fd, POLLIN, deadline)) return FrameStatus::kTimeout;
    const ssize_t got = read(fd, data + done, n - done);
    if (got < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (got <= 0) return done == 0 ? FrameStatus::kEnd : FrameStatus::kBroken;
    done += static_cast<std::size_t>(got);
  }
  return FrameStatus::kFrame;
}

Clock::time_point after(double seconds) {
  return Clock::now() + std::chrono::milliseconds(static_cast<long>(seconds * 1000));
}

}  // namespace

FrameStatus read_frame(int fd, std::string& body, double seconds) {
  const Clock::time_point deadline = after(seconds);
  unsigned char head[4];
  FrameStatus status = read_exactly(fd, reinterpret_cast<char*>(head), 4, deadline);
  if (status != FrameStatus::kFrame) return status;
  const std::uint32_t size = head[0] | head[1] << 8 | head[2] << 16 | std::uint32_t{head[3]} << 24;
  if (size > kMaxFrame) return FrameStatus::kBroken;
  body.resize(size);
  status = read_exactly(fd, body.data(), size, deadline);
  return status == FrameStatus::kEnd && size > 0 ? FrameStatus::kBroken : status;
}

bool write_frame(int fd, const std::string& body, double seconds) {
  const auto size = static_cast<std::uint32_t>(body.size());
  std::string bytes;
  for (int shift = 0; shift < 32; shift += 8) bytes += static_cast<char>(size >> shift & 0xFF);
  bytes += body;
  const Clock::time_point deadline = after(seconds);
  std::size_t done = 0;
  while (done < bytes.size()) {
    if (!wait_for(fd, POLLOUT, deadline)) return false;
    const ssize_t n =
        write(fd, bytes.data() + done, std::min<std::size_t>(bytes.size() - done, 4096));
    if (n < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (n <= 0) return false;
    done += static_cast<std::size_t>(n);
  }
  return true;
}

}  // namespace tokenwalk::grading
