// A load's result as text: how much, how fast, which routes, what went wrong and when.
#pragma once

#include <string>

#include "cli/command.h"
#include "workbench/load.h"

namespace culprit {

std::string load_text(const LoadReport& report, const Terminal& terminal);

}  // namespace culprit
