// An engine's answers as text, for tests that compare engines: equal texts, equal answers.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "store/engine.h"

namespace culprit {

// Sums of decimals depend on the order of adding in their last digits.
inline std::string told(double number) { return fmt::format("{:.9g}", number); }

inline std::string told(const Counts& counts) {
  return told(counts.bad) + "/" + told(counts.total);
}

inline std::string told(const std::vector<Counts>& all) {
  std::string text;
  for (const Counts& counts : all) text += " " + told(counts);
  return text + "\n";
}

inline std::string told(Place place) { return fmt::format("{}:{}", place.source, place.offset); }

inline std::string told(const Judged& judged) {
  return fmt::format("units {} bad {} unjudged {} recovered {} exact {}\n", judged.units,
                     judged.bad, judged.unjudged, judged.recovered, judged.exact);
}

inline std::string told(const SourceSummary& source) {
  return fmt::format(
      "{} {} '{}' bytes {} events {} skipped {} {} {} zone {} first '{}' at {} '{}'\n", source.name,
      source.format, source.packing, source.bytes, source.events, source.skipped,
      to_string(source.from), to_string(source.to), source.zone_assumed, source.first_skipped,
      source.first_skipped_line, source.fault);
}

inline std::string told(const FieldSummary& field) {
  return fmt::format("{} role {} events {} errors {} numbers {} distinct {} {}..{} {}{} '{}'\n",
                     field.name, static_cast<int>(field.role), field.events, field.error_events,
                     field.numbers, field.distinct, field.least, field.most,
                     field.slot ? "slot " : "", field.many ? "many" : "",
                     fmt::join(field.examples, "' '"));
}

inline std::string told(const Schema& schema) {
  std::string text = fmt::format(
      "events {} untimed {} whole {} bytes {} skipped {} {} {} exact {} levels {} by {} ({})\n",
      schema.events, schema.untimed_events, schema.whole_seconds, schema.bytes, schema.skipped,
      to_string(schema.from), to_string(schema.to), schema.exact, fmt::join(schema.levels, ","),
      fmt::join(schema.unit.fields, ","), schema.unit.how);
  for (const SourceSummary& source : schema.sources) text += told(source);
  for (const FieldSummary& field : schema.fields) text += told(field);
  return text;
}

inline std::string told(const HistTally& tally) {
  return fmt::format("{} {} {}", to_string(tally.from), tally.exact, told(tally.counts));
}

inline std::string told(const FacetTally& tally) {
  std::string text = fmt::format("{} distinct {} exact {}\n  all{}  other{}", tally.field,
                                 tally.distinct, tally.exact, told(tally.all), told(tally.other));
  for (const FacetValue& value : tally.values) {
    text += fmt::format("  {} bin {}{}", value.value ? "'" + *value.value + "'" : "absent",
                        value.bin, told(value.windows));
  }
  return text;
}

inline std::string told(const CrossTally& tally) {
  std::string text = fmt::format("sizes {} exact {}\n", fmt::join(tally.sizes, "x"), tally.exact);
  for (const std::vector<Counts>& window : tally.windows) text += told(window);
  return text;
}

// Units in no order, each with its values in none.
inline std::string told(const ExtractTally& tally) {
  std::vector<std::string> rows;
  for (const ExtractTally::Slot& slot : tally.slots) {
    for (std::size_t i = 0; i < slot.rows; ++i) {
      rows.push_back(fmt::format("{} {} {}:", slot.window, slot.bad, told(slot.weight)));
    }
  }
  for (const ExtractColumn& column : tally.columns) {
    std::vector<std::vector<std::string>> values(rows.size());
    for (std::size_t row = 0; row < rows.size(); ++row) {
      const std::uint32_t number = column.first[row];
      if (number != 0) values[row].push_back(column.values[number - 1]);
    }
    for (const auto& [row, number] : column.more) values[row].push_back(column.values[number - 1]);
    for (std::size_t row = 0; row < rows.size(); ++row) {
      std::sort(values[row].begin(), values[row].end());
      rows[row] += fmt::format(" {}=['{}']", column.field, fmt::join(values[row], "' '"));
    }
  }
  std::sort(rows.begin(), rows.end());
  return fmt::format("whole {}\n{}\n", tally.whole, fmt::join(rows, "\n"));
}

inline std::string told(const SkeletonTally& tally) {
  std::string text =
      fmt::format("'{}' {:x} level {} {}..{} at {} bad {} all {} in", tally.text, tally.hash,
                  name_of(tally.level), to_string(tally.first), to_string(tally.last),
                  told(tally.example), told(tally.bad_events), told(tally.all_events));
  for (const double events : tally.events) text += " " + told(events);
  return text + "\n";
}

inline std::string told(const QuantTally& tally) {
  std::string text = fmt::format("exact {}\n", tally.exact);
  for (const auto& [key, sketch] : tally.groups) {
    text += fmt::format("  '{}' {}:", key, told(sketch.count));
    for (const auto& [bucket, count] : sketch.buckets) text += fmt::format(" {}={}", bucket, count);
    text += "\n";
  }
  return text;
}

inline std::string told(const SeriesTally& tally) {
  std::string text = fmt::format("{} exact {}\n", to_string(tally.from), tally.exact);
  for (const SeriesTally::Series& series : tally.series) {
    text += "  '" + series.key + "'";
    for (std::size_t i = 0; i < series.count.size(); ++i) {
      text += " " + told(series.count[i]) + "," + told(series.sum[i]);
    }
    text += "\n";
  }
  return text;
}

inline std::string told(const Row& row) {
  return fmt::format("{} {} {:x} {}\n", to_string(row.time), told(row.place), row.skeleton,
                     row.line);
}

inline std::string told(const UnitSample& sample) {
  const int outcome = !sample.outcome ? -1 : *sample.outcome == Outcome::bad ? 1 : 0;
  std::string text = fmt::format("'{}' {} {} at", sample.id, to_string(sample.start), outcome);
  for (const Place& place : sample.places) text += " " + told(place);
  for (const auto& [name, values] : sample.fields) {
    text += fmt::format(" {}=['{}']", name, fmt::join(values, "' '"));
  }
  return text + "\n";
}

inline std::string told(Time time) { return to_string(time) + "\n"; }
inline std::string told(const std::string& line) { return line + "\n"; }

template <typename T>
std::string told(const std::vector<T>& all) {
  std::string text;
  for (const T& one : all) text += told(one);
  return text;
}

// What an engine may choose in an order of its own.
inline std::string told_sorted(const std::vector<UnitSample>& samples) {
  std::vector<std::string> texts;
  for (const UnitSample& sample : samples) texts.push_back(told(sample));
  std::sort(texts.begin(), texts.end());
  return told(texts);
}

}  // namespace culprit
