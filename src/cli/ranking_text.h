// A RangeRanking as one screen of text.
#pragma once

#include <string>

#include "cli/command.h"
#include "workbench/rank_range.h"

namespace culprit {

std::string text_of(const RangeRanking& ranking, const Terminal& terminal);

// One line of `case show`.
std::string summary_of(const RangeRanking& ranking);

}  // namespace culprit
