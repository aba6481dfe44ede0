#include "workbench/incident_units.h"

#include <algorithm>

namespace culprit {
namespace {

constexpr std::size_t failing_before_read = 80;

}  // namespace

IncidentUnits read_units(Engine& engine, const Sides& sides, const UnitLines& lines,
                         std::uint64_t seed) {
  const auto sampled = [&](const Window& window, Outcome outcome, std::size_t count) {
    return lines.read(engine.sample({{}, window, outcome, count, seed}));
  };
  IncidentUnits read;
  read.failing = sampled(sides.after, Outcome::bad, units_read);
  read.good = sampled(sides.after, Outcome::good, units_read);
  if (!sides.has_before) return read;
  read.before = sampled(sides.before, Outcome::bad, failing_before_read);
  read.good_before = sampled(sides.before, Outcome::good, units_read);
  return read;
}

const UnitLine* first_failing(const std::vector<UnitLine>& unit) {
  const auto found =
      std::find_if(unit.begin(), unit.end(), [](const UnitLine& line) { return line.fails; });
  return found == unit.end() ? nullptr : &*found;
}

const UnitLine* line_of(const std::vector<UnitLine>& unit, const std::string& service) {
  const auto found = std::find_if(unit.begin(), unit.end(),
                                  [&](const UnitLine& line) { return line.service == service; });
  return found == unit.end() ? nullptr : &*found;
}

}  // namespace culprit
