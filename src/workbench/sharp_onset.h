// A second look at the onset, in the affected segment alone, where the rise is steepest.
//
// A segment that did not exist before (a new version) has no rise: it fails from its first unit
// on, and the whole rises as its share of the traffic does. The onset is its birth then, or one of
// its first units, as far as their luck can tell.
#pragma once

#include "store/engine.h"
#include "workbench/investigation.h"

namespace culprit {

// Changes when.from, onset and to where the segment that holds most failures tells them better.
void sharpen_onset(Engine& engine, Investigation& investigation);

}  // namespace culprit
