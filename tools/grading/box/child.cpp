#include "tools/grading/box/child.h"

#include <fcntl.h>
#include <grp.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstdio>
#include <exception>
#include <stdexcept>

#include "tools/grading/box/landlock.h"
#include "tools/grading/box/seccomp_filter.h"

namespace tokenwalk::grading {
namespace {

constexpr int kFilter = 5, kOptions = 6, kStatus = 7;  // descriptors for bubblewrap alone

void limit(__rlimit_resource_t what, std::size_t soft, std::size_t hard) {
  const rlimit value = {soft, hard};
  if (setrlimit(what, &value) != 0) throw std::runtime_error("a resource limit was refused");
}

void set_limits(const Limits& limits) {
  const auto cpu = static_cast<std::size_t>(limits.cpu_seconds);
  limit(RLIMIT_CPU, cpu, cpu + 1);  // SIGXCPU, then SIGKILL
  limit(RLIMIT_AS, limits.memory, limits.memory);
  limit(RLIMIT_FSIZE, limits.file_size, limits.file_size);
  limit(RLIMIT_NOFILE, 64, 64);
  limit(RLIMIT_CORE, 0, 0);
  limit(RLIMIT_STACK, std::size_t{64} << 20, std::size_t{64} << 20);
}

void become_user(int uid) {
  const auto id = static_cast<uid_t>(uid);
  if (setgroups(0, nullptr) != 0 || setresgid(id, id, id) != 0 || setresuid(id, id, id) != 0) {
    throw std::runtime_error("cannot become another user");
  }
}

int memory_file(const std::string& bytes) {
  const int fd = memfd_create("options", 0);
  if (fd < 0 || write(fd, bytes.data(), bytes.size()) != static_cast<ssize_t>(bytes.size())) {
    throw std::runtime_error("no memory file");
  }
  lseek(fd, 0, SEEK_SET);
  return fd;
}

// Moves a descriptor to a fixed number, out of the way of those still to be moved.
int lift(int fd) {
  return fd < 0 ? fd : fcntl(fd, F_DUPFD, 64);
}

void place(int fd, int number) {
  if (fd >= 0 && dup2(fd, number) < 0) throw std::runtime_error("cannot move a descriptor");
}

// After this 0, 1 and 2 and the wanted ones of 3 to 7 are open, and nothing else.
void place_all(ChildPipes pipes, int filter, int options) {
  const int nothing = lift(open("/dev/null", O_RDONLY));
  pipes = {lift(pipes.request), lift(pipes.reply), lift(pipes.output), lift(pipes.status)};
  filter = lift(filter);
  options = lift(options);
  close_range(3, 63, 0);
  place(nothing, 0);
  place(pipes.output, 1);
  place(pipes.output, 2);
  place(pipes.request, 3);
  place(pipes.reply, 4);
  place(filter, kFilter);
  place(options, kOptions);
  place(pipes.status, kStatus);
  close_range(kStatus + 1, ~0u, 0);
}

[[noreturn]] void execute(const std::vector<std::string>& command) {
  std::vector<char*> argv;
  for (const std::string& part : command) argv.push_back(const_cast<char*>(part.c_str()));
  argv.push_back(nullptr);
  char path[] = "PATH=/usr/bin:/bin";
  char* const environment[] = {path, nullptr};
  execve(argv[0], argv.data(), environment);
  throw std::runtime_error("cannot execute " + command[0]);
}

// Limits of memory and processor hold for bubblewrap too, which needs little of either.
[[noreturn]] void in_namespaces(const BoxSpec& spec, const ChildPipes& pipes, int uid) {
  const int filter = seccomp_program(spec.profile);
  const int options = memory_file(bubblewrap_options(spec));
  place_all(pipes, filter, options);
  set_limits(spec.limits);
  if (uid >= 0) become_user(uid);
  std::vector<std::string> command = {"/usr/bin/bwrap", "--args", std::to_string(kOptions)};
  command.insert(command.end(), spec.command.begin(), spec.command.end());
  execute(command);
}

// Without namespaces a command sees the host's paths.
[[noreturn]] void as_user(const BoxSpec& spec, const ChildPipes& pipes, int uid) {
  place_all(pipes, -1, -1);
  fcntl(kStatus, F_SETFD, FD_CLOEXEC);  // the command must not have it
  set_limits(spec.limits);
  if (uid >= 0) become_user(uid);
  if (spec.tier == Tier::kUser) {
    std::vector<Mount> mounts = spec.mounts;
    mounts.push_back({"/dev/null", "", true});
    if (spec.profile == Profile::kCompile) {
      for (const char* path : {"/usr", "/lib", "/lib64"}) mounts.push_back({path, "", false});
    }
    restrict_files(mounts);
    load_seccomp(spec.profile);
  }
  execute(spec.command);
}

}  // namespace

std::string bubblewrap_options(const BoxSpec& spec) {
  std::vector<std::string> options = {"--unshare-all",
                                      "--unshare-user",
                                      "--disable-userns",
                                      "--uid",
                                      "1000",
                                      "--gid",
                                      "1000",
                                      "--die-with-parent",
                                      "--new-session",
                                      "--cap-drop",
                                      "ALL",
                                      "--hostname",
                                      "box",
                                      "--dev",
                                      "/dev",
                                      "--size",
                                      "1048576",
                                      "--tmpfs",
                                      "/dev/shm",
                                      "--size",
                                      std::to_string(spec.limits.temporary),
                                      "--tmpfs",
                                      "/tmp"};
  const auto add = [&](std::initializer_list<std::string> more) {
    options.insert(options.end(), more);
  };
  if (spec.profile == Profile::kCompile) {
    add({"--ro-bind", "/usr", "/usr", "--symlink", "usr/bin", "/bin", "--symlink", "usr/lib",
         "/lib", "--symlink", "usr/lib64", "/lib64"});
  }
  for (const Mount& mount : spec.mounts) {
    add({mount.writable ? "--bind" : "--ro-bind", mount.host, mount.inside});
  }
  add({"--chdir", "/tmp", "--remount-ro", "/dev", "--remount-ro", "/", "--seccomp",
       std::to_string(kFilter), "--json-status-fd", std::to_string(kStatus)});
  std::string bytes;
  for (const std::string& option : options) bytes += option + '\0';
  return bytes;
}

void become_command(const BoxSpec& spec, const ChildPipes& pipes, int uid) {
  try {
    setsid();
    if (spec.tier == Tier::kNamespaces) in_namespaces(spec, pipes, uid);
    as_user(spec, pipes, uid);
  } catch (const std::exception& e) {
    const bool placed = fcntl(kStatus, F_GETFD) >= 0;
    dprintf(placed ? kStatus : pipes.status, "%s\n", e.what());
  }
  _exit(1);
}

}  // namespace tokenwalk::grading
