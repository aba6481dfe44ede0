// The section METRICS of a report: what moved first, how surely, before or after the errors.
#pragma once

#include <string>

#include "cli/command.h"
#include "workbench/investigation.h"

namespace culprit {

// Empty where no metrics were asked for.
std::string metrics_text(const Investigation& made, const Terminal& terminal);

}  // namespace culprit
