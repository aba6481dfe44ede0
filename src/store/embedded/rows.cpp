// Rows, not counts: templates, sketches, series, examples, and the lines they came from.
#include <algorithm>
#include <cmath>
#include <map>

#include "parse/skeleton.h"
#include "store/embedded/embedded.h"
#include "store/lines.h"

namespace culprit {
namespace {

constexpr std::size_t line_bytes_max = 64 << 10;  // of a line shown to anybody

Place place_of(const Block& block, std::size_t row) {
  return {block.source, block.offset + block.offsets[row]};
}

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

Level level_of(const Block& block, std::size_t row) {
  return static_cast<Level>(block.flags[row] & level_mask);
}

}  // namespace

std::vector<SkeletonTally> Embedded::templates(const TemplateQuery& query) {
  std::vector<SkeletonTally> tallies(evidence_.skeletons.size());
  for (std::size_t i = 0; i < tallies.size(); ++i) {
    tallies[i].hash = evidence_.skeletons[i].hash;
    tallies[i].text = evidence_.skeletons[i].text;
    tallies[i].events.resize(query.windows.size());
  }
  const bool all = query.where.op == Expr::Op::always;
  const Mask mask = all ? Mask{} : mask_of(query.where);
  std::vector<std::int64_t> example_times(tallies.size(), INT64_MAX);
  std::vector<std::uint8_t> example_in_last(tallies.size(), 0);
  for (const Block& block : evidence_.blocks) {
    for (std::size_t row = 0; row < block.rows(); ++row) {
      const std::uint32_t unit = block.units[row];
      if (!all && (unit == no_unit || mask[unit] == 0)) continue;
      const std::uint32_t skeleton = block.skeletons[row];
      SkeletonTally& tally = tallies[skeleton];
      const double weight = row_weight(block, row);
      const Time time = from_nanoseconds(block.times[row]);
      tally.all_events += weight;
      if (unit != no_unit && evidence_.units.outcomes[unit] == 1) tally.bad_events += weight;
      tally.level = std::max(tally.level, level_of(block, row));
      bool in_last = false;
      for (std::size_t w = 0; w < query.windows.size(); ++w) {
        if (!query.windows[w].contains(time)) continue;
        tally.events[w] += weight;
        in_last = w + 1 == query.windows.size();
      }
      if (time != no_time) {
        if (tally.first == no_time || time < tally.first) tally.first = time;
        tally.last = std::max(tally.last, time);
      }
      const bool better = in_last != (example_in_last[skeleton] != 0)
                              ? in_last
                              : block.times[row] < example_times[skeleton];
      if (better || example_times[skeleton] == INT64_MAX) {
        example_times[skeleton] = block.times[row];
        example_in_last[skeleton] = in_last ? 1 : 0;
        tally.example = place_of(block, row);
      }
    }
  }
  tallies.erase(tallies.begin());  // no message
  std::erase_if(tallies, [](const SkeletonTally& tally) { return tally.all_events == 0; });
  return tallies;
}

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
  std::vector<Near> near;
  const Time from = query.time - query.before;
  const Time to = query.time + query.after;
  for (const Block& block : evidence_.blocks) {
    for (std::size_t row = 0; row < block.rows(); ++row) {
      const Time time = from_nanoseconds(block.times[row]);
      if (time < from || time > to || time == no_time) continue;
      near.push_back({std::abs((time - query.time).count()), block.times[row], place_of(block, row),
                      block.skeletons[row]});
    }
  }
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

std::vector<UnitSample> Embedded::sample(const SampleQuery& query) {
  std::vector<std::pair<std::uint64_t, std::uint32_t>> chosen;  // a random order from the seed
  for (const std::uint32_t unit : units_where(query.where)) {
    if (!query.window.contains(from_nanoseconds(evidence_.units.starts[unit]))) continue;
    const auto outcome = evidence_.units.outcomes[unit] == 1 ? Outcome::bad : Outcome::good;
    if (query.outcome && outcome != *query.outcome) continue;
    const std::uint64_t mixed = (unit + 1 + query.seed) * 0x9E37'79B9'7F4A'7C15ULL;
    chosen.emplace_back(mixed ^ (mixed >> 29), unit);
  }
  const std::size_t count = std::min(query.count, chosen.size());
  std::partial_sort(chosen.begin(), chosen.begin() + static_cast<std::ptrdiff_t>(count),
                    chosen.end());
  std::vector<UnitSample> samples;
  std::vector<Place> firsts;
  std::vector<std::uint32_t> units;
  for (std::size_t i = 0; i < count; ++i) units.push_back(chosen[i].second);
  const std::vector<UnitRows> rows = rows_of(units);
  for (std::size_t i = 0; i < count; ++i) {
    samples.push_back(sample_of(units[i], rows[i]));
    firsts.push_back(samples.back().places.front());
  }
  if (evidence_.schema.unit.fields.empty()) return samples;
  const std::vector<std::string> lines = lines_at(firsts);
  Scratch scratch;
  for (std::size_t i = 0; i < count; ++i) {
    samples[i].id = id_of(lines[i], evidence_.sources[firsts[i].source], scratch);
  }
  return samples;
}

// Ids are too many to keep; the line still has it.
std::string Embedded::id_of(const std::string& line, const Source& source, Scratch& scratch) const {
  SkeletonScratch skeleton_scratch;
  Event event;
  if (read_line(source.dialect, line, scratch, event) != Reading::event) return "";
  for (const std::string& name : evidence_.schema.unit.fields) {
    for (const Field& field : event.fields) {
      if (field.name == name && names_unit(field)) return std::string(field.value);
    }
    if (event.message.empty() || event.find(name) != nullptr) continue;
    for (const Field& slot : skeleton_of(event.message, skeleton_scratch).slots) {
      if (slot.name == name && names_unit(slot)) return std::string(slot.value);
    }
  }
  return "";
}

// The rows of each of these units, in time order.
std::vector<Embedded::UnitRows> Embedded::rows_of(std::span<const std::uint32_t> units) const {
  constexpr std::uint32_t none = UINT32_MAX;
  std::vector<std::uint32_t> wanted(units.empty() ? 0 : evidence_.units.size(), none);
  for (std::uint32_t i = 0; i < units.size(); ++i) wanted[units[i]] = i;
  std::vector<UnitRows> found(units.size());
  for (const Block& block : evidence_.blocks) {
    for (std::size_t row = 0; row < block.rows() && !units.empty(); ++row) {
      const std::uint32_t unit = block.units[row];
      if (unit == no_unit || wanted[unit] == none) continue;
      found[wanted[unit]].emplace_back(&block, static_cast<std::uint16_t>(row));
    }
  }
  for (UnitRows& rows : found) {
    std::stable_sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) {
      return a.first->times[a.second] < b.first->times[b.second];
    });
  }
  return found;
}

