// What a command found goes into the case.
#pragma once

#include "cli/command.h"
#include "workbench/keep.h"

namespace culprit {

// Adds the command line to `entry` and keeps it; what hinders that is a warning, the answer is
// printed all the same. Whether it is kept.
bool keep_in_case(const Arguments& arguments, Session& session, Entry entry);

}  // namespace culprit
