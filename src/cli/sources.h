// Flags that every command with SOURCEs has, turned into GatherOptions.
#pragma once

#include "cli/command.h"
#include "cli/flag_values.h"
#include "workbench/moment.h"
#include "workbench/source_options.h"

namespace culprit {

std::vector<Flag> source_flags();
// CULPRIT_SIMD=scalar|sse2|avx2 in the environment makes reading look at fewer bytes in a step than
// the machine could: a report is the same whatever it says, which is to be tested.
Result<GatherOptions> gather_options(const Arguments& arguments, World& world);

// The flags of the call that say how its sources are read and which part of them, ready to be said
// to another command.
std::vector<std::string> reading_flags(const Arguments& arguments);

Result<unsigned> threads_flag(const Arguments& arguments);

// Nothing where the flag is not given. What it means is told by the sources (SourceClock).
Result<std::optional<Moment>> moment_flag(const Arguments& arguments, std::string_view flag);

}  // namespace culprit
