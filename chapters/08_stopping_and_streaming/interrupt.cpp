#include "chapters/08_stopping_and_streaming/interrupt.h"

namespace tokenwalk {
namespace {

// All that a signal handler may write to.
volatile std::sig_atomic_t interrupted = 0;

void note_interrupt(int) {
  interrupted = 1;
}

}  // namespace

//! [08-interrupt]
InterruptFlag::InterruptFlag() {
  interrupted = 0;
  struct sigaction action = {};
  action.sa_handler = note_interrupt;
  action.sa_flags = SA_RESETHAND | SA_RESTART;  // once; a write that it interrupts goes on
  sigaction(SIGINT, &action, &before_);
}

InterruptFlag::~InterruptFlag() {
  sigaction(SIGINT, &before_, nullptr);
}
//! [08-interrupt]

bool InterruptFlag::raised() const {
  return interrupted != 0;
}

}  // namespace tokenwalk
