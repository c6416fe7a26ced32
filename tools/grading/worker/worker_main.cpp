// The worker: a student's chapter behind a pipe. It answers requests {"id", "fn", "args"} with
// {"id", "value"} or {"id", "error"} and knows no expected value.
#include "tools/grading/protocol/frame.h"
#include "tools/grading/worker/operations.h"

namespace grading = tokenwalk::grading;

int main() {
  constexpr int kRequests = 3, kReplies = 4;
  constexpr double kForever = 3600;  // the driver holds the clock
  std::string text;
  while (grading::read_frame(kRequests, text, kForever) == grading::FrameStatus::kFrame) {
    const grading::json request = grading::json::parse(text);
    grading::json reply =
        grading::answer(grading::chapter_operations(), request.at("fn"), request.at("args"));
    reply["id"] = request.at("id");
    if (!grading::write_frame(kReplies, reply.dump(), kForever)) return 1;
  }
  return 0;
}
