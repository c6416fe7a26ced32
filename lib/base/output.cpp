#include "lib/base/output.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <iostream>

#include "lib/base/error.h"

namespace tokenwalk {

void flush_output() {
  errno = 0;
  std::cout.flush();
  if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0 && std::cout.good()) return;
  throw Error(ErrorCode::kBadFile,
              {"the output could not be written",
               errno != 0 ? std::strerror(errno) : "an error while printing",
               "a standard output that takes it all", "make room where the output goes"});
}

}  // namespace tokenwalk
