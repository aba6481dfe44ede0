// A ComparedPair for people and for scripts.
#pragma once

#include <string>

#include "cli/command.h"
#include "workbench/compare_pair.h"

namespace culprit {

std::string text_of(const ComparedPair& pair, const Terminal& terminal);
std::string json_of(const ComparedPair& pair);

}  // namespace culprit
