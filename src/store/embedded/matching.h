// Where in a source the events stand that satisfy a condition, by its index.
//
// The ranges hold every such event with the lines that continue it, and whatever the index does not
// cover; who reads them and judges each event again gets what reading all of it would have given,
// in the same order. Where that is not sure (a field that is not in the index, lines that are no
// events, events without a time or far out of order) there is no answer, and the source is read.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "event/event.h"
#include "event/expr.h"
#include "event/query.h"
#include "store/embedded/reading_plan.h"

namespace culprit {

struct EventQuestion {
  std::optional<Expr> where;
  Level level = Level::none;  // at least that
  Window window;
};

struct Matching {
  std::vector<ByteRange> ranges;  // ascending
  std::set<std::string> fields;   // of the question: those that an event of its window has
};

// Notes of the source say where its index is damaged or stale.
std::optional<Matching> matching_ranges(World& world, const GatherOptions& options,
                                        const UnitRule& unit, Source& source,
                                        const EventQuestion& question);

}  // namespace culprit
