// The Naive engine's answers: one obvious loop a question.
#include <algorithm>

#include <fmt/format.h>

#include "store/naive.h"

namespace culprit {
namespace {

Counts one_of(std::optional<Outcome> outcome) { return {1, outcome == Outcome::bad ? 1.0 : 0.0}; }

Counts sum(const std::vector<Counts>& windows) {
  Counts all;
  for (const Counts& counts : windows) all += counts;
  return all;
}

void add_to(std::vector<Counts>& sums, const std::vector<Counts>& one) {
  for (std::size_t w = 0; w < sums.size(); ++w) sums[w] += one[w];
}

constexpr std::size_t other_bin = SIZE_MAX;

std::size_t steps_of(Window window, Duration step) {
  std::size_t steps = 0;
  for (Time at = window.from; at < window.to; at += step) ++steps;
  return steps;
}

std::size_t listed_places(const Axis& axis) {
  return axis.cuts.empty() ? axis.values.size() : axis.cuts.size() + 1;
}

std::size_t place_on(const Axis& axis, const std::string& value) {
  const std::size_t other = listed_places(axis);
  if (axis.cuts.empty()) {
    for (std::size_t i = 0; i < axis.values.size(); ++i) {
      if (axis.values[i] == value) return i;
    }
    return other;
  }
  const std::optional<double> number = number_in(value);
  if (!number) return other;
  std::size_t bin = 0;
  while (bin < axis.cuts.size() && *number > axis.cuts[bin]) ++bin;
  return bin;
}

// The places at which a unit stands on an axis, each once.
std::set<std::size_t> places_on(const Axis& axis,
                                const std::map<std::string, std::set<std::string>>& fields) {
  const auto found = fields.find(axis.field);
  if (found == fields.end()) return {listed_places(axis) + 1};
  std::set<std::size_t> places;
  for (const std::string& value : found->second) places.insert(place_on(axis, value));
  return places;
}

}  // namespace

HistTally Naive::hist(const HistQuery& query) {
  HistTally tally;
  tally.from = query.window.from;
  tally.bucket = query.bucket;
  tally.counts.resize(steps_of(query.window, query.bucket));
  for (const OneUnit& unit : units_) {
    if (!unit.outcome || !satisfies(unit, query.where)) continue;
    for (std::size_t i = 0; i < tally.counts.size(); ++i) {
      const Time from = query.window.from + query.bucket * static_cast<std::int64_t>(i);
      const Window bucket{from, std::min(from + query.bucket, query.window.to)};
      if (bucket.contains(unit.start)) tally.counts[i] += one_of(unit.outcome);
    }
  }
  if (query.of == HistQuery::Of::failures) {
    for (Counts& counts : tally.counts) counts.total = 0;
  }
  return tally;
}

// The values of one unit on an axis: absent is none of them, another than those listed a bin of its
// own.
std::vector<std::pair<std::optional<std::string>, std::size_t>> Naive::values_on(
    const Axis& axis, const OneUnit& unit) {
  const auto found = unit.fields.find(axis.field);
  if (found == unit.fields.end()) {
    return {{std::nullopt, axis.cuts.empty() ? 0 : listed_places(axis) + 1}};
  }
  std::vector<std::pair<std::optional<std::string>, std::size_t>> values;
  if (axis.cuts.empty() && axis.values.empty()) {
    for (const std::string& value : found->second) values.emplace_back(value, 0);
    return values;
  }
  for (const std::size_t place : places_on(axis, unit.fields)) {
    if (place == listed_places(axis)) {
      values.emplace_back("", other_bin);
    } else if (axis.cuts.empty()) {
      values.emplace_back(axis.values[place], 0);
    } else {
      values.emplace_back(place == 0 ? "-inf" : fmt::format("{:.6g}", axis.cuts[place - 1]), place);
    }
  }
  return values;
}

std::size_t Naive::distinct_values(const std::string& field) const {
  std::set<std::string> seen;
  for (const OneEvent& event : events_) {
    const auto found = event.fields.find(field);
    if (found != event.fields.end()) seen.insert(found->second.begin(), found->second.end());
  }
  return seen.size();
}

FacetTally Naive::facet(const FacetQuery& query) const {
  const std::vector<Counts> none(query.windows.size());
  FacetTally tally;
  tally.field = query.axis.field;
  tally.all = none;
  tally.other = none;
  tally.distinct = distinct_values(query.axis.field);
  std::map<std::optional<std::string>, FacetValue> values;
  for (const OneUnit& unit : units_) {
    if (!unit.outcome || !satisfies(unit, query.where)) continue;
    std::vector<Counts> one = none;
    for (std::size_t w = 0; w < one.size(); ++w) {
      if (query.windows[w].contains(unit.start)) one[w] = one_of(unit.outcome);
    }
    add_to(tally.all, one);
    for (const auto& [text, bin] : values_on(query.axis, unit)) {
      if (bin == other_bin) {
        add_to(tally.other, one);
        continue;
      }
      FacetValue& value = values.try_emplace(text, FacetValue{text, bin, none}).first->second;
      add_to(value.windows, one);
    }
  }
  std::vector<FacetValue> ordered;
  for (auto& [text, value] : values) {
    if (sum(value.windows).total > 0) ordered.push_back(value);
  }
  std::sort(ordered.begin(), ordered.end(), [&](const FacetValue& a, const FacetValue& b) {
    if (!query.axis.cuts.empty()) return a.bin < b.bin;
    const Counts of_a = sum(a.windows);
    const Counts of_b = sum(b.windows);
    if (of_a.bad != of_b.bad) return of_a.bad > of_b.bad;
    if (of_a.total != of_b.total) return of_a.total > of_b.total;
    return a.value.has_value() && b.value.has_value() ? *a.value < *b.value : a.value.has_value();
  });
  for (FacetValue& value : ordered) {
    if (tally.values.size() < query.top || !value.value) {
      tally.values.push_back(std::move(value));
    } else {
      add_to(tally.other, value.windows);
    }
  }
  return tally;
}

std::vector<FacetTally> Naive::facets(std::span<const FacetQuery> queries) {
  std::vector<FacetTally> tallies;
  for (const FacetQuery& query : queries) tallies.push_back(facet(query));
  return tallies;
}

CrossTally Naive::cross(const CrossQuery& query) const {
  CrossTally tally;
  std::size_t cells = 1;
  for (const Axis& axis : query.axes) {
    tally.sizes.push_back(listed_places(axis) + 2);
    cells *= tally.sizes.back();
  }
  tally.windows.assign(query.windows.size(), std::vector<Counts>(cells));
  for (const OneUnit& unit : units_) {
    if (!unit.outcome || !satisfies(unit, query.where)) continue;
    std::set<std::size_t> at = {0};
    for (std::size_t axis = 0; axis < query.axes.size(); ++axis) {
      std::set<std::size_t> further;
      for (const std::size_t cell : at) {
        for (const std::size_t place : places_on(query.axes[axis], unit.fields)) {
          further.insert(cell * tally.sizes[axis] + place);
        }
      }
      at = further;
    }
    for (std::size_t w = 0; w < query.windows.size(); ++w) {
      if (!query.windows[w].contains(unit.start)) continue;
      for (const std::size_t cell : at) tally.windows[w][cell] += one_of(unit.outcome);
    }
  }
  return tally;
}

std::vector<CrossTally> Naive::crosses(std::span<const CrossQuery> queries) {
  std::vector<CrossTally> tallies;
  for (const CrossQuery& query : queries) tallies.push_back(cross(query));
  return tallies;
}

ExtractTally Naive::extract(const ExtractQuery& query) {
  ExtractTally tally;
  std::vector<const OneUnit*> rows;
  for (std::size_t w = 0; w < query.windows.size(); ++w) {
    for (const Outcome outcome : {Outcome::good, Outcome::bad}) {
      const std::size_t before = rows.size();
      for (const OneUnit& unit : units_) {
        if (unit.outcome == outcome && query.windows[w].contains(unit.start)) rows.push_back(&unit);
      }
      tally.slots.push_back({w, outcome == Outcome::bad, rows.size() - before, 1});
    }
  }
  for (const std::string& field : query.fields) {
    ExtractColumn column{field, {}, std::vector<std::uint32_t>(rows.size()), {}};
    std::map<std::string, std::uint32_t> numbers;
    for (std::uint32_t row = 0; row < rows.size(); ++row) {
      const auto found = rows[row]->fields.find(field);
      if (found == rows[row]->fields.end()) continue;
      for (const std::string& value : found->second) {
        const auto [known, fresh] =
            numbers.emplace(value, static_cast<std::uint32_t>(numbers.size() + 1));
        if (fresh) column.values.push_back(value);
        if (column.first[row] == 0) {
          column.first[row] = known->second;
        } else {
          column.more.emplace_back(row, known->second);
        }
      }
    }
    tally.columns.push_back(std::move(column));
  }
  return tally;
}

std::vector<SkeletonTally> Naive::templates(const TemplateQuery& query) {
  std::map<std::string, std::vector<const OneEvent*>> groups;
  for (const OneEvent& event : events_) {
    const bool every = query.where.op == Expr::Op::always;
    const bool in_question =
        every || (event.unit != SIZE_MAX && satisfies(units_[event.unit], query.where));
    if (!event.skeleton.empty() && in_question) groups[event.skeleton].push_back(&event);
  }
  std::vector<SkeletonTally> tallies;
  for (auto& [text, events] : groups) {
    std::sort(events.begin(), events.end(), [](const OneEvent* a, const OneEvent* b) {
      return std::tie(a->time, a->place.source, a->place.offset) <
             std::tie(b->time, b->place.source, b->place.offset);
    });
    SkeletonTally tally;
    tally.text = text;
    tally.hash = events.front()->skeleton_hash;
    tally.events.resize(query.windows.size());
    tally.example = events.front()->place;
    bool in_last = false;
    for (const OneEvent* event : events) {
      tally.all_events += 1;
      tally.level = std::max(tally.level, event->level);
      if (event->unit != SIZE_MAX && units_[event->unit].outcome == Outcome::bad) {
        tally.bad_events += 1;
      }
      if (tally.first == no_time) tally.first = event->time;
      tally.last = event->time;
      for (std::size_t w = 0; w < query.windows.size(); ++w) {
        tally.events[w] += query.windows[w].contains(event->time) ? 1 : 0;
      }
      if (!in_last && !query.windows.empty() && query.windows.back().contains(event->time)) {
        in_last = true;
        tally.example = event->place;
      }
    }
    tallies.push_back(std::move(tally));
  }
  return tallies;
}

QuantTally Naive::quant(const QuantQuery& query) {
  std::map<std::string, Sketch> sketches;
  for (const OneUnit& unit : units_) {
    const auto numbers = unit.fields.find(query.field);
    if (numbers == unit.fields.end() || !satisfies(unit, query.where)) continue;
    if (!query.window.contains(unit.start)) continue;
    std::optional<double> largest;
    for (const std::string& value : numbers->second) {
      const std::optional<double> number = number_in(value);
      if (number) largest = std::max(largest.value_or(*number), *number);
    }
    if (!largest) continue;
    const auto groups = unit.fields.find(query.by);
    if (query.by.empty() || groups == unit.fields.end()) {
      sketches[""].add(*largest, 1);
    } else {
      for (const std::string& value : groups->second) sketches[value].add(*largest, 1);
    }
  }
  QuantTally tally;
  tally.groups.assign(sketches.begin(), sketches.end());
  return tally;
}

SeriesTally Naive::series(const SeriesQuery& query) {
  std::map<std::string, SeriesTally::Series> series;
  for (const OneEvent& event : events_) {
    if (!query.window.contains(event.time)) continue;
    std::set<std::string> keys = {""};
    if (query.by == "source") {
      keys = {sources_[event.place.source].name};
    } else if (query.by == "template") {
      keys = {event.skeleton};
    } else if (const auto found = event.fields.find(query.by); found != event.fields.end()) {
      keys = {found->second.begin(), found->second.end()};
    }
    std::vector<double> numbers;
    if (query.metric.empty()) numbers.push_back(0);
    if (const auto found = event.fields.find(query.metric); found != event.fields.end()) {
      for (const std::string& value : found->second) {
        if (const auto number = number_in(value)) numbers.push_back(*number);
      }
    }
    std::size_t step = 0;
    for (Time next = query.window.from + query.step; next <= event.time; next += query.step) ++step;
    for (const std::string& key : keys) {
      for (const double number : numbers) {
        SeriesTally::Series& one = series[key];
        one.key = key;
        one.count.resize(steps_of(query.window, query.step));
        one.sum.resize(one.count.size());
        one.count[step] += 1;
        one.sum[step] += number;
      }
    }
  }
  SeriesTally tally;
  tally.from = query.window.from;
  tally.step = query.step;
  for (auto& [key, one] : series) tally.series.push_back(std::move(one));
  return tally;
}

std::vector<Row> Naive::around(const AroundQuery& query) {
  std::vector<Row> rows;
  for (const OneEvent& event : events_) {
    if (event.time == no_time) continue;
    if (event.time < query.time - query.before || event.time > query.time + query.after) continue;
    rows.push_back({event.time, event.place, event.line, event.skeleton_hash});
  }
  const auto distance = [&](const Row& row) {
    return row.time < query.time ? query.time - row.time : row.time - query.time;
  };
  std::sort(rows.begin(), rows.end(), [&](const Row& a, const Row& b) {
    if (distance(a) != distance(b)) return distance(a) < distance(b);
    return std::tie(a.place.source, a.place.offset) < std::tie(b.place.source, b.place.offset);
  });
  if (rows.size() > query.rows_max) rows.resize(query.rows_max);
  std::sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) {
    return std::tie(a.time, a.place.source, a.place.offset) <
           std::tie(b.time, b.place.source, b.place.offset);
  });
  return rows;
}

