// An Investigation is the answer to "what broke production?": one value, shown by the faces.
//
// Its parts are those of `investigate --json` (DESIGN, "The case folder ..."), so that whatever a
// face shows, a script can read.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/statistics.h"
#include "contrast/suspects.h"
#include "contrast/templates.h"
#include "contrast/when.h"
#include "contrast/who.h"
#include "event/schema.h"
#include "event/tally.h"
#include "store/engine.h"
#include "workbench/metrics_moved.h"

namespace culprit {

struct Warning {
  std::string code;    // "skipped_lines", "unreadable", "zone_assumed", "sampled"...
  std::string source;  // empty: not about one
  std::string text;
};

struct WhenAnswer {
  bool found = false;
  double probability = 0;
  double log_odds = 0;   // of a change against none
  Time onset = no_time;  // no_time with found: the evidence begins inside the incident
  Time from = no_time;
  Time to = no_time;
  double confidence = 0.95;
  Time first_bad = no_time;
  Time last_bad = no_time;
  Shape shape = Shape::none;
  Duration period{};
  Duration
      season{};  // each hour was compared with the same hour of its day or week; zero: it was not
  bool ongoing = false;
  Time end = no_time;          // of the incident, where it is over
  std::vector<Window> others;  // further incidents
  double dispersion = 1;
};

struct RateSide {
  Counts counts;
  double rate = 0;
  Interval interval;
};

struct RateAnswer {
  std::string of = "event";  // "request", "event", "minute"
  std::optional<RateSide> before;
  RateSide after;
  double ratio = 0;  // 0: no before
};

struct Affected {
  std::string field;  // empty: nobody recorded
  std::size_t bad = 0;
  std::size_t total = 0;
};

struct Difference {
  std::string field;
  std::string bad;  // empty: lacks it
  std::string good;
};

struct Twin {
  UnitSample bad;
  UnitSample good;
  Place bad_place;  // of the event that made it fail
  std::string bad_line;
  Place good_place;  // of what stands there where it went well
  std::string good_line;
  std::vector<Difference> differences;
};

struct Segment {
  Finding finding;
  std::string where;        // EXPR
  double rate_without = 0;  // after the onset, of all that is not in it
  std::optional<Twin> twin;
};

// The failure rate rose because more of the traffic is of a kind that always failed more.
struct MixAnswer {
  std::string where;         // EXPR
  double share_of_rise = 0;  // of the whole's rise
  Counts before;             // of that kind
  Counts after;
  double traffic_before = 0;  // its share
  double traffic_after = 0;
  double risk_before = 1;  // its failure rate over that of the rest
};

struct LooksLike {
  std::string condition;  // EXPR
  double share_of_bad = 0;
};

struct LogLine {
  Time time = no_time;
  std::string source;
  std::uint64_t offset = 0;
  std::string line;
  bool fresh = false;  // its template is new since the onset
};

struct NextStep {
  std::string command;
  std::string why;
};

struct Investigation {
  Schema schema;
  OutcomeRule rule;
  std::string bad;  // what counts as failure, in words or EXPR
  Judged judged;
  std::string silent;            // volume: the message that stopped
  double silent_per_minute = 0;  // how often it was heard before
  std::vector<Warning> warnings;
  WhenAnswer when;
  RateAnswer rate;
  Affected affected;
  std::string who_verdict = "unrecorded";  // "segment", "mix", "everyone"
  std::vector<Segment> who;
  std::vector<Segment> always_worse;
  std::optional<MixAnswer> mix_shift;
  double unexplained_share = 1;
  std::vector<LooksLike> looks_like;
  std::vector<ChangedTemplate> templates;
  std::vector<std::string> template_lines;  // the example of each
  std::vector<RankedChange> changes;
  MetricsAnswer metrics;
  bool changes_known = false;  // deploys, tags or commits were there to judge
  std::vector<LogLine> around;
  std::vector<NextStep> next;
  std::vector<std::string> could_fail;  // ready --bad expressions when nothing says what failure is
  HistTally series;                     // of the sparkline
};

}  // namespace culprit
