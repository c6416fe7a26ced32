// box: runs a command in a sandbox and says how it ended, as one line of JSON. tools/course
// compiles students' files with it.
//   box '{"tier": 1, "profile": "compile", "command": [...], "mounts": [[host, inside, writable]],
//         "cpu": 30, "wall": 60, "memory": 1073741824, "output": 65536, "file": 67108864,
//         "temporary": 268435456}'
// Exit code 3: the sandbox could not be made.
#include <signal.h>
#include <sys/prctl.h>

#include <iostream>

#include "tools/grading/box/box.h"
#include "tools/grading/box/landlock.h"
#include "tools/grading/protocol/values.h"

namespace grading = tokenwalk::grading;

namespace {

grading::BoxSpec to_spec(const grading::json& request) {
  grading::BoxSpec spec;
  spec.tier = static_cast<grading::Tier>(request.at("tier").get<int>());
  const bool compile = request.at("profile") == "compile";
  spec.profile = compile ? grading::Profile::kCompile : grading::Profile::kRun;
  spec.command = request.at("command").get<std::vector<std::string>>();
  for (const grading::json& m : request.at("mounts")) {
    spec.mounts.push_back({m.at(0), m.at(1), m.at(2).get<bool>()});
  }
  spec.limits.cpu_seconds = request.at("cpu");
  spec.limits.wall_seconds = request.at("wall");
  spec.limits.memory = request.at("memory");
  spec.limits.output = request.at("output");
  spec.limits.file_size = request.at("file");
  spec.limits.temporary = request.at("temporary");
  return spec;
}

}  // namespace

int main(int argc, char** argv) {
  signal(SIGPIPE, SIG_IGN);
  prctl(PR_SET_PDEATHSIG, SIGKILL);  // nobody waits for the answer any more
  try {
    if (argc != 2) throw std::runtime_error("box takes one argument, a JSON object");
    if (std::string(argv[1]) == "--landlock") {
      std::cout << grading::landlock_version() << "\n";
      return 0;
    }
    grading::Box box(to_spec(grading::json::parse(argv[1])));
    const grading::Ending ending = box.finish();
    if (!ending.box_error.empty()) throw std::runtime_error(ending.box_error);
    const grading::json result = {{"exit", ending.exit_code},
                                  {"signal", ending.signal},
                                  {"timed_out", ending.timed_out},
                                  {"flooded", ending.flooded},
                                  {"output", ending.output}};
    std::cout << result.dump(-1, ' ', false, grading::json::error_handler_t::replace) << "\n";
  } catch (const std::exception& e) {
    std::cerr << "box: " << e.what() << "\n";
    return 3;
  }
  return 0;
}
