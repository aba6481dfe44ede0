// UnitLines reads the lines of some units once more, to see who says what in which order.
//
// Tallies count whole units: which service ran which version, or was the first to say that
// something is wrong, stands in single lines only. A few hundred units tell it well enough.
#pragma once

#include <cstddef>
#include <map>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "contrast/commits.h"
#include "event/query.h"
#include "event/roles.h"
#include "parse/format.h"
#include "parse/skeleton.h"
#include "store/engine.h"

namespace culprit {

struct UnitLine {
  Place place = {};
  std::uint64_t skeleton = 0;  // of its message; 0: it has none
  std::string message = {};
  // By a field that says so, else one whose value is a known service, else the name of its source
  // among others; empty: not known.
  std::string service = {};
  std::string trace = {};  // values over several lines, and the lines of a trace behind it
  std::vector<std::string> named = {};  // other services that a failing line speaks of
  std::string outside = {};  // whom a failing line says it called, where that is no known service
  std::vector<NamedValue> versions = {};
  std::vector<NamedValue> hosts = {};  // where it ran, but for the service
  bool fails = false;                  // it says that something is wrong
};

class UnitLines {
 public:
  // `services`: names that are known, of deploys and fields. The engine and the rule must outlive
  // this.
  UnitLines(Engine& engine, const OutcomeRule& rule, std::set<std::string> services);

  // The lines of each unit, in time order; of a long one its first.
  std::vector<std::vector<UnitLine>> read(std::span<const UnitSample> units) const;

 private:
  using Dialects = std::map<std::uint32_t, Dialect>;  // by source

  Dialects dialects_of(std::span<const Place> places, std::span<const std::string> texts) const;
  // Of a reader: it knows the keys of earlier lines.
  struct Memory {
    Scratch scratch;
    SkeletonScratch slots;
    std::map<std::string, Role, std::less<>> roles;  // by field
    Role role_of(std::string_view field);
  };
  UnitLine read_one(Place place, const Dialect& dialect, std::string_view text,
                    Memory& memory) const;
  void name_service(UnitLine& line, const Event& event) const;
  void find_named(UnitLine& line, const Event& event) const;
  bool is_outside(std::string_view peer) const;
  std::string trace_behind(Place place, const Dialect& dialect) const;

  Engine& engine_;
  const OutcomeRule& rule_;
  std::set<std::string> services_;
  std::vector<std::string> by_source_;  // by source; empty: the name tells no service
};

}  // namespace culprit
