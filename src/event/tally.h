// A Tally is an engine's answer: counts, never rows (but for the few examples asked for).
//
// Tallies are values and merge by adding where they count. Totals of sampled populations are
// weighted estimates; `exact` says whether any was. Bad counts stay exact longest: failing units
// are sampled only where they alone take half the memory for rows, if their lines tell them (all
// rules but latency). Orders are deterministic: by count, then by text.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "event/query.h"

namespace culprit {

struct Counts {
  double total = 0;
  double bad = 0;
  Counts& operator+=(const Counts& other) {
    total += other.total;
    bad += other.bad;
    return *this;
  }
  bool operator==(const Counts&) const = default;
};

struct HistTally {
  Time from = no_time;
  Duration bucket{};
  std::vector<Counts> counts;
  bool exact = true;
};

struct FacetValue {
  std::optional<std::string> value;  // nothing: the unit lacks the field. Bins: the lower cut
  std::size_t bin = 0;               // of an axis with cuts
  std::vector<Counts> windows;
};

struct FacetTally {
  std::string field;
  std::vector<FacetValue> values;  // by bad over all windows, then total, then text
  // Per window: of values beyond `top` the sum; of an axis with cuts or values the units that
  // have some other value.
  std::vector<Counts> other;
  std::vector<Counts> all;   // every unit once, per window
  std::size_t distinct = 0;  // values that were seen, the kept ones included
  bool exact = true;
};

// Cell (i, j, k) is at ((i * sizes[1]) + j) * sizes[2] + k; on each axis the listed values or bins
// come first, then `other` (values not listed), then `absent`.
struct CrossTally {
  std::vector<std::size_t> sizes;
  std::vector<std::vector<Counts>> windows;  // per window: the cells
  bool exact = true;
};

// A line's place in the evidence.
struct Place {
  std::uint32_t source = 0;  // index into Schema::sources
  std::uint64_t offset = 0;  // of its first byte, after unpacking
  bool operator==(const Place&) const = default;
};

// Counts of one skeleton; contrast/ merges skeletons into templates.
struct SkeletonTally {
  std::uint64_t hash = 0;
  std::string text;
  std::vector<double> events;  // per window
  double bad_events = 0;       // events of bad units, all windows
  double all_events = 0;       // all windows
  Level level = Level::none;   // the highest seen
  Time first = no_time;
  Time last = no_time;
  Place example;  // the first one within the last window, else the first
};

// A sketch of a distribution whose quantiles have a relative error of at most `alpha`
// (DDSketch, Masson et al., VLDB 2019); merges by adding.
struct Sketch {
  static constexpr double alpha = 0.01;
  std::map<int, double> buckets;  // by index of the logarithm; values <= 0 go to the least index
  double count = 0;
  void add(double value, double weight);
  void add(const Sketch& other);
  double quantile(double share) const;  // of an empty sketch: 0
};

struct QuantTally {
  std::vector<std::pair<std::string, Sketch>> groups;  // by text
  bool exact = true;
};

struct SeriesTally {
  struct Series {
    std::string key;
    std::vector<double> count;  // events per step; with a metric, numbers
    std::vector<double> sum;    // of the metric
  };
  Time from = no_time;
  Duration step{};
  std::vector<Series> series;  // by text
  bool exact = true;
};

struct Row {
  Time time = no_time;
  Place place;
  std::string line;
  std::uint64_t skeleton = 0;
};

struct UnitSample {
  std::string id;  // empty where a unit is a line
  Time start = no_time;
  std::optional<Outcome> outcome;
  std::vector<std::pair<std::string, std::vector<std::string>>> fields;  // by name; values sorted
  std::vector<Place> places;                                             // in time order
};

}  // namespace culprit
