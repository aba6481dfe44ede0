// apply_limits makes a process keep to the Limits of its trial, and with it all that it starts.
#pragma once

#include "experiment/trial_setup.h"

namespace culprit {

// For between fork and exec, also of a program with threads: only calls that are safe there.
// 0, or the errno of the first limit that the system refused; the others are not tried then.
int apply_limits(const Limits& limits);

}  // namespace culprit
