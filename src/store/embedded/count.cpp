// Counting units: histograms, facets, crosses. Each is one loop over the units in question.
#include <algorithm>
#include <bit>
#include <mutex>
#include <optional>
#include <set>

#include <fmt/format.h>

#include "store/embedded/cells.h"
#include "store/embedded/embedded.h"
#include "store/embedded/parallel.h"

namespace culprit {
namespace {

constexpr std::size_t columns_least = 4;  // at once
constexpr std::size_t columns_most = 1000;
constexpr std::size_t axis_places_max = 1 << 20;
constexpr std::size_t counted_at_once = 65'536;  // units, by one thread

// Which of a query's windows a unit falls into; most queries have one to three.
class Windows {
 public:
  explicit Windows(std::span<const Window> windows) : windows_(windows) {}
  template <typename Each>
  void for_each(std::int64_t start, Each each) const {
    for (std::size_t w = 0; w < windows_.size(); ++w) {
      if (windows_[w].contains(from_nanoseconds(start))) each(w);
    }
  }
  std::size_t size() const { return windows_.size(); }

 private:
  std::span<const Window> windows_;
};

// Which bucket of a histogram an instant falls into; a division of integers takes longer than all
// else that is done for a unit.
class Buckets {
 public:
  explicit Buckets(const HistQuery& query)
      : window_(query.window),
        size_(query.bucket.count()),
        per_nanosecond_(1 / static_cast<double>(size_)) {}
  // SIZE_MAX: outside the window.
  std::size_t of(std::int64_t start) const {
    if (!window_.contains(from_nanoseconds(start))) return SIZE_MAX;
    const std::int64_t since = (from_nanoseconds(start) - window_.from).count();
    auto bucket = static_cast<std::int64_t>(static_cast<double>(since) * per_nanosecond_);
    // Rounded, it may be the neighbour.
    if (bucket * size_ > since) --bucket;
    if (since - bucket * size_ >= size_) ++bucket;
    return static_cast<std::size_t>(bucket);
  }