std::vector<UnitSample> Naive::sample(const SampleQuery& query) {
  std::vector<UnitSample> samples;
  for (const OneUnit& unit : units_) {
    if (!unit.outcome || !satisfies(unit, query.where)) continue;
    if (!query.window.contains(unit.start)) continue;
    if (query.outcome && unit.outcome != query.outcome) continue;
    UnitSample sample;
    sample.id = unit.id;
    sample.start = unit.start;
    sample.outcome = unit.outcome;
    for (const OneEvent* event : unit.events) sample.places.push_back(event->place);
    for (const auto& [name, values] : unit.fields) {
      sample.fields.emplace_back(name, std::vector<std::string>(values.begin(), values.end()));
    }
    if (samples.size() < query.count) samples.push_back(std::move(sample));
  }
  return samples;
}

std::vector<Time> Naive::bad_starts(const Expr& where, Window window, std::size_t count_max) {
  std::vector<Time> times;
  for (const OneUnit& unit : units_) {
    const bool bad = unit.outcome == Outcome::bad && satisfies(unit, where);
    if (bad && unit.start != no_time && window.contains(unit.start)) times.push_back(unit.start);
  }
  std::sort(times.begin(), times.end());
  if (times.size() > count_max) times.resize(count_max);
  return times;
}

Time Naive::first_seen(const Expr& where) {
  Time first = no_time;
  for (const OneUnit& unit : units_) {
    if (unit.start == no_time || !satisfies(unit, where)) continue;
    if (first == no_time || unit.start < first) first = unit.start;
  }
  return first;
}

std::vector<std::string> Naive::lines_at(std::span<const Place> places) {
  std::vector<std::string> lines(places.size());
  for (std::size_t i = 0; i < places.size(); ++i) {
    for (const OneEvent& event : events_) {
      if (event.place == places[i]) lines[i] = event.line;
    }
  }
  return lines;
}

}  // namespace culprit
