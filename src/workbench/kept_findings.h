// What an investigation found, as its JSON: of a file, or of the open case.
#pragma once

#include <string>

#include "base/result.h"
#include "base/world.h"

namespace culprit {

// `prior`: "case" (the newest investigation of the open case) or a file of `investigate --json`.
Result<std::string> kept_findings(World& world, const std::string& prior);

}  // namespace culprit