UnitSample Embedded::sample_of(std::uint32_t unit, const UnitRows& rows) const {
  UnitSample sample;
  const Units& units = evidence_.units;
  sample.start = from_nanoseconds(units.starts[unit]);
  if (units.outcomes[unit] >= 0) {
    sample.outcome = units.outcomes[unit] == 1 ? Outcome::bad : Outcome::good;
  }
  std::map<std::string, std::vector<std::string>> fields;
  for (const auto& [place, row] : rows) {
    const Block& block = *place;
    sample.places.push_back(place_of(block, row));
    for (const Column& column : block.columns) {
      const EvidenceField& field = evidence_.fields[column.field];
      if (column.dense) {
        fields[field.name].push_back(text_of(field, column.code(row)));
        continue;
      }
      const auto [from, to] = std::equal_range(column.rows.begin(), column.rows.end(), row);
      for (auto found = from; found != to; ++found) {
        const auto i = static_cast<std::size_t>(found - column.rows.begin());
        fields[field.name].push_back(text_of(field, column.code(i)));
      }
    }
  }
  for (auto& [name, values] : fields) {
    std::sort(values.begin(), values.end());
    values.erase(std::unique(values.begin(), values.end()), values.end());
    sample.fields.emplace_back(name, std::move(values));
  }
  return sample;
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
