// A Schema says what was found in the evidence: sources, fields, and how much of each.
//
// It is what the minds plan with: which fields exist, what they look like, who carries them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/time.h"
#include "event/query.h"
#include "event/roles.h"
#include "event/tally.h"

namespace culprit {

// What a report has to say about a source beside its counts.
struct SourceNote {
  std::string code;  // "changed_while_read"
  std::string text;
  bool operator==(const SourceNote&) const = default;
};

struct SourceSummary {
  std::string name;         // as the user would name it
  std::string format;       // "ndjson"
  std::string packing;      // "gzip", empty: none
  std::uint64_t bytes = 0;  // as stored
  std::uint64_t events = 0;
  std::uint64_t skipped = 0;  // unreadable lines
  Time from = no_time;
  Time to = no_time;
  bool zone_assumed = false;  // its times name no zone, UTC was taken
  std::string first_skipped;  // the line, shortened; empty: none
  std::uint64_t first_skipped_line = 0;
  std::string fault;    // why it could not be read (to its end); empty: it could
  std::string copy_of;  // another source that holds all its lines, which count there; empty: none
  Duration clock_correction{0};  // what was added to its times
  std::vector<SourceNote> notes;
};

struct FieldSummary {
  std::string name;
  Role role = Role::none;
  std::uint64_t events = 0;        // that carry it
  std::uint64_t error_events = 0;  // of those, at level error or fatal
  // From here on nothing is known of fields that no question can be about (query.h).
  std::uint64_t numbers = 0;  // of those, with a value that is a number
  std::size_t distinct = 0;   // values; a lower bound where `many` or sampled
  bool many = false;          // too many values to tell each apart
  bool unique = false;        // many, of which hardly any occurs twice
  double least = 0;           // of the numbers
  double most = 0;
  bool slot = false;                  // mined out of messages only
  std::vector<std::string> examples;  // up to 3, the most frequent values
};

struct Schema {
  std::vector<SourceSummary> sources;
  std::vector<FieldSummary> fields;  // by name
  std::uint64_t events = 0;
  std::uint64_t untimed_events = 0;
  std::uint64_t whole_seconds = 0;  // events whose time has no part of a second
  std::uint64_t bytes = 0;
  std::uint64_t skipped = 0;
  Time from = no_time;
  Time to = no_time;
  bool exact = true;           // nothing was sampled
  bool failures_exact = true;  // of units that may have failed, none was left out
  UnitRule unit;
  std::uint64_t levels[7] = {};  // events per Level

  const FieldSummary* field(std::string_view name) const;  // nullptr: none
};

}  // namespace culprit
