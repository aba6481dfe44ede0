#include "experiment/tracer.h"

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>

#include <dirent.h>
#include <elf.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/ptrace.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <iterator>

namespace culprit {
namespace {

// Threads beyond these are followed, but never held.
constexpr std::size_t tracees_max = 4096;
constexpr int depth_max = 16;        // of children of children, when a process is seized late
constexpr int seize_passes_max = 8;  // over threads, some of which begin others meanwhile
// A thread that the kernel holds (a disk that does not answer) cannot be let go: the end of the
// tracer does it.
constexpr Duration leave_within = std::chrono::seconds(2);
constexpr Duration look_at_least_every = std::chrono::milliseconds(100);

constexpr long options =
    PTRACE_O_TRACECLONE | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACEEXEC;

Duration monotonic() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
}

long trace(__ptrace_request request, int thread, unsigned long value) {
  return ::ptrace(request, thread, nullptr, value);
}

bool stops_jobs(int signal) {
  return signal == SIGSTOP || signal == SIGTSTP || signal == SIGTTIN || signal == SIGTTOU;
}

#ifdef __x86_64__
// Calls that say EINTR after a stop that no handler saw (signal(7), "Interruption of system calls
// by stop signals"), those of sockets where they have a timeout. Nothing was done when they say so.
constexpr long interrupted_by_stops[] = {
    SYS_epoll_wait, SYS_epoll_pwait,  SYS_epoll_pwait2,  SYS_semop,
    SYS_semtimedop, SYS_io_getevents, SYS_io_pgetevents, SYS_rt_sigtimedwait,
    SYS_read,       SYS_write,        SYS_recvfrom,      SYS_recvmsg,
    SYS_accept,     SYS_accept4,      SYS_sendto,        SYS_sendmsg,
};
#endif

// Such an EINTR would be a failure of our making, so the kernel is told to begin the call again, as
// it does after every other call; a handler that runs first still ends it with EINTR.
void begin_call_again(int thread) {
#ifdef __x86_64__
  constexpr unsigned long long restart_if_no_handler = 514;  // ERESTARTNOHAND
  user_regs_struct registers{};
  iovec place{&registers, sizeof registers};
  if (::ptrace(PTRACE_GETREGSET, thread, NT_PRSTATUS, &place) != 0) return;
  if (registers.rax != -static_cast<unsigned long long>(EINTR)) return;
  const auto call = static_cast<long>(registers.orig_rax);  // negative: in none
  if (std::count(std::begin(interrupted_by_stops), std::end(interrupted_by_stops), call) == 0) {
    return;
  }
  registers.rax = -restart_if_no_handler;
  ::ptrace(PTRACE_SETREGSET, thread, NT_PRSTATUS, &place);
#else
  static_cast<void>(thread);
#endif
}

// Numbers in the names of a directory of /proc, without opendir(), which allocates.
template <typename Take>
void each_number_in(const char* directory, Take take) {
  const int opened = ::open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (opened < 0) return;
  alignas(dirent64) char entries[1 << 12];
  for (ssize_t got = 0; (got = ::getdents64(opened, entries, sizeof entries)) > 0;) {
    for (ssize_t at = 0; at < got;) {
      const auto* entry = reinterpret_cast<const dirent64*>(entries + at);
      if (const int number = std::atoi(entry->d_name); number > 0) take(number);
      at += entry->d_reclen;
    }
  }
  ::close(opened);
}

}  // namespace

Tracer::Tracer(StallPlan plan, int control)
    : plan_(plan), interval_(plan_.next()), begin_(monotonic()), control_(control) {
  tracees_.reserve(tracees_max);
  drawn_.reserve(tracees_max);
}

int Tracer::seize(int process) {
  if (trace(PTRACE_SEIZE, process, options) != 0) return errno;
  add(process, StallPlan::Candidate::Place::first_of_process);
  seize_threads(process, 0);
  return 0;
}

