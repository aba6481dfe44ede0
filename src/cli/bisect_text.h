// A bisection as text for people and as JSON.
#pragma once

#include "cli/command.h"
#include "workbench/bisect_request.h"

namespace culprit {

std::string text_of(const Bisected& done, const Terminal& terminal);
std::string json_of(const Bisected& done);
std::string summary_of(const Bisected& done);  // the verdict, in one line

// What to do then: lines that begin with NEXT, with commands that work as they stand. Empty: none.
std::string next_of(const Bisected& done);

// One line while it runs: where the suspicion lies along the history, how far it is.
std::string line_of(const BisectProgress& progress, std::size_t columns);

}  // namespace culprit
