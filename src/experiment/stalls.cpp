#include "experiment/stalls.h"

#include <cerrno>
#include <csignal>
#include <cstring>

#include <poll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <utility>

#include "experiment/offspring.h"

namespace culprit {
namespace {

// The tracer leaves within two seconds (tracer.cpp); what is longer is a dead one.
constexpr int answer_within = 5000;  // milliseconds

template <typename T>
void tell(int control, const T& value) {
  static_cast<void>(::send(control, &value, sizeof value, MSG_NOSIGNAL));
}

template <typename T>
std::optional<T> hear(int control) {
  pollfd waiting{control, POLLIN, 0};
  while (::poll(&waiting, 1, answer_within) < 0 && errno == EINTR) {
  }
  T value{};
  if (::recv(control, &value, sizeof value, MSG_DONTWAIT) != sizeof value) return std::nullopt;
  return value;
}

[[noreturn]] void be_the_tracer(Tracer& tracer, int process, int control) {
  sigset_t all;
  sigfillset(&all);
  ::sigprocmask(SIG_SETMASK, &all, nullptr);
  ::signal(SIGCHLD, SIG_DFL);  // ignored, it would bring no news
  ::setsid();
  close_all_but(control);
  const int failed = tracer.seize(process);
  tell(control, failed);
  if (failed == 0) tell(control, tracer.run());
  ::_exit(0);
}

void reap(int process) {
  ::kill(process, SIGKILL);
  while (::waitpid(process, nullptr, 0) < 0 && errno == EINTR) {
  }
}

std::string first_line_of(const std::string& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  return line;
}

bool traced_already(int process) {
  std::ifstream rows(fmt::format("/proc/{}/status", process));
  for (std::string row; std::getline(rows, row);) {
    if (row.starts_with("TracerPid:")) return row.find_first_of("123456789") != std::string::npos;
  }
  return false;
}

std::string advice_on(int process) {
  if (traced_already(process)) return "another program traces it: stop that one first";
  const std::string scope = first_line_of("/proc/sys/kernel/yama/ptrace_scope");
  if (!scope.empty() && scope != "0") {
    return fmt::format("sysctl kernel.yama.ptrace_scope=0 as root allows it (it is {})", scope);
  }
  return "run culprit as the command's user; a container needs --cap-add=SYS_PTRACE";
}

Error refused(int code, int process) {
  if (code == ESRCH) return error(Fault::missing, "there is no process {} to stall", process);
  Error made = error(code == EPERM ? Fault::denied : Fault::unavailable,
                     "culprit may not trace process {} to stall its threads: {}", process,
                     std::strerror(code));
  made.advice = advice_on(process);
  return made;
}

}  // namespace

Result<Stalling> Stalling::begin(int process, const Stalls& stalls) {
  Stalling stalling;
  if (stalls.share == 0) return stalling;
  if (!(stalls.share > 0 && stalls.share < 1)) {
    return error(Fault::usage, "a share of stalls is at least 0 and below 1, not {}", stalls.share);
  }
  int ends[2] = {-1, -1};
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) {
    return error(Fault::unavailable, "cannot start a tracer: {}", std::strerror(errno));
  }
  Tracer tracer(StallPlan(stalls.share, stalls.seed), ends[1]);
  const pid_t child = ::fork();
  if (child == 0) be_the_tracer(tracer, process, ends[1]);
  const int fork_error = errno;
  ::close(ends[1]);
  stalling.control_ = ends[0];
  if (child < 0) {
    return error(Fault::unavailable, "cannot start a tracer: {}", std::strerror(fork_error));
  }
  stalling.tracer_ = child;
  const std::optional<int> failed = hear<int>(ends[0]);
  if (!failed) return error(Fault::unavailable, "the tracer of process {} died", process);
  if (*failed != 0) return refused(*failed, process);
  return stalling;
}

Stalling::Stalling(Stalling&& other) noexcept { *this = std::move(other); }

Stalling& Stalling::operator=(Stalling&& other) noexcept {
  std::swap(tracer_, other.tracer_);
  std::swap(control_, other.control_);
  return *this;
}

Stalling::~Stalling() { end(); }

StallsDone Stalling::end() {
  StallsDone done;
  if (tracer_ > 0) {
    ::shutdown(control_, SHUT_WR);
    done = hear<StallsDone>(control_).value_or(StallsDone{});
    reap(tracer_);
  }
  if (control_ >= 0) ::close(control_);
  tracer_ = 0;
  control_ = -1;
  return done;
}

void allow_stalls() { ::prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY, 0, 0, 0); }

Status stalls_possible() {
  const pid_t parent = ::getpid();
  const pid_t child = ::fork();
  if (child == 0) {
    allow_stalls();
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    close_all_but(-1);
    while (::getppid() == parent) ::usleep(10'000);
    ::_exit(0);
  }
  if (child < 0) return error(Fault::unavailable, "cannot fork: {}", std::strerror(errno));
  const Result<Stalling> begun = Stalling::begin(child, {.share = 0.5, .seed = 0});
  reap(child);
  if (!begun) return begun.error();
  return ok();
}

}  // namespace culprit