void Tracer::seize_threads(int process, int depth) {
  char tasks[32];
  std::snprintf(tasks, sizeof tasks, "/proc/%d/task", process);
  bool found = true;
  for (int pass = 0; found && pass < seize_passes_max; ++pass) {
    found = false;
    each_number_in(tasks, [&](int thread) { found |= seize_thread(process, thread); });
  }
  each_number_in(tasks, [&](int thread) { seize_children(process, thread, depth); });
}

bool Tracer::seize_thread(int process, int thread) {
  if (find(thread) != nullptr || trace(PTRACE_SEIZE, thread, options) != 0) return false;
  const bool first = process == thread;
  add(thread,
      first ? StallPlan::Candidate::Place::first_of_process : StallPlan::Candidate::Place::other);
  return true;
}

void Tracer::seize_children(int process, int thread, int depth) {
  char path[64];
  std::snprintf(path, sizeof path, "/proc/%d/task/%d/children", process, thread);
  const int opened = ::open(path, O_RDONLY | O_CLOEXEC);
  if (opened < 0) return;
  char text[1 << 12];
  const ssize_t got = ::read(opened, text, sizeof text - 1);
  ::close(opened);
  text[std::max<ssize_t>(got, 0)] = '\0';
  char* rest = text;
  for (long child = 0; (child = std::strtol(rest, &rest, 10)) > 0;) {
    const int id = static_cast<int>(child);
    if (seize_thread(id, id) && depth < depth_max) seize_threads(id, depth + 1);
  }
}

Tracer::Tracee* Tracer::find(int thread) {
  const auto found = std::find_if(tracees_.begin(), tracees_.end(),
                                  [&](const Tracee& each) { return each.thread == thread; });
  return found == tracees_.end() ? nullptr : &*found;
}

Tracer::Tracee* Tracer::add(int thread, StallPlan::Candidate::Place place) {
  ++done_.threads;
  if (tracees_.size() == tracees_max) return nullptr;
  tracees_.push_back({.thread = thread, .candidate = {.place = place}});
  return &tracees_.back();
}

void Tracer::remove(int thread) {
  Tracee* gone = find(thread);
  if (gone == nullptr) return;
  if (gone->state == State::held) done_.still += elapsed() - gone->held_at;
  *gone = tracees_.back();
  tracees_.pop_back();
}

Duration Tracer::elapsed() const { return monotonic() - begin_; }

StallsDone Tracer::run() {
  sigset_t child;
  sigemptyset(&child);
  sigaddset(&child, SIGCHLD);
  const int news = ::signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK);
  while (take_news()) {
    const Duration now = elapsed();
    if (leaving_ && now - leaving_since_ > leave_within) break;
    if (!leaving_) turn(now);
    wait(news);
  }
  return done_;
}

bool Tracer::take_news() {
  for (;;) {
    int status = 0;
    const int thread = ::waitpid(-1, &status, __WALL | WNOHANG);
    if (thread < 0) return errno == EINTR;
    if (thread == 0) return true;
    tell(thread, status);
  }
}

void Tracer::tell(int thread, int status) {
  if (!WIFSTOPPED(status)) return remove(thread);
  const int event = status >> 16;
  switch (event) {
    case 0: return go_on(thread, WSTOPSIG(status));  // a signal on its way
    case PTRACE_EVENT_STOP: return tell_stopped(thread, WSTOPSIG(status));
    case PTRACE_EVENT_CLONE:
    case PTRACE_EVENT_FORK:
    case PTRACE_EVENT_VFORK: tell_born(event, thread); break;
    case PTRACE_EVENT_EXEC: {
      // The thread that called it has the number of the process from now on.
      unsigned long former = 0;
      ::ptrace(PTRACE_GETEVENTMSG, thread, nullptr, &former);
      if (static_cast<int>(former) != thread) remove(static_cast<int>(former));
      break;
    }
    default: break;
  }
  go_on(thread, 0);
}

