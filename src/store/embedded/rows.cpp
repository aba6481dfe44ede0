// Rows, not counts: sketches, what lies around an instant, and the lines it came from.
#include <algorithm>
#include <cmath>
#include <map>

#include "store/embedded/embedded.h"
#include "store/embedded/parallel.h"
#include "store/lines.h"

namespace culprit {
namespace {

constexpr std::size_t line_bytes_max = 64 << 10;  // of a line shown to anybody

// Each unit's largest number of a field: of nested durations the outermost. NaN: it has none.
std::vector<double> largest_numbers(const EvidenceField& field, const UnitColumn& column) {
  std::vector<double> number_at = {NAN};
  for (const Code code : column.table) number_at.push_back(number_of(field, code).value_or(NAN));
  std::vector<double> largest(column.first.size());
  for (std::size_t unit = 0; unit < largest.size(); ++unit) {
    largest[unit] = number_at[column.first[unit]];
  }
  for (const auto& [unit, place] : column.more) {
    largest[unit] = std::fmax(largest[unit], number_at[place + 1]);
  }
  return largest;
}

}  // namespace

QuantTally Embedded::quant(const QuantQuery& query) {
  QuantTally tally;
  tally.exact = evidence_.schema.exact;
  const EvidenceField* field = evidence_.field(query.field);
  if (field == nullptr) return tally;
  const UnitColumn& numbers = column(evidence_.id_of(*field));
  const EvidenceField* by = query.by.empty() ? nullptr : evidence_.field(query.by);
  const UnitColumn* groups = by == nullptr ? nullptr : &column(evidence_.id_of(*by));
  std::map<std::string, Sketch> sketches;
  std::vector<Sketch*> sketch_of(groups == nullptr ? 1 : groups->table.size() + 1, nullptr);
  for (std::size_t place = 0; place < sketch_of.size(); ++place) {
    sketch_of[place] = &sketches[place == 0 ? "" : text_of(*by, groups->table[place - 1])];
  }
  const Mask mask = mask_of(query.where);
  const std::vector<double> largest = largest_numbers(*field, numbers);
  const auto add = [&](std::uint32_t unit, std::uint32_t place) {
    if (mask[unit] == 0 || std::isnan(largest[unit])) return;
    if (!query.window.contains(from_nanoseconds(evidence_.units.starts[unit]))) return;
    sketch_of[place]->add(largest[unit], evidence_.weight(unit));
  };
  for (std::uint32_t unit = 0; unit < mask.size(); ++unit) {
    add(unit, groups == nullptr ? 0 : groups->first[unit]);
  }
  if (groups != nullptr) {
    for (const auto& [unit, place] : groups->more) add(unit, place + 1);
  }
  for (auto& [text, sketch] : sketches) {
    if (sketch.count > 0) tally.groups.emplace_back(text, std::move(sketch));
  }
  return tally;
}

std::vector<Row> Embedded::around(const AroundQuery& query) {
  struct Near {
    std::int64_t distance;
    std::int64_t time;
    Place place;
    std::uint32_t skeleton;
  };
  const Time from = query.time - query.before;
  const Time to = query.time + query.after;
  std::vector<std::vector<Near>> by_block(evidence_.blocks.size());
  in_parallel(by_block.size(), evidence_.rows(), [&](std::size_t b) {
    const Block& block = evidence_.blocks[b];
    for (std::size_t row = 0; row < block.rows(); ++row) {
      const Time time = from_nanoseconds(block.times[row]);
      if (time < from || time > to || time == no_time) continue;
      by_block[b].push_back({std::abs((time - query.time).count()), block.times[row],
                             block.place(row), block.skeletons[row]});
    }
  });
  std::vector<Near> near;
  for (const auto& part : by_block) near.insert(near.end(), part.begin(), part.end());
  std::sort(near.begin(), near.end(), [](const Near& a, const Near& b) {
    return std::tie(a.distance, a.place.source, a.place.offset) <
           std::tie(b.distance, b.place.source, b.place.offset);
  });
  if (near.size() > query.rows_max) near.resize(query.rows_max);
  std::sort(near.begin(), near.end(), [](const Near& a, const Near& b) {
    return std::tie(a.time, a.place.source, a.place.offset) <
           std::tie(b.time, b.place.source, b.place.offset);
  });
  std::vector<Place> places;
  for (const Near& one : near) places.push_back(one.place);
  std::vector<std::string> lines = lines_at(places);
  std::vector<Row> rows;
  for (std::size_t i = 0; i < near.size(); ++i) {
    rows.push_back({from_nanoseconds(near[i].time), near[i].place, std::move(lines[i]),
                    evidence_.skeletons[near[i].skeleton].hash});
  }
  return rows;
}

std::vector<std::string> Embedded::lines_at(std::span<const Place> places) {
  std::vector<std::string> lines(places.size());
  std::vector<std::size_t> order(places.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return std::tie(places[a].source, places[a].offset) <
           std::tie(places[b].source, places[b].offset);
  });
  std::uint32_t open_source_index = UINT32_MAX;
  std::optional<LineReader> reader;
  for (const std::size_t i : order) {
    if (places[i].source != open_source_index) {
      open_source_index = places[i].source;
      reader.reset();
      auto opened = LineReader::open(world_, evidence_.sources[open_source_index]);
      if (opened) reader.emplace(std::move(opened).value());
    }
    if (reader) lines[i] = reader->line_at(places[i].offset, line_bytes_max);
  }
  return lines;
}

}  // namespace culprit
