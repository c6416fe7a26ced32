#include "tools/grading/driver/judge.h"

#include <sys/random.h>

#include <algorithm>
#include <csignal>
#include <stdexcept>

#include "tools/grading/check/compare.h"
#include "tools/grading/protocol/frame.h"
#include "tools/grading/worker/operations.h"

namespace tokenwalk::grading {
namespace {

// A number that a reply can only know from its request.
std::string random_id() {
  std::uint64_t id = 0;
  if (getrandom(&id, sizeof id, 0) != sizeof id) throw std::runtime_error("no random numbers");
  return std::to_string(id);
}

// The reply to a request, or nothing if there is none.
std::optional<std::string> ask(Box& box, const Case& c, const std::string& id) {
  const json request = {{"id", id}, {"fn", c.fn}, {"args", c.args}};
  if (!write_frame(box.requests(), request.dump(), box.seconds_left())) return std::nullopt;
  std::string reply;
  if (!box.wait_for_reply()) return std::nullopt;
  const FrameStatus status = read_frame(box.replies(), reply, box.seconds_left());
  if (status == FrameStatus::kBroken) throw std::runtime_error("a broken frame");
  return status == FrameStatus::kFrame ? std::optional(reply) : std::nullopt;
}

// The answer in a reply: {"value": ...} or {"error": ...}. Throws what is wrong with it.
json checked_reply(const std::string& text, const std::string& id) {
  json reply = parse_untrusted(text);
  if (!reply.is_object() || reply.size() != 2 || !reply.contains("id") || reply["id"] != id) {
    throw std::runtime_error("a reply that answers another request");
  }
  reply.erase("id");
  const bool error = reply.contains("error");
  if (!error && !reply.contains("value")) throw std::runtime_error("a reply without an answer");
  if (error && !reply["error"].is_object()) throw std::runtime_error("a reply with a bad error");
  return reply;
}

// An answer for comparing: of an error the kind alone, since messages are free.
json comparable(const json& answer) {
  if (!answer.contains("error")) return answer;
  return {{"error", answer["error"].value("kind", json())}};
}

void judge_answer(const Check& check, const json& expected, const json& got, Outcome& outcome) {
  const json kind = got.contains("error") ? got["error"].value("kind", json()) : json();
  const Difference difference = compare(comparable(expected), comparable(got), check.tolerance);
  outcome.distance = std::max(outcome.distance, difference.distance);
  if (difference.equal) return;
  outcome.verdict = kind == "not_implemented" || kind == "memory" ? kind : "wrong_answer";
  outcome.details["expected"] = expected;
  outcome.details["got"] = got;
  outcome.details["where"] = difference.where;
  outcome.details["expected_there"] = difference.expected;
  outcome.details["got_there"] = difference.got;
}

// What the end of the worker says when there was no reply.
void judge_ending(const Ending& ending, Outcome& outcome) {
  if (ending.flooded) {
    outcome.verdict = "output_limit";
  } else if (ending.timed_out) {
    outcome.verdict = "timeout";
  } else if (!ending.box_error.empty()) {
    outcome.verdict = "infra_error";
    outcome.details["why"] = ending.box_error;
  } else {
    outcome.verdict = "crashed";
    const std::string how = ending.signal != 0 ? "signal " + std::to_string(ending.signal)
                                               : "exit code " + std::to_string(ending.exit_code);
    outcome.details["why"] = "the program ended with " + how + " before it answered";
  }
}

// After the last reply nothing more may come.
bool silent_to_the_end(Box& box) {
  std::string more;
  return !box.wait_for_reply() ||
         read_frame(box.replies(), more, box.seconds_left()) == FrameStatus::kEnd;
}

}  // namespace

Outcome judge(const Check& check, std::uint64_t seed, const BoxSpec& worker) {
  Outcome outcome;
  Dice dice(seed);
  Box box(worker);
  int number = 0;
  try {
    for (const Case& c : check.cases(dice)) {
      outcome.details = {{"case", number++}, {"fn", c.fn}, {"args", c.args}};
      const std::string id = random_id();
      const std::optional<std::string> reply = ask(box, c, id);
      if (!reply) {
        const Ending ending = box.finish();
        judge_ending(ending, outcome);
        outcome.details["printed"] = bytes(ending.output.substr(0, 4000));
        return outcome;
      }
      const json expected = answer(chapter_operations(), c.fn, c.args);
      judge_answer(check, expected, checked_reply(*reply, id), outcome);
      if (outcome.verdict != "passed") break;
    }
    box.close_requests();
    if (!silent_to_the_end(box)) throw std::runtime_error("more replies than requests");
  } catch (const std::exception& e) {
    outcome.verdict = "protocol_error";
    outcome.details["why"] = bytes(e.what());
  }
  const Ending ending = box.finish();
  if (outcome.verdict == "passed" && ending.flooded) outcome.verdict = "output_limit";
  outcome.details["printed"] = bytes(ending.output.substr(0, 4000));
  return outcome;
}

json cases_with_answers(const Check& check, std::uint64_t seed) {
  Dice dice(seed);
  json list = json::array();
  for (const Case& c : check.cases(dice)) {
    list.push_back(
        {{"fn", c.fn}, {"args", c.args}, {"answer", answer(chapter_operations(), c.fn, c.args)}});
  }
  return list;
}

}  // namespace tokenwalk::grading
