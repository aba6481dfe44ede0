// An Investigation as the object of the command line contract (DESIGN, `investigate --json`).
#pragma once

#include <string>

#include "workbench/investigation.h"
#include "workbench/rank_range.h"

namespace culprit {

std::string json_of(const Investigation& investigation);
std::string json_of(const RangeRanking& ranking);
// Of `contrast`: what separates two populations.
std::string populations_json(const Investigation& investigation);

}  // namespace culprit
