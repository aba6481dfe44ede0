// Counting units: histograms, facets, crosses. Each is one loop over the units in question.
#include <algorithm>
#include <cmath>

#include "store/embedded/embedded.h"

namespace culprit {
namespace {

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

struct Ordered {
  std::size_t place;
  double bad;
  double total;
};

}  // namespace

HistTally Embedded::hist(const HistQuery& query) {
  HistTally tally;
  tally.from = query.window.from;
  tally.bucket = query.bucket;
  tally.exact = evidence_.schema.exact;
  const auto span = query.window.to - query.window.from;
  tally.counts.resize(static_cast<std::size_t>((span + query.bucket - Duration{1}) / query.bucket));
  for (const std::uint32_t unit : units_where(query.where)) {
    const Time start = from_nanoseconds(evidence_.units.starts[unit]);
    if (!query.window.contains(start)) continue;
    Counts& counts = tally.counts[static_cast<std::size_t>((start - tally.from) / query.bucket)];
    const double weight = evidence_.weight(unit);
    counts.total += weight;
    counts.bad += evidence_.units.outcomes[unit] == 1 ? weight : 0;
  }
  return tally;
}

FacetTally Embedded::facet(const FacetQuery& query, std::span<const std::uint32_t> units,
                           const UnitColumn* found) const {
  FacetTally tally;
  tally.field = query.axis.field;
  tally.exact = evidence_.schema.exact;
  const Windows windows(query.windows);
  static const UnitColumn nothing;
  const bool known = found != nullptr;
  const UnitColumn& values = known ? *found : nothing;
  const EvidenceField* field = evidence_.field(query.axis.field);
  const AxisMap map = known ? map_axis(*field, values, query.axis) : AxisMap{};
  const std::size_t width = windows.size();
  std::vector<Counts> cells(map.size() * width);
  std::vector<Counts> all(width);

  std::size_t next_more = 0;
  for (const std::uint32_t unit : units) {
    const double weight = evidence_.weight(unit);
    const Counts one{weight, evidence_.units.outcomes[unit] == 1 ? weight : 0};
    const std::uint32_t first = known ? values.first[unit] : 0;
    const std::size_t place = first == 0 ? map.absent() : map.places[first - 1];
    while (next_more < values.more.size() && values.more[next_more].first < unit) ++next_more;
    windows.for_each(evidence_.units.starts[unit], [&](std::size_t w) {
      cells[place * width + w] += one;
      all[w] += one;
      // Several values of one unit may fall into one bin: it counts once there.
      std::size_t counted[16] = {place};
      std::size_t count = 1;
      for (std::size_t m = next_more; m < values.more.size() && values.more[m].first == unit; ++m) {
        const std::size_t at = map.places[values.more[m].second];
        if (std::find(counted, counted + count, at) != counted + count || count == 16) continue;
        counted[count++] = at;
        cells[at * width + w] += one;
      }
    });
  }

  tally.all = all;
  tally.other.assign(cells.begin() + static_cast<std::ptrdiff_t>(map.listed * width),
                     cells.begin() + static_cast<std::ptrdiff_t>((map.listed + 1) * width));
  tally.distinct = values.table.size();
  std::vector<Ordered> order;
  for (std::size_t place = 0; place < map.size(); ++place) {
    if (place == map.listed) continue;
    Ordered entry{place, 0, 0};
    for (std::size_t w = 0; w < width; ++w) {
      entry.bad += cells[place * width + w].bad;
      entry.total += cells[place * width + w].total;
    }
    if (entry.total > 0) order.push_back(entry);
  }
  const bool bins = !query.axis.cuts.empty();
  const auto value_at = [&](std::size_t place) -> std::optional<std::string> {
    if (place > map.listed) return std::nullopt;
    if (bins) return place == 0 ? "-inf" : fmt::format("{:.6g}", query.axis.cuts[place - 1]);
    if (!query.axis.values.empty()) return query.axis.values[place];
    return text_of(*field, values.table[place]);
  };
  std::sort(order.begin(), order.end(), [&](const Ordered& a, const Ordered& b) {
    if (bins) return a.place < b.place;
    if (a.bad != b.bad) return a.bad > b.bad;
    if (a.total != b.total) return a.total > b.total;
    return value_at(a.place) < value_at(b.place);
  });
  for (const Ordered& entry : order) {
    const auto begin = cells.begin() + static_cast<std::ptrdiff_t>(entry.place * width);
    if (tally.values.size() < query.top || entry.place > map.listed) {
      tally.values.push_back({value_at(entry.place), bins ? entry.place : 0,
                              {begin, begin + static_cast<std::ptrdiff_t>(width)}});
    } else {
      for (std::size_t w = 0; w < width; ++w) tally.other[w] += begin[static_cast<long>(w)];
    }
  }
  return tally;
}

std::vector<FacetTally> Embedded::facets(std::span<const FacetQuery> queries) {
  std::vector<FacetTally> tallies;
  for (const FacetQuery& query : queries) {
    const std::vector<std::uint32_t> units = units_where(query.where);
    const EvidenceField* field = evidence_.field(query.axis.field);
    const UnitColumn* values = field == nullptr ? nullptr : &column(evidence_.id_of(*field));
    tallies.push_back(facet(query, units, values));
  }
  return tallies;
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
    maps.push_back(field == nullptr ? AxisMap{{}, axis.values.size()}
                                    : map_axis(*field, *columns.back(), axis));
    tally.sizes.push_back(maps.back().size());
    cells *= maps.back().size();
  }
  tally.windows.assign(query.windows.size(), std::vector<Counts>(cells));
  const Windows windows(query.windows);
  std::vector<std::vector<std::uint16_t>> places(columns.size());
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
        const std::uint16_t place = maps[axis].places[more->second];
        if (std::find(at.begin(), at.end(), place) == at.end()) at.push_back(place);
      }
    }
    const double weight = evidence_.weight(unit);
    const Counts one{weight, evidence_.units.outcomes[unit] == 1 ? weight : 0};
    std::vector<std::size_t> index = {0};
    for (std::size_t axis = 0; axis < places.size(); ++axis) {
      std::vector<std::size_t> longer;
      for (const std::size_t base : index) {
        for (const std::uint16_t place : places[axis]) {
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
  Time first = no_time;
  for (std::size_t unit = 0; unit < mask.size(); ++unit) {
    const Time start = from_nanoseconds(evidence_.units.starts[unit]);
    if (mask[unit] == 0 || start == no_time) continue;
    if (first == no_time || start < first) first = start;
  }
  return first;
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
