// How the versions that the logs name fared before and after the onset, by the services that ran
// them.
//
// Tallies count whole units, and a unit that went through two services has a version of each; which
// service ran which is told by lines (unit_lines.h). Where no service is told by any line, one
// program wrote them all.
#pragma once

#include <cstdint>
#include <vector>

#include "contrast/suspects.h"
#include "store/engine.h"
#include "workbench/incident_units.h"

namespace culprit {

// A version that follows another within that time ran beside it from the beginning.
constexpr Duration settling = std::chrono::minutes(1);

struct VersionQuestion {
  Sides sides;
  std::uint64_t seed = 1;
  Time onset = no_time;  // its likeliest instant
};

// Of whole units; who ran them is not told.
std::vector<VersionRate> version_rates(Engine& engine, const VersionQuestion& asked);

// The same, told apart by service.
std::vector<VersionRate> rates_by_service(Engine& engine, const UnitLines& lines,
                                          const IncidentUnits& read, const VersionQuestion& asked);

}  // namespace culprit
