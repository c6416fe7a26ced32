#pragma once

#include <string>

namespace tokenwalk {

/// Samples one token from each row of `path`, float32 [n, vocab] without a header, once for each
/// line of standard input, a JSON object of sampling keys, `plain` (false: the program's way; true:
/// chapter 12's plain one) and `repeats` (1). Answers each with one line: `seconds` of processor
/// time for one token, and `tokens`, by u = 0.5 and no history.
void bench_sampler(const std::string& path, int vocab);

}  // namespace tokenwalk
