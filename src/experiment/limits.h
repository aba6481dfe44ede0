// Limits are applied by a process to itself, between fork and exec.
//
// apply_limits() is safe there: it allocates nothing, takes no lock and calls the system only. A
// limit never loosens what holds outside: one that is wider than that changes nothing.
#pragma once

#include <cstdint>

#include <sched.h>

#include "experiment/trial_setup.h"

namespace culprit {

// 0, or the errno of the first limit that the system refuses.
int apply_limits(const Limits& limits);

// Processors that a process may use: a set of its own, since cpu_set_t ends at 1024.
struct ProcessorSet {
  static constexpr int processors_max = 8192;  // CONFIG_NR_CPUS of the largest kernels (x86 MAXSMP)
  cpu_set_t words[processors_max / CPU_SETSIZE];

  static ProcessorSet allowed();                  // to the calling thread; empty: unknown
  ProcessorSet first(std::uint32_t count) const;  // its lowest ones
  ProcessorSet only(int index) const;             // the index-th of them, round and round
  int count() const;
  int bind(int thread = 0) const;  // a thread (0: this one) to them; 0 or an errno
};

}  // namespace culprit
