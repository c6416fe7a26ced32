#pragma once

#include "tools/grading/box/box.h"

namespace tokenwalk::grading {

/// The descriptors of a command, made before the fork.
struct ChildPipes {
  int request = -1, reply = -1;  ///< become 3 and 4; -1 without a protocol
  int output = -1;               ///< becomes 1 and 2
  int status = -1;               ///< hears why there is no box; bubblewrap's --json-status-fd
};

/// The options of bubblewrap for a box, each ended by a zero byte, as its --args wants them.
std::string bubblewrap_options(const BoxSpec& spec);

/// In the child, after fork: limits, user id, and then the command. Never returns.
[[noreturn]] void become_command(const BoxSpec& spec, const ChildPipes& pipes, int uid);

}  // namespace tokenwalk::grading
