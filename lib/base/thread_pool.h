#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <mutex>
#include <thread>
#include <type_traits>
#include <vector>

namespace tokenwalk {

/// Threads that share out the elements of an output. Each element is computed whole by one thread,
/// so results never depend on how many threads there are.
///
/// Chunks are handed out one by one from a counter, so a thread that the system holds up delays one
/// chunk, not its whole share. Idle workers spin for about 50 microseconds, then sleep.
/// One region at a time: for_chunks must not be called from two threads, nor from inside itself.
class ThreadPool {
 public:
  /// n_threads counts the calling thread; at least 1.
  explicit ThreadPool(int n_threads);
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  int size() const { return static_cast<int>(workers_.size()) + 1; }

  /// Calls body(begin, end) for consecutive parts of 0 .. n-1, `chunk` elements each but the last.
  /// Returns when all are done; throws what a body threw (the first one kept).
  template <typename Body>
  void for_chunks(std::size_t n, std::size_t chunk, Body&& body) {
    using Plain = std::remove_reference_t<Body>;
    const auto call = [](void* context, std::size_t begin, std::size_t end) {
      (*static_cast<Plain*>(context))(begin, end);
    };
    run({call, const_cast<std::remove_const_t<Plain>*>(&body), n, chunk});
  }

 private:
  struct Region {
    void (*call)(void*, std::size_t, std::size_t) = nullptr;
    void* context = nullptr;
    std::size_t n = 0;
    std::size_t chunk = 1;

    std::size_t n_chunks() const { return (n + chunk - 1) / chunk; }
  };

  void run(const Region& region);
  void work();
  bool run_one_chunk();
  void call_chunk(std::size_t index);

  Region region_;                        // written only while no chunk is left
  std::atomic<std::uint64_t> state_{0};  // region number << 32 | chunks not yet handed out
  std::atomic<std::size_t> done_{0};     // chunks finished
  std::atomic<bool> stop_{false};
  std::mutex error_mutex_;
  std::exception_ptr error_;
  std::vector<std::thread> workers_;
};

/// More threads than that are a mistake in a flag.
inline constexpr int kMostThreads = 1024;

/// Processors this process may use: the affinity mask, capped by the cgroup's quota; at least 1.
int available_processors();

}  // namespace tokenwalk
