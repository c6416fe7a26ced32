#include "chapters/08_stopping_and_streaming/interrupt.h"

#include <gtest/gtest.h>

namespace tokenwalk {
namespace {

using Handler = void (*)(int);

Handler handler() {
  struct sigaction action = {};
  sigaction(SIGINT, nullptr, &action);
  return action.sa_handler;
}

TEST(Ch08Interrupt, RaisesTheFlagOnceAndRestoresWhatWas) {
  const Handler before = std::signal(SIGINT, SIG_IGN);
  {
    const InterruptFlag flag;
    EXPECT_FALSE(flag.raised());
    std::raise(SIGINT);
    EXPECT_TRUE(flag.raised());
    EXPECT_EQ(handler(), SIG_DFL) << "the second one would end the program";
  }
  EXPECT_EQ(handler(), SIG_IGN);
  {
    const InterruptFlag flag;
    EXPECT_FALSE(flag.raised()) << "the next one begins anew";
  }
  std::signal(SIGINT, before);
}

TEST(Ch08Interrupt, TheSecondOneEndsTheProgram) {
  EXPECT_EXIT(
      {
        const InterruptFlag flag;
        std::raise(SIGINT);
        std::raise(SIGINT);
      },
      testing::KilledBySignal(SIGINT), "");
}

}  // namespace
}  // namespace tokenwalk