void Tracer::tell_born(int parent_event, int thread) {
  unsigned long born = 0;
  if (::ptrace(PTRACE_GETEVENTMSG, thread, nullptr, &born) != 0) return;
  const int id = static_cast<int>(born);
  Tracee* tracee = find(id);
  using Place = StallPlan::Candidate::Place;
  const Place place = parent_event == PTRACE_EVENT_CLONE ? Place::other : Place::first_of_process;
  if (tracee == nullptr) {
    tracee = add(id, place);
  } else {
    tracee->candidate.place = place;  // its own stop came first
  }
}

void Tracer::tell_stopped(int thread, int signal) {
  Tracee* tracee = find(thread);
  if (tracee == nullptr) tracee = add(thread, StallPlan::Candidate::Place::other);
  if (leaving_) return let_go(thread, 0);
  if (stops_jobs(signal)) {
    if (tracee != nullptr) tracee->state = State::listening;
    trace(PTRACE_LISTEN, thread, 0);
    return;
  }
  if (tracee == nullptr) return go_on(thread, 0);
  const bool born = tracee->state == State::running;
  tracee->state = State::running;
  if (in_interval_ && born && plan_.draws_low(tracee->candidate.place))
    tracee->candidate.low = true;
  if (!in_interval_ || !tracee->candidate.low) return go_on(thread, 0);
  tracee->state = State::held;
  tracee->held_at = elapsed();
  ++done_.stalls;
}

void Tracer::go_on(int thread, int signal) {
  if (leaving_) return let_go(thread, signal);
  begin_call_again(thread);
  trace(PTRACE_CONT, thread, static_cast<unsigned long>(signal));
  // Asked to stop, it will, behind this one.
  Tracee* tracee = find(thread);
  if (tracee != nullptr && tracee->state != State::asked) tracee->state = State::running;
}

void Tracer::let_go(int thread, int signal) {
  begin_call_again(thread);
  trace(PTRACE_DETACH, thread, static_cast<unsigned long>(signal));
  remove(thread);
}

void Tracer::turn(Duration now) {
  if (in_interval_ && now >= interval_.until) {
    release(now);
    interval_ = plan_.next();
  }
  // Late (the machine slept): what is over is left out.
  while (now >= interval_.until && !in_interval_) interval_ = plan_.next();
  if (!in_interval_ && now >= interval_.from) hold_low();
}

void Tracer::hold_low() {
  in_interval_ = true;
  drawn_.clear();
  for (Tracee& tracee : tracees_) {
    if (tracee.state == State::running) drawn_.push_back(&tracee.candidate);
  }
  plan_.draw(drawn_);
  for (Tracee& tracee : tracees_) {
    if (!tracee.candidate.low || tracee.state != State::running) continue;
    if (trace(PTRACE_INTERRUPT, tracee.thread, 0) == 0) tracee.state = State::asked;
  }
}

void Tracer::release(Duration now) {
  in_interval_ = false;
  for (Tracee& tracee : tracees_) {
    tracee.candidate.low = false;
    if (tracee.state != State::held) continue;
    done_.still += now - tracee.held_at;
    tracee.state = State::running;
    begin_call_again(tracee.thread);
    trace(PTRACE_CONT, tracee.thread, 0);
  }
}

void Tracer::leave() {
  const Duration now = elapsed();
  release(now);
  leaving_ = true;
  leaving_since_ = now;
  for (const Tracee& tracee : tracees_) trace(PTRACE_INTERRUPT, tracee.thread, 0);
}

void Tracer::wait(int news) {
  const Duration next = in_interval_ ? interval_.until : interval_.from;
  const Duration left = leaving_ ? look_at_least_every : next - elapsed();
  const Duration limit = std::clamp(left, Duration::zero(), look_at_least_every);
  const timespec within{0, static_cast<long>(limit.count())};
  pollfd waiting[2] = {{news, POLLIN, 0}, {leaving_ ? -1 : control_, POLLIN, 0}};
  if (::ppoll(waiting, 2, &within, nullptr) <= 0) return;
  signalfd_siginfo taken;
  while (::read(news, &taken, sizeof taken) > 0) {
  }
  if (waiting[1].revents != 0) leave();
}

}  // namespace culprit
