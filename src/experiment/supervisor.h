// supervise() is the process between culprit and the command of a trial: it leaves nothing behind.
//
// Whatever the command starts and abandons (daemons that left its group and session too) is handed
// to this process by the kernel, as the nearest "subreaper". So it sees all of them end, ends those
// that stay when the command is over, and all of them when culprit says so or is gone: its
// lifeline is a pipe whose other end only culprit holds.
//
// It runs in a fork of a program with threads and never becomes another program: it allocates
// nothing, takes no lock and calls only what is safe there.
#pragma once

#include <cstdint>

#include "experiment/launch.h"
#include "experiment/trial_setup.h"

namespace culprit {

// What it tells culprit through a pipe; each arrives whole. The last is `ended`, or why it never
// ran, or nothing where culprit ordered the end.
struct TrialReport {
  enum class What : std::int32_t {
    ready,
    stand_in_failed,
    directory_failed,
    limits_failed,
    exec_failed,
    ended
  };
  What what = What::ended;
  std::int32_t value = 0;        // the process, an errno, or the status that waitpid gave
  std::int64_t nanoseconds = 0;  // that the command took; of `ended`
};

struct Supervision {
  const Launch* launch = nullptr;
  const Limits* limits = nullptr;
  int out = -1;  // where the command writes
  int error = -1;
  int lifeline = -1;  // to read from: its end is the order to end everything
  int report = -1;    // to write TrialReports to
  int gate = -1;      // where the command, `ready` for its exec, waits for a byte; -1: it does not
};

[[noreturn]] void supervise(const Supervision& supervision);

// From the order to end until all of it is killed and gone, at most.
constexpr double ending_seconds_max = 5;

}  // namespace culprit
