// A Stalling holds single threads of a running command now and then, until it ends or is let go.
//
// What for, and how long: stall_plan.h; how: tracer.h. It needs no privilege beyond tracing a
// process of the same user, and no performance counters. Whoever waits for the command with
// waitpid() sees what he would see without it. It ends when end() is called or its value is
// destroyed, when culprit is killed, or when the command and its children are gone; then nothing
// is traced any more, and nothing stopped that did not stop itself.
#pragma once

#include "base/result.h"
#include "experiment/tracer.h"
#include "experiment/trial_setup.h"

namespace culprit {

class Stalling {
 public:
  // Of a process, its threads and children. From the first instruction on, if the process waits
  // for this before its exec.
  static Result<Stalling> begin(int process, const Stalls& stalls);
  Stalling(Stalling&& other) noexcept;
  Stalling& operator=(Stalling&& other) noexcept;
  ~Stalling();

  StallsDone end();

 private:
  Stalling() = default;
  int tracer_ = 0;  // its process; 0: over
  int control_ = -1;
};

// Called by the command between fork and exec: where only ancestors may trace (Yama), culprit's
// tracer may too. Safe there.
void allow_stalls();

// Whether this machine lets us trace at all.
Status stalls_possible();

}  // namespace culprit
