// A UnitSelection holds the whole units that satisfy an Expr (DESIGN, "Units": a field of a unit is
// the set of its events' values).
//
// Of each unit it keeps two bits a comparison, whether the field was there and whether a value of
// it held, so that events may come in any order and a million units take some tens of megabytes.
#pragma once

#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "base/result.h"
#include "store/sweep.h"
#include "workbench/slotted_event.h"

namespace culprit {

// What events of a unit show of an Expr: bit 2i for "exists", 2i + 1 for "a value holds" of its
// i-th comparison. Sets of events join by `|`.
class Shown {
 public:
  static constexpr std::size_t comparisons_max = 32;

  // Errors: usage, more comparisons than that.
  static Result<Shown> of(const Expr& expr);

  std::uint64_t in(const SlottedEvent& event) const;
  bool satisfied_by(std::uint64_t shown) const;  // of all events of a unit

 private:
  bool holds(const Expr& expr, std::uint64_t shown, std::size_t& leaf) const;

  Expr expr_;
  std::vector<Expr> leaves_;  // in the order in which they are written
};

class UnitSelection {
 public:
  // Reads the sources once. Errors: usage, interrupted.
  static Result<UnitSelection> find(World& world, std::span<const Source> sources,
                                    const UnitRule& rule, const Expr& expr,
                                    const SweepOptions& options);

  bool contains(const SlottedEvent& event) const;  // an event of no unit is judged alone
  std::size_t size() const { return units_.size(); }

 private:
  UnitSelection(UnitRule rule, Shown shown) : rule_(std::move(rule)), shown_(std::move(shown)) {}

  UnitRule rule_;
  Shown shown_;
  std::unordered_set<std::uint64_t> units_;
};

}  // namespace culprit
