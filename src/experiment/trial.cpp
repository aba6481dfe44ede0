#include "experiment/trial.h"

#include <cerrno>
#include <csignal>
#include <cstring>

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <utility>

#include "experiment/bounded_text.h"
#include "experiment/launch.h"
#include "experiment/supervisor.h"

namespace culprit {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int look_every = 100;          // milliseconds between looks at the time and at `stop`
constexpr double lost_seconds_max = 5;   // beyond a supervisor's own bound: it is stuck itself
constexpr double drain_seconds_max = 1;  // for output, once nobody is left that could write it

// A pipe whose two ends are closed when it goes out of scope.
class TrialPipe {
 public:
  TrialPipe() {
    if (::pipe2(ends_, O_CLOEXEC) != 0) ends_[0] = ends_[1] = -1;
  }
  TrialPipe(const TrialPipe&) = delete;
  TrialPipe& operator=(const TrialPipe&) = delete;
  ~TrialPipe() {
    close_reading();
    close_writing();
  }
  bool open() const { return ends_[0] >= 0; }
  int reading() const { return ends_[0]; }
  int writing() const { return ends_[1]; }
  void close_reading() { close_end(ends_[0]); }
  void close_writing() { close_end(ends_[1]); }

 private:
  static void close_end(int& end) {
    if (end >= 0) ::close(std::exchange(end, -1));
  }
  int ends_[2];
};

double since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

Error no_process(int code) {
  Error made = error(Fault::unavailable, "cannot start a process: {}", std::strerror(code));
  made.advice = "fewer --workers, or a higher limit of processes and open files (ulimit -u, -n)";
  return made;
}

// Why the command never ran.
Error refused(const TrialReport& report, const TrialSetup& setup) {
  const char* reason = std::strerror(report.value);
  switch (report.what) {
    case TrialReport::What::stand_in_failed:
      return error(Fault::denied, "cannot put a copy in the place of {}: {}",
                   setup.stand_in->folder, reason);
    case TrialReport::What::directory_failed:
      return error(Fault::denied, "cannot enter {}: {}", setup.directory, reason);
    case TrialReport::What::limits_failed: {
      Error made = error(Fault::denied, "the system refuses a limit: {}", reason);
      made.advice = "a limit can only be lowered; see `ulimit -aH` for the highest";
      return made;
    }
    default: {
      Error made = error(Fault::usage, "cannot run {}: {}", setup.command.front(), reason);
      made.advice = "is it a program for this machine, and does its interpreter exist?";
      return made;
    }
  }
}

// A trial under way, seen from culprit.
class Running {
 public:
  Running(const TrialSetup& setup, const TrialWatch& watch)
      : setup_(setup), watch_(watch), start_(Clock::now()) {}
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;
  ~Running() { take_leave(); }

  Status begin(const Launch& launch);
  Result<Trial> finish();

 private:
  enum class Order { none, timeout, stop, give_up };

  void wait_and_read();
  void read_from(pollfd& waiting, BoundedText& text);
  void read_report(pollfd& waiting);
  void open_gate(int process);
  void order_end(Order why);
  void look_at_time();
  void take_leave();

  const TrialSetup& setup_;
  const TrialWatch& watch_;
  Clock::time_point start_;
  TrialPipe out_, error_, lifeline_, report_, gate_;
  std::optional<Error> gave_up_;  // before its exec
  pid_t supervisor_ = 0;
  pollfd waiting_[3] = {};  // out, error, report; -1 once it has ended
  BoundedText out_text_{setup_.output_bytes_max};
  BoundedText error_text_{setup_.output_bytes_max};
  std::optional<TrialReport> told_;
  Order ordered_ = Order::none;
  Clock::time_point ending_since_;  // ordered, or left by the supervisor
  bool left_ = false;               // the supervisor is gone
};

Status Running::begin(const Launch& launch) {
  if (!out_.open() || !error_.open() || !lifeline_.open() || !report_.open() || !gate_.open()) {
    return no_process(errno);
  }
  const int gate = watch_.before_exec ? gate_.reading() : -1;
  const Supervision with{&launch,
                         &setup_.limits,
                         out_.writing(),
                         error_.writing(),
                         lifeline_.reading(),
                         report_.writing(),
                         gate};
  start_ = Clock::now();
  supervisor_ = ::fork();
  if (supervisor_ == 0) supervise(with);
  if (supervisor_ < 0) {
    supervisor_ = 0;
    return no_process(errno);
  }
  out_.close_writing();
  error_.close_writing();
  report_.close_writing();
  gate_.close_reading();
  lifeline_.close_reading();
  const int reading[] = {out_.reading(), error_.reading(), report_.reading()};
  for (std::size_t i = 0; i < 3; ++i) {
    ::fcntl(reading[i], F_SETFL, O_NONBLOCK);
    waiting_[i] = {reading[i], POLLIN, 0};
  }
  return ok();
}

void Running::read_from(pollfd& waiting, BoundedText& text) {
  char buffer[1 << 16];
  const ssize_t got = ::read(waiting.fd, buffer, sizeof buffer);
  if (got > 0) text.append({buffer, static_cast<std::size_t>(got)});
  if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR)) waiting.fd = -1;
}

