// The search for an onset in parts of the evidence: one host in fifty is lost in the sum.
//
// Asked only when the whole shows no change. The parts are the values of fields that good and bad
// units carry; those with more failures than the rest would give them are looked at one by one, and
// what is found has to be surer by as much as there were parts to choose from.
#pragma once

#include "store/engine.h"
#include "workbench/investigation.h"

namespace culprit {

// The surest onset of a part, or one that is not found.
WhenAnswer find_part_onset(Engine& engine, const Investigation& investigation);

}  // namespace culprit
