// `culprit logs --follow`: prints what is written until Ctrl-C.
#pragma once

#include "cli/command.h"
#include "workbench/logs.h"

namespace culprit {

// Errors: usage, for flags that need to know all lines first.
Result<Exit> follow_logs(const Arguments& arguments, Session& session, LogsOptions options);

}  // namespace culprit
