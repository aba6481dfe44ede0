// What every verb that runs trials reads out of one: whether the command could be run at all, what
// it said last, and how long the next may take.
#pragma once

#include <string>
#include <string_view>

#include "experiment/trial.h"

namespace culprit {

// A shell's 126 or 127 (sh(1)): of a command that works elsewhere that is a failure, of one that
// was never seen to work it is a mistake of whoever wrote it.
bool says_cannot_run(const Trial& trial);

// At most 200 bytes of it; empty: it said nothing.
std::string last_line(std::string_view text);

// Ten times the slowest that was good (DESIGN, command contract), and 5 s at least: a busy machine
// stalls for so long.
Duration patience_after(double slowest_seconds);

}  // namespace culprit
