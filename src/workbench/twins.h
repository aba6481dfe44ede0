// Twins set one failed unit beside the success most like it, as a person would to see what is
// different.
//
// Most differences between any two units say nothing: another host, another cart. One counts where
// the failed unit's value is more common among failing units than among successful ones of the same
// segment. Shown of each is the event that made it fail, and what the other has in its place.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "event/query.h"
#include "store/engine.h"
#include "workbench/investigation.h"

namespace culprit {

struct TwinQuestion {
  OutcomeRule rule;
  std::vector<Condition> conditions;    // of the segment; its failed unit has them all
  std::vector<std::string> candidates;  // fields that may be compared
  Window window;
  std::uint64_t seed = 1;
};

// Nothing where no unit failed inside the segment or none succeeded outside of it.
std::optional<Twin> find_twin(Engine& engine, const TwinQuestion& question);

}  // namespace culprit
