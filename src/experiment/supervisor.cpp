#include "experiment/supervisor.h"

#include <cerrno>
#include <csignal>
#include <cstring>
#include <ctime>

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "experiment/descendants.h"
#include "experiment/limits.h"

namespace culprit {
namespace {

constexpr std::int64_t second = 1'000'000'000;
// A command that ends well has little to tidy up after; one that is made to end may have more.
constexpr std::int64_t grace_ended = second / 5;
constexpr std::int64_t grace_ordered = second / 2;
constexpr std::int64_t killing_max = 4 * second;
constexpr int look_every = 5;     // milliseconds, while something is to end
constexpr int reap_every = 1000;  // milliseconds, while the command runs
constexpr int signals[] = {SIGHUP,  SIGINT,  SIGQUIT, SIGTERM, SIGPIPE,
                           SIGXFSZ, SIGCHLD, SIGUSR1, SIGUSR2, SIGALRM};

std::int64_t clock_now() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * second + now.tv_nsec;
}

void tell(int report, const TrialReport& told) {
  while (::write(report, &told, sizeof told) < 0 && errno == EINTR) {
  }
}

void handle_all(void (*handler)(int)) {
  for (const int signal : signals) ::signal(signal, handler);
}

// Closes whatever else was open in culprit: the pipes of other trials above all, whose readers
// would wait for this process too.
void close_others(const Supervision& kept) {
  int open[] = {kept.out, kept.error, kept.lifeline, kept.report, kept.gate};
  for (int& a : open) {
    for (int& b : open) {
      if (&a < &b && a > b) {
        const int lesser = b;
        b = a;
        a = lesser;
      }
    }
  }
  unsigned from = 3;
  for (const int one : open) {
    if (one < 0) continue;
    const auto at = static_cast<unsigned>(one);
    if (at > from) ::syscall(SYS_close_range, from, at - 1, 0);
    from = at + 1;
  }
  ::syscall(SYS_close_range, from, ~0U, 0);
}

void become_nobody() {
  const int nothing = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  if (nothing < 0) return;
  for (int standard = 0; standard < 3; ++standard) ::dup2(nothing, standard);
  if (nothing > 2) ::close(nothing);
}

[[noreturn]] void fail(int report, TrialReport::What what, int code) {
  tell(report, {what, code, 0});
  ::_exit(127);
}

// Says that the process is about to become the command, and waits until culprit lets it.
void wait_at_gate(const Supervision& with) {
  if (with.gate < 0) return;
  tell(with.report, {TrialReport::What::ready, ::getpid(), 0});
  char let = 0;
  ssize_t got = 0;
  while ((got = ::read(with.gate, &let, 1)) < 0 && errno == EINTR) {
  }
  if (got != 1) ::_exit(127);  // the trial is given up
}

[[noreturn]] void become_command(const Supervision& with, pid_t supervisor) {
  const Launch& launch = *with.launch;
  ::setsid();
  if (launch.stand_in) {
    if (const int failed = stand_in(*launch.stand_in)) {
      fail(with.report, TrialReport::What::stand_in_failed, failed);
    }
  }
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != supervisor) ::_exit(127);  // it is gone already
  handle_all(SIG_DFL);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::dup2(with.out, 1);
  ::dup2(with.error, 2);
  if (!launch.directory.empty() && ::chdir(launch.directory.c_str()) != 0) {
    fail(with.report, TrialReport::What::directory_failed, errno);
  }
  if (const int failed = apply_limits(*with.limits)) {
    fail(with.report, TrialReport::What::limits_failed, failed);
  }
  wait_at_gate(with);
  ::execve(launch.path.c_str(), launch.arguments.data(), launch.environment.data());
  if (errno == ENOEXEC) {
    ::execve("/bin/sh", launch.shell_arguments.data(), launch.environment.data());
  }
  fail(with.report, TrialReport::What::exec_failed, errno);
}

// Takes leave of children that ended. Whether any is left.
bool reaped_all() {
  for (;;) {
    const pid_t gone = ::waitpid(-1, nullptr, WNOHANG);
    if (gone < 0 && errno == EINTR) continue;
    if (gone <= 0) return gone < 0;
  }
}

bool wait_for_all(std::int64_t until) {
  while (!reaped_all()) {
    if (clock_now() >= until) return false;
    ::poll(nullptr, 0, look_every);
  }
  return true;
}

// All that is left is asked to end, and made to where it does not.
void end_all(std::int64_t grace) {
  if (reaped_all()) return;
  signal_descendants(SIGTERM);
  signal_descendants(SIGCONT);  // one that is stopped does not hear the first
  if (wait_for_all(clock_now() + grace)) return;
  // What is killed leaves its children to this process, and some may be just about to fork.
  const std::int64_t until = clock_now() + killing_max;
  while (clock_now() < until) {
    signal_descendants(SIGKILL);
    if (wait_for_all(clock_now() + look_every * (second / 1000))) return;
  }
}

// Until the command ends or culprit orders the end. Whether it ended.
bool watch(pid_t command, int lifeline, int& status) {
  const int ended = static_cast<int>(::syscall(SYS_pidfd_open, command, 0));
  pollfd waiting[2] = {{lifeline, POLLIN, 0}, {ended, POLLIN, 0}};
  for (;;) {
    ::poll(waiting, 2, ended < 0 ? look_every : reap_every);
    for (;;) {
      int one = 0;
      const pid_t gone = ::waitpid(-1, &one, WNOHANG);
      if (gone <= 0) break;
      if (gone != command) continue;
      status = one;
      return true;
    }
    if (waiting[0].revents != 0) return false;
  }
}

}  // namespace

void supervise(const Supervision& with) {
  ::setpgid(0, 0);  // the terminal's Ctrl-C is for culprit, which gives the order
  handle_all(SIG_IGN);
  ::signal(SIGCHLD, SIG_DFL);
  ::prctl(PR_SET_CHILD_SUBREAPER, 1);
  ::prctl(PR_SET_NAME, "culprit-trial");
  close_others(with);
  become_nobody();
  const std::int64_t start = clock_now();
  const pid_t self = ::getpid();
  const pid_t command = ::fork();
  if (command < 0) fail(with.report, TrialReport::What::exec_failed, errno);
  if (command == 0) become_command(with, self);
  ::close(with.out);
  ::close(with.error);
  if (with.gate >= 0) ::close(with.gate);
  int status = 0;
  const bool ended = watch(command, with.lifeline, status);
  if (ended) tell(with.report, {TrialReport::What::ended, status, clock_now() - start});
  end_all(ended ? grace_ended : grace_ordered);
  ::_exit(0);
}

}  // namespace culprit
