// The verb `contrast`: what separates two populations of units, wherever in time they stand.
//
// No onset, no changes: bad is what `--bad` says, good the rest or what `--good` says. Of the
// Investigation, `who`, `looks_like`, `unexplained_share` and `templates` are filled; a template's
// `before` counts its events in good units, `after` those in bad ones, per hundred the traffic is
// alike ("new": the bad say it alone, "stopped": the good alone).
#pragma once

#include "base/result.h"
#include "workbench/investigate.h"
#include "workbench/investigation.h"

namespace culprit {

// Errors: as investigate()'s.
Result<Investigation> compare_populations(World& world, const InvestigateOptions& options);

// Whether anything tells them apart.
bool differ(const Investigation& investigation);

}  // namespace culprit
