// The query that verifies an Investigation's first finding with another tool.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "workbench/investigation.h"
#include "workbench/translate.h"

namespace culprit {

// Errors: usage for an unknown language, and where no source is NDJSON; missing where there is no
// finding to verify, or where what failed cannot be said in another tool's words (a latency against
// its own past, a silence, a condition on a part of messages).
Result<std::string> verification_of(const Investigation& investigation, std::string_view language);

}  // namespace culprit
