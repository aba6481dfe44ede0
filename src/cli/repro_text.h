// What `culprit repro` prints: how often the command fails, under which conditions, and what next.
#pragma once

#include <string>

#include "cli/command.h"
#include "workbench/repro_request.h"

namespace culprit {

std::string text_of(const Reproduced& done, const ReproRequest& request);
std::string json_of(const Reproduced& done);

}  // namespace culprit
