// An Investigation as the object of the command line contract (DESIGN, `investigate --json`).
#pragma once

#include <string>

#include "workbench/investigation.h"

namespace culprit {

std::string json_of(const Investigation& investigation);

}  // namespace culprit
