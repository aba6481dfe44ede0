// A Tracer is the process that holds threads of a command by ptrace, as a StallPlan says.
//
// It is a process of its own: what the kernel tells a tracer about a child of the same process is
// also told to whoever waits for that child, and each would take the other's news. It runs what
// follows in the fork of a process with threads, so it allocates nothing after it was made.
//
// It follows every thread and child; passes signals on as they are; leaves stops of job control as
// they are (PTRACE_LISTEN). When `control` closes or says anything, it lets go of all; where it is
// killed, the kernel does. A process under it gains no privilege by exec of a setuid program.
#pragma once

#include <cstdint>
#include <vector>

#include "base/time.h"
#include "experiment/stall_plan.h"

namespace culprit {

// What a Tracer has done.
struct StallsDone {
  std::uint64_t threads = 0;          // that it followed
  std::uint64_t stalls = 0;           // of single threads
  Duration still = Duration::zero();  // of all of them
};

class Tracer {
 public:
  Tracer(StallPlan plan, int control);

  // A process with its threads and children, from now on; 0 or the errno of the first thread.
  int seize(int process);
  // Until all are gone, or `control` says so.
  StallsDone run();

 private:
  enum class State : std::uint8_t { running, asked, held, listening };
  struct Tracee {
    int thread = 0;
    State state = State::running;
    StallPlan::Candidate candidate = {};
    Duration held_at = Duration::zero();
  };

  void seize_threads(int process, int depth);
  void seize_children(int process, int thread, int depth);
  bool seize_thread(int process, int thread);
  Tracee* find(int thread);
  Tracee* add(int thread, StallPlan::Candidate::Place place);
  void remove(int thread);

  bool take_news();  // false: nobody is left
  void tell(int thread, int status);
  void tell_born(int parent_event, int thread);
  void tell_stopped(int thread, int signal);
  void go_on(int thread, int signal);
  void let_go(int thread, int signal);

  void turn(Duration now);
  void hold_low();
  void release(Duration now);
  void leave();
  void wait(int news);
  Duration elapsed() const;

  StallPlan plan_;
  StallPlan::Interval interval_;
  bool in_interval_ = false;
  bool leaving_ = false;
  Duration begin_;
  Duration leaving_since_{};
  int control_;
  std::vector<Tracee> tracees_;  // never beyond what was reserved
  std::vector<StallPlan::Candidate*> drawn_;
  StallsDone done_;
};

}  // namespace culprit
