#pragma once

/// Before a function that computes with fma: compile it twice, with the instruction and without,
/// and choose once when the program starts. Both round alike; the library call that stands in for
/// the instruction is some thirty times slower.
#if defined(__x86_64__) && defined(__gnu_linux__)
#define TOKENWALK_FMA_CLONES __attribute__((target_clones("fma", "default")))
#else
#define TOKENWALK_FMA_CLONES
#endif
