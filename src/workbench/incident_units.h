// IncidentUnits are the units of an incident that are read line by line (UnitLines): failing ones
// and successful ones, since the onset and before it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "event/query.h"
#include "store/engine.h"
#include "workbench/unit_lines.h"

namespace culprit {

// Windows before and after; after ends with the incident.
struct Sides {
  Window before;
  Window after;
  bool has_before = true;
};

using Lines = std::vector<std::vector<UnitLine>>;  // by unit

struct IncidentUnits {
  Lines failing;
  Lines before;  // failing, before the onset
  Lines good;
  Lines good_before;
};

// So many units tell a share to within some hundredths.
constexpr std::size_t units_read = 200;

IncidentUnits read_units(Engine& engine, const Sides& sides, const UnitLines& lines,
                         std::uint64_t seed);

// The first line that says that something is wrong; null: none does.
const UnitLine* first_failing(const std::vector<UnitLine>& unit);

// The first line of a service; null: it has none.
const UnitLine* line_of(const std::vector<UnitLine>& unit, const std::string& service);

}  // namespace culprit
