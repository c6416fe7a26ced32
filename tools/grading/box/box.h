#pragma once

#include <sys/types.h>

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace tokenwalk::grading {

/// What keeps a command away from everything else.
enum class Tier {
  kNamespaces = 1,  ///< bubblewrap (own file system, processes, network) and seccomp
  kUser = 2,        ///< a user id of its own, Landlock, seccomp, resource limits; needs root
  kNone = 3,        ///< resource limits alone: for people who run their own code
};

/// What a command may do.
enum class Profile {
  kRun,      ///< compute: no processes, no threads, no sockets (a list of what is allowed)
  kCompile,  ///< a compiler: processes, but no ptrace, mounts, sockets (a list of what is not)
};

struct Limits {
  int cpu_seconds = 4;
  double wall_seconds = 10;
  std::size_t memory = std::size_t{512} << 20;    ///< address space of each process
  std::size_t file_size = std::size_t{16} << 20;  ///< of each file written
  std::size_t temporary = std::size_t{16} << 20;  ///< of /tmp
  std::size_t output = std::size_t{256} << 10;    ///< bytes of stdout and stderr together
};

/// A file or folder of the host and where the command sees it.
struct Mount {
  std::string host, inside;
  bool writable = false;
};

struct BoxSpec {
  Tier tier = Tier::kNamespaces;
  Profile profile = Profile::kRun;
  Limits limits;
  std::vector<Mount> mounts;
  std::vector<std::string> command;  ///< as seen inside
  bool pipes = false;                ///< descriptors 3 (to read) and 4 (to write) for a protocol
};

/// How a command ended.
struct Ending {
  int exit_code = 0;       ///< if signal is 0
  int signal = 0;          ///< the signal that ended it
  bool timed_out = false;  ///< the wall clock or the processor's
  bool flooded = false;    ///< more output than allowed
  std::string box_error;   ///< not empty: the box could not be made, the command never ran
  std::string output;      ///< stdout and stderr, at most limits.output bytes
};

/// A command in a box. Nothing of it is left when the object is gone.
class Box {
 public:
  /// Starts the command; throws std::runtime_error if that cannot be done.
  explicit Box(const BoxSpec& spec);
  ~Box();
  Box(const Box&) = delete;
  Box& operator=(const Box&) = delete;

  int requests() const { return to_child_; }  ///< write here; -1 without pipes
  int replies() const { return from_child_; }

  /// Seconds of wall clock that are left.
  double seconds_left() const;

  /// Reads output that has come, without waiting; false once there is more than allowed.
  bool drain();

  /// Waits until a reply can be read, and reads output meanwhile; false: there will be none, since
  /// the clock ran out, or the output did, or nobody can write any more.
  bool wait_for_reply();

  /// Tells the command that no more requests come.
  void close_requests();

  /// Closes the requests, waits for the end as long as the clock allows, then kills.
  Ending finish();

 private:
  void kill_all();
  std::string read_status() const;

  BoxSpec spec_;
  pid_t pid_ = -1;
  int uid_ = -1;  // the user id leased for it, or -1
  int lease_ = -1;
  int to_child_ = -1, from_child_ = -1, output_ = -1, status_ = -1;
  double deadline_ = 0;
  Ending ending_;
};

}  // namespace tokenwalk::grading
