#include "tools/grading/box/seccomp_filter.h"

#include <sys/mman.h>
#include <unistd.h>

#include <seccomp.h>
#include <cerrno>
#include <memory>
#include <stdexcept>

namespace tokenwalk::grading {
namespace {

struct Release {
  void operator()(void* context) const { seccomp_release(context); }
};
using Filter = std::unique_ptr<void, Release>;

void check(int status, const char* what) {
  if (status < 0) throw std::runtime_error(std::string("seccomp: ") + what);
}

// What a C++ program needs to compute, to allocate and to talk over open descriptors. execve lets
// the box start it, wait4 lets bubblewrap's own process see its end (it is under the filter too),
// tgkill is abort(). Everything else answers EPERM.
constexpr const char* kRunCalls[] = {"read",
                                     "write",
                                     "readv",
                                     "writev",
                                     "close",
                                     "fstat",
                                     "newfstatat",
                                     "lseek",
                                     "poll",
                                     "openat",
                                     "open",
                                     "stat",
                                     "access",
                                     "faccessat2",
                                     "readlink",
                                     "readlinkat",
                                     "getcwd",
                                     "fcntl",
                                     "dup",
                                     "brk",
                                     "mmap",
                                     "munmap",
                                     "mprotect",
                                     "mremap",
                                     "madvise",
                                     "unlink",
                                     "unlinkat",
                                     "ftruncate",
                                     "rt_sigaction",
                                     "rt_sigprocmask",
                                     "rt_sigreturn",
                                     "sigaltstack",
                                     "tgkill",
                                     "getpid",
                                     "gettid",
                                     "futex",
                                     "set_tid_address",
                                     "set_robust_list",
                                     "rseq",
                                     "arch_prctl",
                                     "prlimit64",
                                     "getrlimit",
                                     "getrandom",
                                     "clock_gettime",
                                     "clock_getres",
                                     "gettimeofday",
                                     "time",
                                     "nanosleep",
                                     "clock_nanosleep",
                                     "sched_yield",
                                     "sched_getaffinity",
                                     "uname",
                                     "sysinfo",
                                     "getuid",
                                     "geteuid",
                                     "getgid",
                                     "getegid",
                                     "execve",
                                     "wait4",
                                     "exit",
                                     "exit_group",
                                     "restart_syscall"};

// What a compiler has no business with.
constexpr const char* kNotForCompilers[] = {"ptrace",
                                            "process_vm_readv",
                                            "process_vm_writev",
                                            "pidfd_open",
                                            "pidfd_getfd",
                                            "pidfd_send_signal",
                                            "unshare",
                                            "setns",
                                            "mount",
                                            "umount2",
                                            "pivot_root",
                                            "move_mount",
                                            "open_tree",
                                            "fsopen",
                                            "fsconfig",
                                            "fsmount",
                                            "fspick",
                                            "mount_setattr",
                                            "bpf",
                                            "userfaultfd",
                                            "perf_event_open",
                                            "io_uring_setup",
                                            "io_uring_enter",
                                            "io_uring_register",
                                            "keyctl",
                                            "add_key",
                                            "request_key",
                                            "socket",
                                            "socketpair",
                                            "kexec_load",
                                            "init_module",
                                            "finit_module",
                                            "delete_module",
                                            "reboot",
                                            "swapon",
                                            "swapoff",
                                            "acct",
                                            "quotactl",
                                            "syslog"};

Filter make_filter(Profile profile) {
  const bool run = profile == Profile::kRun;
  const std::uint32_t deny = SCMP_ACT_ERRNO(EPERM);
  Filter filter(seccomp_init(run ? deny : SCMP_ACT_ALLOW));
  if (!filter) throw std::runtime_error("seccomp: no filter");
  // Another architecture's calls (32 bit, x32) end the process: their numbers mean other calls.
  check(seccomp_attr_set(filter.get(), SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS), "arch");
  const auto add = [&](std::uint32_t action, const char* name) {
    const int number = seccomp_syscall_resolve_name(name);
    if (number == __NR_SCMP_ERROR) return;  // a name that this libseccomp does not know
    check(seccomp_rule_add(filter.get(), action, number, 0), name);
  };
  if (run) {
    for (const char* name : kRunCalls) add(SCMP_ACT_ALLOW, name);
  } else {
    for (const char* name : kNotForCompilers) add(deny, name);
  }
  return filter;
}

}  // namespace

int seccomp_program(Profile profile) {
  const Filter filter = make_filter(profile);
  const int fd = memfd_create("filter", 0);
  if (fd < 0) throw std::runtime_error("seccomp: no memory file");
  check(seccomp_export_bpf(filter.get(), fd), "export");
  lseek(fd, 0, SEEK_SET);
  return fd;
}

void load_seccomp(Profile profile) {
  check(seccomp_load(make_filter(profile).get()), "load");
}

}  // namespace tokenwalk::grading
