// What `culprit try` prints: the verdict, both rates and their difference, what became of the tree.
#pragma once

#include <string>

#include "cli/command.h"
#include "workbench/try.h"
#include "workbench/try_kept.h"

namespace culprit {

std::string text_of(const Tried& tried, const TryRequest& request);
std::string json_of(const Tried& tried, const TryRequest& request);

std::string text_of(const Restored& restored);
std::string json_of(const Restored& restored);

std::string text_of(const Pruned& pruned);
std::string json_of(const Pruned& pruned);

}  // namespace culprit
