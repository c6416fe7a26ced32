#include "tools/grading/box/landlock.h"

#include <fcntl.h>
#include <linux/landlock.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <stdexcept>

namespace tokenwalk::grading {
namespace {

constexpr std::uint64_t kRead =
    LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;
constexpr std::uint64_t kAll = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1;  // every right of version 1
constexpr std::uint64_t kOfFiles =
    LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_READ_FILE;

void add_rule(int rules, const Mount& mount) {
  const int fd = open(mount.host.c_str(), O_PATH | O_CLOEXEC);
  if (fd < 0) throw std::runtime_error("landlock: cannot open " + mount.host);
  struct stat status = {};
  fstat(fd, &status);
  landlock_path_beneath_attr rule = {};
  rule.parent_fd = fd;
  rule.allowed_access = mount.writable ? kAll : kRead;
  if (!S_ISDIR(status.st_mode)) rule.allowed_access &= kOfFiles;
  const long done = syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
  close(fd);
  if (done != 0) throw std::runtime_error("landlock: no rule for " + mount.host);
}

}  // namespace

int landlock_version() {
  const long version =
      syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION);
  return version < 0 ? 0 : static_cast<int>(version);
}

void restrict_files(const std::vector<Mount>& mounts) {
  landlock_ruleset_attr attributes = {};
  attributes.handled_access_fs = kAll;
  const int rules =
      static_cast<int>(syscall(SYS_landlock_create_ruleset, &attributes, sizeof attributes, 0));
  if (rules < 0) throw std::runtime_error("landlock: the kernel offers none");
  for (const Mount& mount : mounts) add_rule(rules, mount);
  prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  if (syscall(SYS_landlock_restrict_self, rules, 0) != 0) {
    throw std::runtime_error("landlock: refused");
  }
  close(rules);
}

}  // namespace tokenwalk::grading
