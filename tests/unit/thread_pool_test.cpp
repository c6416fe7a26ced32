#include "lib/base/thread_pool.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "lib/base/check.h"

namespace tokenwalk {
namespace {

// Each test runs with 1 to 4 threads.
class ThreadPoolOf : public testing::TestWithParam<int> {
 protected:
  ThreadPool pool_{GetParam()};
};
INSTANTIATE_TEST_SUITE_P(Threads, ThreadPoolOf, testing::Values(1, 2, 3, 4));

// How often each of n elements was visited.
std::vector<int> visits(ThreadPool& pool, std::size_t n, std::size_t chunk) {
  std::vector<int> count(n, 0);
  pool.for_chunks(n, chunk, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) ++count[i];
  });
  return count;
}

TEST_P(ThreadPoolOf, CountsTheCallingThread) {
  EXPECT_EQ(pool_.size(), GetParam());
}

TEST_P(ThreadPoolOf, VisitsEveryElementOnce) {
  for (const std::size_t n : {0, 1, 2, 3, 7, 31, 32, 33, 96, 97, 1000, 100003}) {
    for (const std::size_t chunk : {1, 2, 3, 7, 96, 97, 1000, 1000000}) {
      if (n / chunk > 20000) continue;
      EXPECT_EQ(visits(pool_, n, chunk), std::vector<int>(n, 1)) << n << " by " << chunk;
    }
  }
}

TEST_P(ThreadPoolOf, PartsAreNotEmptyAndLieInside) {
  std::atomic<int> bad{0};
  pool_.for_chunks(1000, 7, [&](std::size_t begin, std::size_t end) {
    if (begin >= end || end > 1000) ++bad;
  });
  EXPECT_EQ(bad, 0);
}

TEST_P(ThreadPoolOf, ServesManySmallRegions) {
  long sum = 0;
  for (int region = 0; region < 10000; ++region) {
    int part[3] = {};
    pool_.for_chunks(3, 1, [&](std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i) part[i] = region;
    });
    sum += part[0] + part[1] + part[2];
  }
  EXPECT_EQ(sum, 3L * 10000 * 9999 / 2);
}

TEST_P(ThreadPoolOf, ThrowsWhatABodyThrew) {
  for (std::size_t bad = 0; bad < 50; ++bad) {
    std::string text;
    try {
      pool_.for_chunks(50, 1, [&](std::size_t begin, std::size_t end) {
        if (begin <= bad && bad < end) throw std::runtime_error("element " + std::to_string(bad));
      });
    } catch (const std::runtime_error& error) {
      text = error.what();
    }
    EXPECT_EQ(text, "element " + std::to_string(bad));
  }
}

TEST_P(ThreadPoolOf, WorksAfterAnException) {
  for (int round = 0; round < 20; ++round) {
    EXPECT_THROW(pool_.for_chunks(100, 3, [](std::size_t, std::size_t) { throw 7; }), int);
    EXPECT_EQ(visits(pool_, 100, 3), std::vector<int>(100, 1));
  }
}

TEST_P(ThreadPoolOf, WakesAfterSleep) {
  for (int round = 0; round < 5; ++round) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));  // long past spinning
    EXPECT_EQ(visits(pool_, 1000, 10), std::vector<int>(1000, 1));
  }
}

TEST_P(ThreadPoolOf, TakesConstAndMutableBodies) {
  std::atomic<std::size_t> sum{0};
  const auto constant = [&](std::size_t begin, std::size_t end) { sum += end - begin; };
  pool_.for_chunks(100, 9, constant);
  auto moved = [&](std::size_t begin, std::size_t end) mutable { sum += end - begin; };
  pool_.for_chunks(100, 9, moved);
  EXPECT_EQ(sum, 200u);
}

TEST(ThreadPool, NeedsAThreadAndAChunk) {
  EXPECT_THROW(ThreadPool(0), CheckFailure);
  EXPECT_THROW(ThreadPool(-1), CheckFailure);
  ThreadPool pool(2);
  EXPECT_THROW(pool.for_chunks(5, 0, [](std::size_t, std::size_t) {}), CheckFailure);
}

TEST(ThreadPool, ComesAndGoes) {
  for (int round = 0; round < 200; ++round) {
    ThreadPool pool(1 + round % 4);
    if (round % 3 != 0) {
      EXPECT_EQ(visits(pool, 10, 1), std::vector<int>(10, 1));
    }
  }
}

// Results do not depend on the number of threads: the order inside an element is the body's.
TEST(ThreadPool, ThreadsDoNotChangeResults) {
  const auto compute = [](int threads) {
    ThreadPool pool(threads);
    std::vector<float> y(1000);
    pool.for_chunks(y.size(), 13, [&](std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i) {
        for (std::size_t k = 1; k < 50; ++k) y[i] += 1.0f / static_cast<float>(i + k);
      }
    });
    return y;
  };
  const std::vector<float> alone = compute(1);
  for (int threads = 2; threads <= 4; ++threads) EXPECT_EQ(compute(threads), alone);
}

TEST(Processors, AtLeastOne) {
  EXPECT_GE(available_processors(), 1);
}

}  // namespace
}  // namespace tokenwalk
