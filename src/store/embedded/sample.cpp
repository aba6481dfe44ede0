// Some units, drawn by lot, with all that is known of them.
#include <algorithm>

#include "parse/skeleton.h"
#include "store/embedded/embedded.h"
#include "store/embedded/parallel.h"
#include "store/embedded/unit_set.h"
#include "store/lines.h"

namespace culprit {
namespace {

constexpr std::size_t values_of_unit = 200;  // to look up, about: some lines of many fields

// The first of all in a random order from the seed.
class Lot {
 public:
  Lot(std::size_t count, std::uint64_t seed) : count_(count), seed_(seed) {}
  // Whether the unit would be among them.
  bool wants(std::uint32_t unit) const {
    return drawn_.size() < count_ || (count_ > 0 && ticket_of(unit) < drawn_.front());
  }
  void draw(std::uint32_t unit) { draw(ticket_of(unit)); }
  void draw(const Lot& other) {
    for (const Ticket& ticket : other.drawn_) draw(ticket);
  }
  std::vector<std::uint32_t> units() const {
    std::vector<Ticket> sorted = drawn_;
    std::sort(sorted.begin(), sorted.end());
    std::vector<std::uint32_t> units;
    for (const Ticket& ticket : sorted) units.push_back(ticket.second);
    return units;
  }

 private:
  using Ticket = std::pair<std::uint64_t, std::uint32_t>;
  Ticket ticket_of(std::uint32_t unit) const {
    const std::uint64_t mixed = (unit + 1 + seed_) * 0x9E37'79B9'7F4A'7C15ULL;
    return {mixed ^ (mixed >> 29), unit};
  }
  void draw(Ticket ticket) {
    drawn_.push_back(ticket);
    std::push_heap(drawn_.begin(), drawn_.end());
    if (drawn_.size() <= count_) return;
    std::pop_heap(drawn_.begin(), drawn_.end());
    drawn_.pop_back();
  }

  std::size_t count_;
  std::uint64_t seed_;
  std::vector<Ticket> drawn_;  // a heap, the last of them in front
};

}  // namespace

std::vector<UnitSample> Embedded::sample(const SampleQuery& query) {
  const std::vector<std::uint32_t> units = chosen_units(query);
  const std::vector<UnitRows> rows = rows_of(units);
  std::vector<UnitSample> samples(units.size());
  in_parallel(units.size(), units.size() * values_of_unit,
              [&](std::size_t i) { samples[i] = sample_of(units[i], rows[i]); });
  if (evidence_.schema.unit.fields.empty()) return samples;
  std::vector<Place> firsts;
  for (const UnitSample& sample : samples) firsts.push_back(sample.places.front());
  const std::vector<std::string> lines = lines_at(firsts);
  Scratch scratch;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    samples[i].id = id_of(lines[i], evidence_.sources[firsts[i].source], scratch);
  }
  return samples;
}

std::vector<std::uint32_t> Embedded::chosen_units(const SampleQuery& query) {
  const std::vector<std::uint32_t>& units = units_where(query.where);
  const std::size_t parts = std::max(1U, std::thread::hardware_concurrency());
  std::vector<Lot> lots(parts, Lot(query.count, query.seed));
  in_parallel(parts, units.size(), [&](std::size_t part) {
    const std::size_t to = units.size() * (part + 1) / parts;
    for (std::size_t i = units.size() * part / parts; i < to; ++i) {
      const std::uint32_t unit = units[i];
      if (!query.window.contains(from_nanoseconds(evidence_.units.starts[unit]))) continue;
      const auto outcome = evidence_.units.outcomes[unit] == 1 ? Outcome::bad : Outcome::good;
      if (query.outcome && outcome != *query.outcome) continue;
      if (lots[part].wants(unit)) lots[part].draw(unit);
    }
  });
  for (std::size_t part = 1; part < parts; ++part) lots.front().draw(lots[part]);
  return lots.front().units();
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
  const UnitSet wanted(units, evidence_.units.size());
  struct Found {
    std::uint32_t unit;
    std::uint16_t row;
  };
  std::vector<std::vector<Found>> found(evidence_.blocks.size());
  in_parallel(found.size(), units.empty() ? 0 : evidence_.rows(), [&](std::size_t b) {
    const Block& block = evidence_.blocks[b];
    if (!wanted.any_in(block.unit_least, block.units_to)) return;
    const std::vector<std::uint32_t>& of_row = block.units;
    for (std::size_t row = 0; row < of_row.size(); ++row) {
      if (of_row[row] == no_unit || !wanted.has(of_row[row])) continue;
      found[b].push_back({wanted.of(of_row[row]), static_cast<std::uint16_t>(row)});
    }
  });
  std::vector<UnitRows> rows_by_number(wanted.size());
  for (std::size_t b = 0; b < found.size(); ++b) {
    for (const Found& one : found[b]) {
      rows_by_number[one.unit].emplace_back(&evidence_.blocks[b], one.row);
    }
  }
  std::vector<UnitRows> rows;
  for (const std::uint32_t unit : units) rows.push_back(std::move(rows_by_number[wanted.of(unit)]));
  for (UnitRows& of_unit : rows) {
    std::stable_sort(of_unit.begin(), of_unit.end(), [](const auto& a, const auto& b) {
      return a.first->times[a.second] < b.first->times[b.second];
    });
  }
  return rows;
}

UnitSample Embedded::sample_of(std::uint32_t unit, const UnitRows& rows) const {
  UnitSample sample;
  const Units& units = evidence_.units;
  sample.start = from_nanoseconds(units.starts[unit]);
  if (units.outcomes[unit] >= 0) {
    sample.outcome = units.outcomes[unit] == 1 ? Outcome::bad : Outcome::good;
  }
  std::vector<std::vector<std::string>> by_field(evidence_.fields.size());
  for (const auto& [place, row] : rows) {
    const Block& block = *place;
    sample.places.push_back(block.place(row));
    for (const Column& column : block.columns) {
      const EvidenceField& field = evidence_.fields[column.field];
      std::vector<std::string>& values = by_field[column.field];
      if (column.dense) {
        values.push_back(text_of(field, column.code(row)));
        continue;
      }
      const auto [from, to] = std::equal_range(column.rows.begin(), column.rows.end(), row);
      for (auto found = from; found != to; ++found) {
        const auto i = static_cast<std::size_t>(found - column.rows.begin());
        values.push_back(text_of(field, column.code(i)));
      }
    }
  }
  for (std::size_t id = 0; id < by_field.size(); ++id) {
    std::vector<std::string>& values = by_field[id];
    if (values.empty()) continue;
    std::sort(values.begin(), values.end());
    values.erase(std::unique(values.begin(), values.end()), values.end());
    sample.fields.emplace_back(evidence_.fields[id].name, std::move(values));
  }
  return sample;
}

}  // namespace culprit
