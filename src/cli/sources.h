// Flags that every command with SOURCEs has, turned into GatherOptions.
#pragma once

#include "cli/command.h"
#include "workbench/source_options.h"

namespace culprit {

std::vector<Flag> source_flags();
Result<GatherOptions> gather_options(const Arguments& arguments, Session& session);

Result<Duration> duration_flag(const Arguments& arguments, std::string_view flag);
Result<std::uint64_t> seed_flag(const Arguments& arguments);

// RFC 3339, "14:03" (today in the evidence's last day is not known here: today by the clock),
// or "-2h" before now.
Result<Time> instant_flag(const Arguments& arguments, std::string_view flag, Session& session,
                          const Zone& zone);

}  // namespace culprit
