"""Hostile submissions. hostile/*.txt holds sections

    == NAME | PLACE | VERDICT | POINTS | PRINTED
    code

PLACE: body (of exercise 02.1), top or end (of its file, whose exercises are all solved), protocol
(a constructor that talks to the grader itself). VERDICT is that of the test "02.1 maximum" and may
name several, POINTS those of exercise 02.1, of 10; PRINTED, if given, all that it may print."""

import dataclasses

from . import regions, sections, submission
from .errors import CourseError
from .tree import ROOT

EXERCISE, TEST = "02.1", "02.1 maximum"

HEADERS = """\
#include <fcntl.h>
#include <sched.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <csetjmp>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <new>
#include <thread>
#include "lib/base/not_implemented.h"
"""

# A program that answers by itself: descriptors 3 and 4 are the driver's pipes.
TALKER = HEADERS + """\
#include <string>
namespace {
std::string take(std::size_t n) {
  std::string bytes;
  char c;
  while (bytes.size() < n && ::read(3, &c, 1) == 1) bytes += c;
  return bytes;
}
[[maybe_unused]] std::string receive() {  // the id of the next request
  const std::string head = take(4);
  if (head.size() < 4) _exit(0);
  std::size_t n = 0;
  for (std::size_t i = 4; i > 0; --i) n = n * 256 + static_cast<unsigned char>(head[i - 1]);
  const std::string body = take(n);
  const std::size_t at = body.find("\\"id\\":\\"") + 6;
  return body.substr(at, body.find('"', at) - at);
}
[[maybe_unused]] void send(const std::string& body) {
  std::string bytes;
  for (int i = 0; i < 4; ++i) bytes += static_cast<char>(body.size() >> 8 * i & 255);
  bytes += body;
  for (std::size_t done = 0; done < bytes.size();) {
    const long n = ::write(4, bytes.data() + done, bytes.size() - done);
    if (n <= 0) _exit(0);
    done += static_cast<std::size_t>(n);
  }
}
void talk() {
CODE
}
struct Early { Early() { talk(); _exit(0); } } early;
}
"""


@dataclasses.dataclass(frozen=True)
class Attack:
    name: str
    verdicts: tuple
    points: tuple
    printed: str | None
    files: dict


def files_of(chapter, place, code):
    path = next(e["file"] for e in chapter.exercises if e["id"] == EXERCISE)
    text = submission.reference(path)
    if place == "body":
        text = HEADERS + regions.replace(text, path, {EXERCISE: code})
    elif place == "top":
        text = "\n".join(code) + "\n" + text
    elif place == "end":
        text += "\n".join(code) + "\n"
    elif place == "protocol":
        text = TALKER.replace("CODE", "\n".join(code)) + text
    else:
        raise CourseError("bad place of an attack", place, "body, top, end or protocol")
    return {**submission.solved(chapter), path: text.encode("latin-1")}


def read(chapter):
    attacks = []
    for path in sorted((ROOT / "tools" / "grading" / "hostile").glob("*.txt")):
        for heading, code in sections.read(path):
            name, place, verdicts, points, *printed = [p.strip() for p in heading.split(" | ")]
            attacks.append(Attack(name, tuple(verdicts.split("|")),
                                  tuple(int(p) for p in points.split("|")),
                                  printed[0] if printed else None, files_of(chapter, place, code)))
    return attacks
