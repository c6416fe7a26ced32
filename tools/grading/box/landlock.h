#pragma once

#include <vector>

#include "tools/grading/box/box.h"

namespace tokenwalk::grading {

/// The version of Landlock that the kernel offers; 0: none.
int landlock_version();

/// From now on this process reaches only the mounts (by their host paths), read-only or writable,
/// and may execute what it may read. Throws std::runtime_error.
void restrict_files(const std::vector<Mount>& mounts);

}  // namespace tokenwalk::grading
