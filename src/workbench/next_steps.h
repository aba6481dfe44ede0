// The commands that would teach most from here, ready to run, of the verbs that exist.
#pragma once

#include <vector>

#include "workbench/investigate.h"
#include "workbench/investigation.h"

namespace culprit {

std::vector<NextStep> next_steps(const Investigation& investigation,
                                 const InvestigateOptions& options);

// A word as a shell takes it back.
std::string shell_quoted(const std::string& word);

}  // namespace culprit
