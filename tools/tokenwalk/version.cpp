#include "tools/tokenwalk/version.h"

namespace tokenwalk {

const char* version() {
  return TOKENWALK_VERSION;
}

}  // namespace tokenwalk
