// The driver of one chapter: the trusted side. It holds the reference, makes the inputs, computes
// what is expected, talks to a worker in a box and compares. tools/course runs it:
//   driver --list                names and tolerances of the tests
//   driver --cases PLAN          the cases of some tests with the right answers
//   driver --grade PLAN          one line of JSON for each test, as soon as it is done
// PLAN (JSON): {"tests": [{"name", "seed"}]}; to grade also "worker" (the program's path), "tier",
// "wall", "cpu", "memory". Exit code 3: the sandbox or the driver itself failed.
#include <signal.h>
#include <sys/prctl.h>

#include <chrono>
#include <iostream>
#include <map>

#include "tools/grading/driver/judge.h"
#include "tools/grading/worker/operations.h"

namespace grading = tokenwalk::grading;
using grading::json;

namespace {

// After this many timeouts the rest of a chapter is not run.
constexpr int kTimeouts = 3;

grading::Check find_check(const std::string& name) {
  for (const grading::Check& check : grading::all_checks()) {
    if (check.name == name) return check;
  }
  throw std::runtime_error("no test " + name);
}

std::uint64_t seed_of(const json& test) {
  return std::stoull(test.at("seed").get<std::string>(), nullptr, 16);
}

grading::BoxSpec worker_box(const json& plan) {
  grading::BoxSpec spec;
  spec.tier = static_cast<grading::Tier>(plan.at("tier").get<int>());
  spec.pipes = true;
  const std::string path = plan.at("worker");
  const std::string inside = spec.tier == grading::Tier::kNamespaces ? "/worker" : path;
  spec.mounts.push_back({path, inside, false});
  spec.command = {inside};
  spec.limits.wall_seconds = plan.at("wall");
  spec.limits.cpu_seconds = plan.at("cpu");
  spec.limits.memory = plan.at("memory");
  return spec;
}

void list() {
  json names = json::array();
  for (const grading::Check& check : grading::all_checks()) {
    names.push_back({{"name", check.name}, {"tolerance", check.tolerance}});
  }
  std::cout << names.dump() << "\n";
}

void cases(const json& plan) {
  json all = json::object();
  for (const json& test : plan.at("tests")) {
    const grading::Check check = find_check(test.at("name"));
    all[check.name] = {{"tolerance", check.tolerance},
                       {"cases", grading::cases_with_answers(check, seed_of(test))}};
  }
  std::cout << all.dump() << "\n";
}

void grade(const json& plan) {
  const grading::BoxSpec spec = worker_box(plan);
  int timeouts = 0;
  for (const json& test : plan.at("tests")) {
    const auto start = std::chrono::steady_clock::now();
    grading::Outcome outcome;
    if (timeouts == kTimeouts) {
      outcome.verdict = "not_run";
    } else {
      outcome = grading::judge(find_check(test.at("name")), seed_of(test), spec);
    }
    if (outcome.verdict == "timeout") ++timeouts;
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
    const json line = {{"test", test.at("name")},
                       {"verdict", outcome.verdict},
                       {"details", outcome.details},
                       {"distance", outcome.distance},
                       {"seconds", took.count()}};
    std::cout << line.dump(-1, ' ', false, json::error_handler_t::replace) << std::endl;
    if (outcome.verdict == "infra_error") throw std::runtime_error("the sandbox did not start");
  }
}

}  // namespace

int main(int argc, char** argv) {
  signal(SIGPIPE, SIG_IGN);
  prctl(PR_SET_PDEATHSIG, SIGKILL);  // nobody waits for the results any more
  try {
    const std::string verb = argc > 1 ? argv[1] : "";
    if (verb == "--list") {
      list();
    } else if (argc == 3 && verb == "--cases") {
      cases(json::parse(argv[2]));
    } else if (argc == 3 && verb == "--grade") {
      grade(json::parse(argv[2]));
    } else {
      throw std::runtime_error("found no verb; expected --list, --cases PLAN or --grade PLAN");
    }
  } catch (const std::exception& e) {
    std::cerr << "driver: " << e.what() << "\n";
    return 3;
  }
  return 0;
}
