#include "lib/base/thread_pool.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "lib/base/check.h"

namespace tokenwalk {
namespace {

constexpr std::uint64_t kOneRegion = std::uint64_t{1} << 32;
constexpr std::uint64_t kChunksLeft = kOneRegion - 1;
constexpr auto kSpinTime = std::chrono::microseconds(50);

void pause() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#else
  std::this_thread::yield();
#endif
}

// Waits until ready() holds or the spin time is over; returns what ready() said last.
template <typename Ready>
bool spin_until(Ready ready) {
  const auto end = std::chrono::steady_clock::now() + kSpinTime;
  do {
    for (int i = 0; i < 32; ++i) {
      if (ready()) return true;
      pause();
    }
  } while (std::chrono::steady_clock::now() < end);
  return ready();
}

}  // namespace

ThreadPool::ThreadPool(int n_threads) {
  CHECK_GE(n_threads, 1);
  for (int i = 1; i < n_threads; ++i) workers_.emplace_back([this] { work(); });
}

ThreadPool::~ThreadPool() {
  stop_ = true;
  state_ += kOneRegion;
  state_.notify_all();
  for (std::thread& worker : workers_) worker.join();
}

void ThreadPool::run(const Region& region) {
  if (region.n == 0) return;
  CHECK_GE(region.chunk, std::size_t{1});
  CHECK_LE(region.n_chunks(), std::size_t{kChunksLeft});
  region_ = region;
  if (workers_.empty() || region.n_chunks() == 1) {
    region.call(region.context, 0, region.n);
    return;
  }
  done_ = 0;
  state_ = ((state_ & ~kChunksLeft) + kOneRegion) | region.n_chunks();
  state_.notify_all();
  while (run_one_chunk()) {
  }
  const auto all_done = [&] { return done_.load(std::memory_order_acquire) == region.n_chunks(); };
  while (!spin_until(all_done)) std::this_thread::yield();
  if (error_) std::rethrow_exception(std::exchange(error_, nullptr));
}

// Takes the next chunk, if there is one, and runs it. A chunk taken belongs to the region of that
// moment, and the region cannot end before it: so region_ may be read after the exchange.
bool ThreadPool::run_one_chunk() {
  std::uint64_t state = state_.load(std::memory_order_acquire);
  do {
    if ((state & kChunksLeft) == 0) return false;
  } while (!state_.compare_exchange_weak(state, state - 1, std::memory_order_acq_rel));
  call_chunk(region_.n_chunks() - (state & kChunksLeft));
  return true;
}

void ThreadPool::call_chunk(std::size_t index) {
  const std::size_t begin = index * region_.chunk;
  const std::size_t end = std::min(begin + region_.chunk, region_.n);
  try {
    region_.call(region_.context, begin, end);
  } catch (...) {
    const std::lock_guard lock(error_mutex_);
    if (!error_) error_ = std::current_exception();
  }
  done_.fetch_add(1, std::memory_order_acq_rel);
}

void ThreadPool::work() {
  while (!stop_) {
    if (run_one_chunk()) continue;
    const auto chunk_waits = [this] {
      return stop_ || (state_.load(std::memory_order_relaxed) & kChunksLeft) != 0;
    };
    if (spin_until(chunk_waits)) continue;
    const std::uint64_t state = state_.load();
    if (!stop_ && (state & kChunksLeft) == 0) state_.wait(state);
  }
}

}  // namespace tokenwalk
