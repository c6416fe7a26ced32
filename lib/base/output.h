#pragma once

namespace tokenwalk {

/// Hands on what std::cout and stdout still hold; the last call of a program that prints.
/// Throws Error(kBadFile) if any of the output was lost, as on a full disk.
void flush_output();

}  // namespace tokenwalk
