#include "lib/base/check.h"

#include <cstring>

namespace tokenwalk {

void fail_check(const char* file, int line, const char* text, const std::string& values) {
  // The last two folders place the file; the machine's path to them says nothing.
  const char* start = file + std::strlen(file);
  for (int slashes = 0; start != file; --start) {
    if (start[-1] == '/' && ++slashes == 3) break;
  }
  std::ostringstream message;
  message << start << ":" << line << ": CHECK failed: " << text;
  if (!values.empty()) message << " (" << values << ")";
  throw CheckFailure(message.str());
}

}  // namespace tokenwalk
