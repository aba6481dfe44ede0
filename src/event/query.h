// A Query is a question to an engine, a value; a Tally (event/tally.h) is the answer.
//
// Every count is of units (DESIGN, "Units") unless its name says events. `where` is about whole
// units. Windows are half-open [from, to) and compared with the unit's start, the time of its
// first event, because that is when its fate was open.
//
// Values are told apart by their texts. Of a decimal with more than six digits the first six
// count, of a text beyond 256 bytes its hash. No question can be about the fields that hold times,
// the message or the correlation id: they are not kept.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "event/expr.h"

namespace culprit {

struct Window {
  Time from = Time::min();
  Time to = Time::max();
  bool contains(Time time) const { return from <= time && time < to; }
  bool operator==(const Window&) const = default;
};

// What makes a unit good or bad. Exactly one way is in force; `how` says which.
struct OutcomeRule {
  enum class How : std::uint8_t { given, status, latency, message, volume, unknown };
  How how = How::unknown;

  // given: a unit is bad if one of its events satisfies `bad`; with `good`, a unit that matches
  // neither has no Outcome. These are the ones that the evidence was gathered with.
  std::optional<Expr> bad;
  std::optional<Expr> good;

  // status: the status of the unit's last event that has one of these fields, else any event of
  // level error or fatal (`levels`), or any event with one of the exception fields. Of two events
  // at one instant the failure counts. With `levels`, a unit that has any level and no error is
  // good; one with neither status, level nor exception has no Outcome.
  std::vector<std::string> status_fields;   // bad at 500 and above
  std::vector<std::string> success_fields;  // bad when false, failed, error...
  std::vector<std::string> exception_fields;
  bool levels = false;

  // latency: the largest `duration_field` above the limit of the unit's operation, the largest
  // limit where it has several. Without a duration or a limit there is no Outcome.
  std::string duration_field;
  std::string operation_field;                         // empty: one limit for all
  std::vector<std::pair<std::string, double>> limits;  // by operation; "" for all others

  // message: a unit is bad if one of its events has a message of one of these skeletons, and good
  // otherwise. `bad` says the same in words of messages, for people and other tools.
  std::vector<std::string> skeletons = {};
};

// What joins events to units.
struct UnitRule {
  std::vector<std::string> fields;  // the same id under the names that sources give it; empty: line
  std::string how;                  // "given", "name", "behaviour", "line"
  bool errors_only = false;         // no unit can succeed: rates are failures per minute
};

struct HistQuery {
  enum class Of : std::uint8_t { units, failures };  // failures: totals are left zero
  Expr where;
  Window window;      // both ends finite
  Duration bucket{};  // > 0
  Of of = Of::units;
};

// A numeric field cut into bins by `cuts` (ascending: bin i holds cuts[i-1] < x <= cuts[i]), or a
// categorical one reduced to `values`; with neither, every value is told apart.
struct Axis {
  std::string field;
  std::vector<double> cuts;
  std::vector<std::string> values;
};

struct FacetQuery {
  Axis axis;
  Expr where;
  std::vector<Window> windows;
  std::size_t top = 1000;  // values kept, by bad units, then total; the rest is `other`
};

struct CrossQuery {
  std::vector<Axis> axes;  // 1 to 3; each with cuts or values
  Expr where;
  std::vector<Window> windows;
};

struct TemplateQuery {
  Expr where;
  std::vector<Window> windows;  // compared with each event's own time
};

// Of each unit's largest number: of nested durations the outermost.
struct QuantQuery {
  std::string field;
  std::string by;  // one sketch per value of this field; empty: one for all
  Expr where;
  Window window;
};

// An event counts once for each value that it has of `by` and each number of `metric`; without the
// field `by`, under the empty key.
struct SeriesQuery {
  std::string metric;  // numeric field; empty: the number of events
  std::string by;      // one series per value; empty: one for all; "source" and "template" exist
  Window window;
  Duration step{};
};

struct AroundQuery {
  Time time;
  Duration before{};
  Duration after{};
  std::size_t rows_max = 20;  // nearest to `time` first chosen, then in time order
};

struct SampleQuery {
  Expr where;
  Window window;
  std::optional<Outcome> outcome;  // nothing: either, but units without one are never chosen
  std::size_t count = 1;
  std::uint64_t seed = 0;
};

}  // namespace culprit
