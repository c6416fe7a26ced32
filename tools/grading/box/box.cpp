#include "tools/grading/box/box.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <stdexcept>

#include "tools/grading/box/child.h"
#include "tools/grading/box/user_lease.h"

namespace tokenwalk::grading {
namespace {

double now() {
  const auto time = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration<double>(time).count();
}

struct Pipe {
  int read_end = -1, write_end = -1;

  Pipe() {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
    read_end = ends[0];
    write_end = ends[1];
  }
};

void close_if_open(int& fd) {
  if (fd >= 0) close(fd);
  fd = -1;
}

// Kills every process of a user, as that user: until none is left to kill.
void kill_user(int uid) {
  const pid_t killer = fork();
  if (killer == 0) {
    const auto id = static_cast<uid_t>(uid);
    if (setresgid(id, id, id) == 0 && setresuid(id, id, id) == 0) kill(-1, SIGKILL);
    _exit(0);
  }
  waitpid(killer, nullptr, 0);
}

}  // namespace

Box::Box(const BoxSpec& spec) : spec_(spec), deadline_(now() + spec.limits.wall_seconds) {
  if (geteuid() == 0 && spec.tier != Tier::kNone) {
    const UserLease lease = lease_user();
    uid_ = lease.uid;
    lease_ = lease.lock;
  } else if (spec.tier == Tier::kUser) {
    throw std::runtime_error("tier 2 changes the user, which takes root");
  }
  Pipe output, status;
  ChildPipes child;
  child.output = output.write_end;
  child.status = status.write_end;
  Pipe requests, replies;
  if (spec.pipes) {
    child.request = requests.read_end;
    child.reply = replies.write_end;
  }
  pid_ = fork();
  if (pid_ < 0) throw std::runtime_error("cannot fork");
  if (pid_ == 0) become_command(spec_, child, uid_);
  close(output.write_end);
  close(status.write_end);
  close(requests.read_end);
  close(replies.write_end);
  output_ = output.read_end;
  status_ = status.read_end;
  to_child_ = requests.write_end;
  from_child_ = replies.read_end;
  fcntl(output_, F_SETFL, O_NONBLOCK);
  fcntl(status_, F_SETFL, O_NONBLOCK);
}

Box::~Box() {
  if (pid_ > 0) kill_all();
  close_if_open(to_child_);
  close_if_open(from_child_);
  close_if_open(output_);
  close_if_open(status_);
  close_if_open(lease_);
}

double Box::seconds_left() const {
  return std::max(0.0, deadline_ - now());
}

bool Box::drain() {
  char buffer[16384];
  ssize_t n = 0;
  while (!ending_.flooded && (n = read(output_, buffer, sizeof buffer)) > 0) {
    const std::size_t room = spec_.limits.output - ending_.output.size();
    ending_.output.append(buffer, std::min(static_cast<std::size_t>(n), room));
    ending_.flooded = static_cast<std::size_t>(n) > room;
  }
  return !ending_.flooded;
}

bool Box::wait_for_reply() {
  while (drain() && seconds_left() > 0) {
    pollfd fds[] = {{from_child_, POLLIN, 0}, {output_, POLLIN, 0}};
    poll(fds, fds[1].fd < 0 ? 1 : 2, static_cast<int>(seconds_left() * 1000) + 1);
    if (fds[0].revents & POLLIN) return true;
    if (fds[0].revents & POLLHUP) return false;
    if (fds[1].revents & POLLHUP && !(fds[1].revents & POLLIN)) usleep(1000);  // stdout closed
  }
  return false;
}

// What the child, or bubblewrap, said about the box.
std::string Box::read_status() const {
  char buffer[4096];
  const ssize_t n = read(status_, buffer, sizeof buffer);
  return n > 0 ? std::string(buffer, static_cast<std::size_t>(n)) : std::string();
}

void Box::kill_all() {
  kill(-pid_, SIGKILL);  // its session, begun by setsid
  kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
  pid_ = -1;
  if (uid_ >= 0) kill_user(uid_);
}

void Box::close_requests() {
  close_if_open(to_child_);
}

Ending Box::finish() {
  close_requests();
  int status = 0;
  pid_t ended = 0;
  while (drain() && (ended = waitpid(pid_, &status, WNOHANG)) == 0) {
    if (seconds_left() == 0) break;
    pollfd p = {output_, POLLIN, 0};
    poll(&p, 1, 2);
    if (p.revents & POLLHUP) usleep(1000);  // nobody can write any more, but it has not ended yet
  }
  if (ended == 0) {
    ending_.timed_out = !ending_.flooded;
    ending_.signal = SIGKILL;
    kill_all();
    return ending_;
  }
  pid_ = -1;
  if (uid_ >= 0) kill_user(uid_);
  drain();
  if (WIFSIGNALED(status)) ending_.signal = WTERMSIG(status);
  if (WIFEXITED(status)) ending_.exit_code = WEXITSTATUS(status);
  if (ending_.signal == 0 && spec_.tier == Tier::kNamespaces && ending_.exit_code > 128) {
    ending_.signal = ending_.exit_code - 128;  // bubblewrap's way to say it
  }
  ending_.timed_out = ending_.signal == SIGXCPU;
  const std::string said = read_status();
  const bool ran =
      spec_.tier == Tier::kNamespaces ? said.find("exit-code") != std::string::npos : said.empty();
  if (!ran) ending_.box_error = said + ending_.output + " ";
  return ending_;
}

}  // namespace tokenwalk::grading