void Running::read_report(pollfd& waiting) {
  TrialReport one;
  const ssize_t got = ::read(waiting.fd, &one, sizeof one);
  if (got == sizeof one && one.what == TrialReport::What::ready) return open_gate(one.value);
  if (got == sizeof one && !told_) told_ = one;  // why it never ran comes before that it ended
  if (got != 0) return;
  waiting.fd = -1;
  left_ = true;
  ending_since_ = Clock::now();
}

void Running::open_gate(int process) {
  Status ready = watch_.before_exec(process);
  if (!ready) {
    gave_up_ = std::move(ready).error();
    return order_end(Order::give_up);
  }
  const char let = 1;
  while (::write(gate_.writing(), &let, 1) < 0 && errno == EINTR) {
  }
}

void Running::order_end(Order why) {
  if (ordered_ != Order::none) return;
  ordered_ = why;
  ending_since_ = Clock::now();
  lifeline_.close_writing();
  gate_.close_writing();
}

void Running::look_at_time() {
  if (ordered_ == Order::none && watch_.stop()) order_end(Order::stop);
  const bool late = setup_.timeout > Duration::zero() && since(start_) >= seconds(setup_.timeout);
  if (late && !told_) order_end(Order::timeout);
  // A supervisor that does not end in time is killed; what it watched loses its parent then.
  if (!left_ && ordered_ != Order::none &&
      since(ending_since_) > ending_seconds_max + lost_seconds_max) {
    ::kill(supervisor_, SIGKILL);
  }
}

void Running::wait_and_read() {
  for (;;) {
    const bool silent = waiting_[0].fd < 0 && waiting_[1].fd < 0;
    if (left_ && (silent || since(ending_since_) > drain_seconds_max)) return;
    int within = look_every;
    if (setup_.timeout > Duration::zero() && !told_ && ordered_ == Order::none) {
      const double rest = seconds(setup_.timeout) - since(start_);
      within = rest * 1000 < within ? std::max(1, static_cast<int>(rest * 1000) + 1) : within;
    }
    const int ready = ::poll(waiting_, 3, within);
    if (ready > 0 && waiting_[0].fd >= 0 && waiting_[0].revents != 0) {
      read_from(waiting_[0], out_text_);
    }
    if (ready > 0 && waiting_[1].fd >= 0 && waiting_[1].revents != 0) {
      read_from(waiting_[1], error_text_);
    }
    if (ready > 0 && waiting_[2].fd >= 0 && waiting_[2].revents != 0) read_report(waiting_[2]);
    look_at_time();
  }
}

void Running::take_leave() {
  if (supervisor_ == 0) return;
  lifeline_.close_writing();
  while (::waitpid(supervisor_, nullptr, 0) < 0 && errno == EINTR) {
  }
  supervisor_ = 0;
}

Result<Trial> Running::finish() {
  wait_and_read();
  take_leave();
  if (gave_up_) return *gave_up_;
  if (ordered_ == Order::stop) return interrupted_error();
  if (told_ && told_->what != TrialReport::What::ended) return refused(*told_, setup_);
  Trial trial;
  trial.out = {out_text_.text(), out_text_.discarded()};
  trial.error = {error_text_.text(), error_text_.discarded()};
  trial.timed_out = ordered_ == Order::timeout && !told_;
  trial.seconds = told_ ? static_cast<double>(told_->nanoseconds) * 1e-9 : seconds(setup_.timeout);
  if (!told_ && !trial.timed_out) {
    return error(Fault::unavailable, "the process that watches a trial was killed");
  }
  if (!told_) return trial;
  if (WIFSIGNALED(told_->value)) {
    trial.signal = WTERMSIG(told_->value);
  } else {
    trial.exit_code = WEXITSTATUS(told_->value);
  }
  return trial;
}

}  // namespace

void shorten_output(Trial& trial) {
  for (TrialOutput* one : {&trial.out, &trial.error}) {
    const std::size_t most = TrialSetup().output_bytes_max;
    if (one->text.size() > most + BoundedText::line_bytes_max) {
      one->bytes_discarded = shorten(one->text, one->bytes_discarded, most);
    }
  }
}

Result<Trial> run_trial(const TrialSetup& setup, const TrialWatch& watch) {
  const Launch launch = TRY(launch_of(setup));
  Running running(setup, watch);
  TRY(running.begin(launch));
  return running.finish();
}

}  // namespace culprit
