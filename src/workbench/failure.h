// What failed, and since when: tries what is given, then errors, then latency, then volume.
#pragma once

#include "store/engine.h"
#include "workbench/investigate.h"
#include "workbench/investigation.h"

namespace culprit {

// Fills rule, bad, judged, when of the Investigation; `when.found` false: nothing moved.
void find_failure(Engine& engine, const InvestigateOptions& options, Investigation& investigation);

}  // namespace culprit
