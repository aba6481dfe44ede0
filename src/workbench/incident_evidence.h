// What an incident tells about its cause, gathered for the judgement of changes (suspects.h).
#pragma once

#include <cstdint>
#include <set>
#include <string>

#include "contrast/suspects.h"
#include "store/engine.h"
#include "workbench/incident_units.h"
#include "workbench/investigation.h"

namespace culprit {

struct EvidenceQuestion {
  Sides sides;
  std::set<std::string> services = {};  // of which deploys are known
  std::uint64_t seed = 1;
};

ChangeEvidence incident_evidence(Engine& engine, const EvidenceQuestion& question,
                                 const Investigation& made);

}  // namespace culprit