 private:
  Window window_;
  std::int64_t size_;
  double per_nanosecond_;
};

std::optional<std::string> value_at(const EvidenceField* field, const UnitColumn* column,
                                    const AxisMap& map, const Axis& axis, std::size_t place) {
  if (place > map.listed) return std::nullopt;
  if (!axis.cuts.empty()) {
    return place == 0 ? "-inf" : fmt::format("{:.6g}", axis.cuts[place - 1]);
  }
  if (!axis.values.empty()) return axis.values[place];
  return text_of(*field, column->table[place]);
}

}  // namespace

const AxisMap& Embedded::axis_map(const EvidenceField& field, const UnitColumn& values,
                                  const Axis& axis) {
  std::uint64_t key = hash_of(axis.field);
  for (const double cut : axis.cuts) key = key * 31 + std::bit_cast<std::uint64_t>(cut);
  for (const std::string& value : axis.values) key = key * 31 + hash_of(value);
  const auto found = axis_maps_.find(key);
  if (found != axis_maps_.end()) return found->second;
  return axis_maps_.emplace(key, map_axis(field, values, axis)).first->second;
}

HistTally Embedded::hist(const HistQuery& query) {
  HistTally tally;
  tally.from = query.window.from;
  tally.bucket = query.bucket;
  tally.exact = evidence_.schema.exact;
  const auto span = query.window.to - query.window.from;
  tally.counts.resize(static_cast<std::size_t>((span + query.bucket - Duration{1}) / query.bucket));
  query.of == HistQuery::Of::failures ? count_failing(query, tally) : count_all(query, tally);
  return tally;
}

// The many histograms of a search are of failures: columns of those alone stay in the cache.
void Embedded::count_failing(const HistQuery& query, HistTally& tally) {
  const std::vector<std::uint32_t>& units = failing();
  const ColumnOf column_of_failing = [&](const std::string& name) -> FieldColumn {
    const EvidenceField* field = evidence_.field(name);
    if (field == nullptr) return {};
    const FieldId id = evidence_.id_of(*field);
    auto found = failing_.columns.find(id);
    if (found == failing_.columns.end()) {
      found = failing_.columns.emplace(id, column_among(units, column(id))).first;
    }
    return {field, &found->second};
  };
  const Mask passing = Sieve(query.where, column_of_failing, leaf_tables()).all(units.size());
  const Buckets buckets(query);
  for (std::size_t i = 0; i < units.size(); ++i) {
    if (passing[i] == 0) continue;
    const std::size_t bucket = buckets.of(evidence_.units.starts[units[i]]);
    if (bucket < tally.counts.size()) tally.counts[bucket].bad += evidence_.weight(units[i]);
  }
}

// Weights are powers of two, so that the order in which tasks are added does not matter.
void Embedded::count_all(const HistQuery& query, HistTally& tally) {
  const Sieve sieve = sieve_of(query.where);
  const Buckets buckets(query);
  const std::size_t units = evidence_.units.size();
  std::mutex adding;
  in_parallel((units + counted_at_once - 1) / counted_at_once, units, [&](std::size_t task) {
    const std::size_t from = task * counted_at_once;
    Mask passing(std::min(counted_at_once, units - from));
    sieve.sift(static_cast<std::uint32_t>(from), passing);
    std::vector<Counts> counts(tally.counts.size());
    for (std::size_t i = 0; i < passing.size(); ++i) {
      const std::int8_t outcome = evidence_.units.outcomes[from + i];
      if (passing[i] == 0 || outcome < 0) continue;
      const std::size_t bucket = buckets.of(evidence_.units.starts[from + i]);
      if (bucket >= counts.size()) continue;
      const double weight = evidence_.weight(from + i);
      counts[bucket] += {weight, outcome == 1 ? weight : 0};
    }
    const std::lock_guard<std::mutex> lock(adding);
    for (std::size_t i = 0; i < counts.size(); ++i) tally.counts[i] += counts[i];
  });
}

const std::vector<std::uint32_t>& Embedded::failing() {
  std::vector<std::uint32_t>& units = failing_.units;
  if (!units.empty()) return units;
  for (std::uint32_t unit = 0; unit < evidence_.units.size(); ++unit) {
    if (evidence_.units.outcomes[unit] == 1) units.push_back(unit);
  }
  return units;
}

LeafTables& Embedded::leaf_tables() {
  constexpr std::size_t tables_max = 1000;
  if (leaf_tables_.size() > tables_max) leaf_tables_.clear();
  return leaf_tables_;
}

Sieve Embedded::sieve_of(const Expr& where) {
  return Sieve(
      where, [&](const std::string& name) { return column_named(name); }, leaf_tables());
}

FieldColumn Embedded::column_named(const std::string& name) {
  const EvidenceField* field = evidence_.field(name);
  if (field == nullptr) return {};
  return {field, &column(evidence_.id_of(*field))};
}

std::vector<std::size_t> Embedded::ordered_places(const FacetQuery& query, const UnitColumn* found,
                                                  const AxisMap& map,
                                                  const std::vector<Counts>& cells) const {
  const EvidenceField* field = evidence_.field(query.axis.field);
  const std::size_t width = query.windows.size();
  struct Ordered {
    std::size_t place;
    Counts counts;
  };
  std::vector<Ordered> order;
  for (std::size_t place = 0; place < map.size(); ++place) {
    Ordered entry{place, {}};
    for (std::size_t w = 0; w < width; ++w) entry.counts += cells[place * width + w];
    if (entry.counts.total > 0 && place != map.listed) order.push_back(entry);
  }
  const bool bins = !query.axis.cuts.empty();
  const auto before = [&](const Ordered& a, const Ordered& b) {
    if (!bins && a.counts.bad != b.counts.bad) return a.counts.bad > b.counts.bad;
    if (!bins && a.counts.total != b.counts.total) return a.counts.total > b.counts.total;
    if (bins || a.place > map.listed || b.place > map.listed) return a.place < b.place;
    if (!query.axis.values.empty()) {
      return query.axis.values[a.place] < query.axis.values[b.place];
    }
    return text_less(*field, found->table[a.place], found->table[b.place]);
  };
  // Behind the first `top` only sums are asked for.
  const auto kept = static_cast<std::ptrdiff_t>(std::min(query.top, order.size()));
  std::partial_sort(order.begin(), order.begin() + kept, order.end(), before);
  std::vector<std::size_t> places;
  for (const Ordered& entry : order) places.push_back(entry.place);
  return places;
}

FacetTally Embedded::facet(const FacetQuery& query, const Population& selection,
                           const UnitColumn* found, const AxisMap& map) const {
  FacetTally tally;
  tally.field = query.axis.field;
  tally.exact = evidence_.schema.exact;
  const EvidenceField* field = evidence_.field(query.axis.field);
  const std::size_t width = selection.width;
  tally.all = selection.all;
  const std::vector<Counts> cells = count_cells(evidence_, found, map, selection);
  const auto cell = [&](std::size_t place) {
    return cells.begin() + static_cast<std::ptrdiff_t>(place * width);
  };
  tally.other.assign(cell(map.listed), cell(map.listed + 1));
  tally.distinct = found == nullptr ? 0 : found->table.size();
  const bool bins = !query.axis.cuts.empty();
  for (const std::size_t place : ordered_places(query, found, map, cells)) {
    if (tally.values.size() < query.top || place > map.listed) {
      tally.values.push_back({value_at(field, found, map, query.axis, place),
                              bins ? place : 0,
                              {cell(place), cell(place + 1)}});
      continue;
    }
    for (std::size_t w = 0; w < width; ++w) {
      tally.other[w] += cell(place)[static_cast<std::ptrdiff_t>(w)];
    }
  }
  return tally;
}

// Makes the columns that are not there yet: several at a time, but for those of ids, for which a
// table of all their Codes is needed as long as they are made.
void Embedded::make_columns(std::span<const std::string> names) {
  std::set<FieldId> few;
  std::set<FieldId> many;
  for (const std::string& name : names) {
    const EvidenceField* field = evidence_.field(name);
    if (field == nullptr || columns_.contains(evidence_.id_of(*field))) continue;
    (field->many ? many : few).insert(evidence_.id_of(*field));
  }
  const std::size_t cores = std::thread::hardware_concurrency();
  std::vector<std::pair<FieldId, UnitColumn>> made;
  for (const FieldId field : few) made.emplace_back(field, UnitColumn{});
  const std::size_t each = std::max<std::size_t>(1, cores / std::max<std::size_t>(1, few.size()));
  in_parallel(made.size(), made.size() * evidence_.units.size(),
              [&](std::size_t i) { made[i].second = column_of(evidence_, made[i].first, each); });
  for (auto& [field, column] : made) columns_.emplace(field, std::move(column));
  for (const FieldId field : many) columns_.emplace(field, column_of(evidence_, field, cores));
}

// The queries share their units; several threads take one query at a time.
void Embedded::facets_of(std::span<const FacetQuery> queries, std::span<FacetTally> tallies) {
  if (slots_.slot_of.empty() || slots_.windows != queries.front().windows) {
    slots_ = slots_of(evidence_, queries.front().windows);
  }
  const Population selection = select(evidence_, units_where(queries.front().where), slots_);
  static const EvidenceField nameless;
  static const UnitColumn valueless;
  struct Prepared {
    const UnitColumn* column;
    const AxisMap* map;
  };
  std::vector<Prepared> prepared;
  for (const FacetQuery& query : queries) {
    const EvidenceField* field = evidence_.field(query.axis.field);
    const UnitColumn* found = field == nullptr ? nullptr : &column(evidence_.id_of(*field));
    prepared.push_back({found, found == nullptr ? &axis_map(nameless, valueless, query.axis)
                                                : &axis_map(*field, *found, query.axis)});
  }
  in_parallel(queries.size(), selection.units.size() * queries.size(), [&](std::size_t i) {
    tallies[i] = facet(queries[i], selection, prepared[i].column, *prepared[i].map);
  });
}

// Nearly all columns take one byte or two for each unit.
std::size_t Embedded::columns_at_once() const {
  return std::clamp<std::size_t>(evidence_.columns_bytes_max / (2 * evidence_.units.size() + 1),
                                 columns_least, columns_most);
}

// How many questions in front are about no field, all in the same windows: units are counted by
// window and outcome, and nothing else is looked at.
std::size_t Embedded::wholes_in_front(std::span<const FacetQuery> queries) const {
  if (evidence_.sampling.shift != 0) return 0;
  std::size_t count = 0;
  while (count < queries.size() && queries[count].axis.field.empty() &&
         queries[count].windows == queries.front().windows) {
    ++count;
  }
  return count;
}

void Embedded::count_whole(std::span<const FacetQuery> queries, std::span<FacetTally> tallies) {
  if (slots_.slot_of.empty() || slots_.windows != queries.front().windows) {
    slots_ = slots_of(evidence_, queries.front().windows);
  }
  const std::size_t width = slots_.windows.size();
  std::vector<std::string> fields;
  for (const FacetQuery& query : queries) {
    for (std::string& name : fields_of(query.where)) fields.push_back(std::move(name));
  }
  make_columns(fields);
  std::vector<Sieve> sieves;
  for (const FacetQuery& query : queries) {
    sieves.push_back(sieve_of(query.where));
  }
  const std::vector<SlotCounts> counts = counts_by_slot(sieves, slots_.slot_of, width * 2);
  for (std::size_t i = 0; i < queries.size(); ++i) {
    tallies[i].exact = evidence_.schema.exact;
    for (std::size_t w = 0; w < width; ++w) {
      const auto bad = static_cast<double>(counts[i][w * 2 + 1]);
      tallies[i].all.push_back({static_cast<double>(counts[i][w * 2]) + bad, bad});
    }
    tallies[i].other.resize(width);
    if (std::any_of(tallies[i].all.begin(), tallies[i].all.end(),
                    [](const Counts& all) { return all.total > 0; })) {
      tallies[i].values.push_back({std::nullopt, 0, tallies[i].all});
    }
  }
}

std::vector<FacetTally> Embedded::facets(std::span<const FacetQuery> queries) {
  std::vector<FacetTally> tallies(queries.size());
  const std::size_t at_once = columns_at_once();
  for (std::size_t from = 0; from < queries.size();) {
    if (const std::size_t wholes = wholes_in_front(queries.subspan(from)); wholes > 0) {
      count_whole(queries.subspan(from, wholes), std::span(tallies).subspan(from, wholes));
      from += wholes;
      continue;
    }
    const std::string where = to_string(queries[from].where);
    std::size_t to = from + 1;
    while (to < queries.size() && to - from < at_once &&
           queries[to].windows == queries[from].windows && to_string(queries[to].where) == where) {
      ++to;
    }
    forget_columns();
    std::vector<std::string> fields;
    for (std::size_t i = from; i < to; ++i) fields.push_back(queries[i].axis.field);
    make_columns(fields);
    facets_of(queries.subspan(from, to - from), std::span(tallies).subspan(from, to - from));
    from = to;
    forget_axis_maps();
  }
  return tallies;
}

// Those that take most first: hardly any unit shares a value with another one there.
void Embedded::forget_columns() {
  std::size_t bytes = 0;
  for (const auto& [field, column] : columns_) bytes += column.bytes();
  while (bytes > evidence_.columns_bytes_max) {
    const auto largest = std::max_element(
        columns_.begin(), columns_.end(),
        [](const auto& a, const auto& b) { return a.second.bytes() < b.second.bytes(); });
    bytes -= largest->second.bytes();
    columns_.erase(largest);
  }
}

// The same axes are asked about again and again, but what they take is bounded.
void Embedded::forget_axis_maps() {
  std::size_t places = 0;
  for (const auto& [key, map] : axis_maps_) places += map.places.size();
  if (places > axis_places_max) axis_maps_.clear();
}

CrossTally Embedded::cross(const CrossQuery& query, std::span<const std::uint32_t> units) const {
  CrossTally tally;
  tally.exact = evidence_.schema.exact;
  static const UnitColumn nothing;
  std::vector<const UnitColumn*> columns;
  std::vector<AxisMap> maps;
  std::size_t cells = 1;
  for (const Axis& axis : query.axes) {
    const EvidenceField* field = evidence_.field(axis.field);
    const auto found = field == nullptr ? columns_.end() : columns_.find(evidence_.id_of(*field));
    columns.push_back(found == columns_.end() ? &nothing : &found->second);
    static const EvidenceField nameless;
    maps.push_back(map_axis(field == nullptr ? nameless : *field, *columns.back(), axis));
    tally.sizes.push_back(maps.back().size());
    cells *= maps.back().size();
  }
  tally.windows.assign(query.windows.size(), std::vector<Counts>(cells));
  const Windows windows(query.windows);
  std::vector<std::vector<std::uint32_t>> places(columns.size());
  for (const std::uint32_t unit : units) {
    for (std::size_t axis = 0; axis < columns.size(); ++axis) {
      const UnitColumn& values = *columns[axis];
      auto& at = places[axis];
      at.clear();
      const std::uint32_t first = values.table.empty() ? 0 : values.first[unit];
      at.push_back(first == 0 ? maps[axis].absent() : maps[axis].places[first - 1]);
      if (values.more.empty()) continue;
      auto more = std::lower_bound(values.more.begin(), values.more.end(),
                                   std::pair<std::uint32_t, std::uint32_t>{unit, 0});
      for (; more != values.more.end() && more->first == unit; ++more) {
        const std::uint32_t place = maps[axis].places[more->second];
        if (std::find(at.begin(), at.end(), place) == at.end()) at.push_back(place);
      }
    }
    const double weight = evidence_.weight(unit);
    const Counts one{weight, evidence_.units.outcomes[unit] == 1 ? weight : 0};
    std::vector<std::size_t> index = {0};
    for (std::size_t axis = 0; axis < places.size(); ++axis) {
      std::vector<std::size_t> longer;
      for (const std::size_t base : index) {
        for (const std::uint32_t place : places[axis]) {
          longer.push_back(base * maps[axis].size() + place);
        }
      }
      index = std::move(longer);
    }
    windows.for_each(evidence_.units.starts[unit], [&](std::size_t w) {
      for (const std::size_t cell : index) tally.windows[w][cell] += one;
    });
  }
  return tally;
}

std::vector<CrossTally> Embedded::crosses(std::span<const CrossQuery> queries) {
  std::vector<CrossTally> tallies;
  for (const CrossQuery& query : queries) {
    forget_columns();
    for (const Axis& axis : query.axes) {
      if (const EvidenceField* field = evidence_.field(axis.field)) column(evidence_.id_of(*field));
    }
    const std::vector<std::uint32_t> units = units_where(query.where);
    tallies.push_back(cross(query, units));
  }
  return tallies;
}

Time Embedded::first_seen(const Expr& where) {
  const Mask mask = mask_of(where);
  const std::vector<std::int64_t>& starts = evidence_.units.starts;
  std::vector<std::int64_t> firsts((mask.size() + counted_at_once - 1) / counted_at_once,
                                   INT64_MAX);
  in_parallel(firsts.size(), mask.size(), [&](std::size_t task) {
    const std::size_t to = std::min(mask.size(), (task + 1) * counted_at_once);
    std::int64_t first = INT64_MAX;
    for (std::size_t unit = task * counted_at_once; unit < to; ++unit) {
      const std::int64_t start = starts[unit] == nanoseconds(no_time) ? INT64_MAX : starts[unit];
      first = std::min(first, mask[unit] != 0 ? start : INT64_MAX);
    }
    firsts[task] = first;
  });
  const auto least = std::min_element(firsts.begin(), firsts.end());
  return least == firsts.end() || *least == INT64_MAX ? no_time : from_nanoseconds(*least);
}

std::vector<Time> Embedded::bad_starts(const Expr& where, Window window, std::size_t count_max) {
  std::vector<Time> times;
  for (const std::uint32_t unit : units_where(where)) {
    const Time start = from_nanoseconds(evidence_.units.starts[unit]);
    if (evidence_.units.outcomes[unit] == 1 && start != no_time && window.contains(start)) {
      times.push_back(start);
    }
  }
  std::sort(times.begin(), times.end());
  if (times.size() > count_max) times.resize(count_max);
  return times;
}

}  // namespace culprit
