#pragma once

#include "tools/grading/box/box.h"

namespace tokenwalk::grading {

/// The profile's filter as a program for bubblewrap: a descriptor of a sealed memory file, at its
/// start. Throws std::runtime_error.
int seccomp_program(Profile profile);

/// Puts this process under the filter, for ever.
void load_seccomp(Profile profile);

}  // namespace tokenwalk::grading
