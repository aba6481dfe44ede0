// A load's result as one object of JSON (docs/json.md).
#pragma once

#include <string>

#include "workbench/load.h"

namespace culprit {

std::string load_json(const LoadReport& report);

}  // namespace culprit
