// What failures look like: values that define or restate the failure, told apart from its causes.
#pragma once

#include <string>
#include <vector>

#include "event/query.h"
#include "store/engine.h"
#include "workbench/investigation.h"

namespace culprit {

// Of the fields `symptoms`, the values that many failing units and few others have, most frequent
// first. Levels are one value whatever they are called. A slot's value is left out where the
// message that it stands in says as much.
std::vector<LooksLike> what_it_looks_like(Engine& engine, const std::vector<std::string>& symptoms,
                                          Window window);

}  // namespace culprit
