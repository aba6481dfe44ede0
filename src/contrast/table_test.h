// A Table is evidence of ten lines, as a test writes it, and the naive engine that answers from it.
//
//     region  plan  | before  after
//     eu      pro   | 1/100   40/100
//     eu      -     | 1/100   1/100
//
// Left of the bar are fields, right of it windows; a cell there is "bad/units". `-` means that the
// units lack the field, `a,b` that they have both values. Windows follow each other.
#pragma once

#include <algorithm>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "contrast/segment.h"
#include "event/extract.h"
#include "event/query.h"
#include "event/tally.h"

namespace culprit {

class Table {
 public:
  explicit Table(const std::string& text) {
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
      const std::vector<std::string> words = words_of(line, ' ');
      if (words.empty()) continue;
      if (names_.empty()) {
        names_.assign(words.begin(), std::find(words.begin(), words.end(), "|"));
        windows_ = words.size() - names_.size() - 1;
      } else {
        REQUIRE(words.size() == names_.size() + 1 + windows_);
        add(words);
      }
    }
  }

  std::vector<Window> windows() const {
    std::vector<Window> made;
    for (std::size_t w = 0; w < windows_; ++w) made.push_back({start_of(w), start_of(w + 1)});
    return made;
  }
  std::vector<Axis> axes() const {
    std::vector<Axis> made;
    for (const std::string& name : names_) made.push_back({name, {}, {}});
    return made;
  }
  // Of the units that satisfy `where`.
  Counted counted(const Expr& where = {}) const {
    const std::vector<Counts> all = answer({{"", {}, {}}, where, windows(), 1}).all;
    return windows_ == 1 ? Counted{{}, all[0]} : Counted{all[0], all[1]};
  }

  FacetTally answer(const FacetQuery& query) const {
    FacetTally tally;
    tally.field = query.axis.field;
    tally.all.resize(query.windows.size());
    tally.other = tally.all;
    std::map<std::pair<std::size_t, std::string>, FacetValue> values;
    for (const Row& row : rows_) {
      if (!satisfies(row, query.where)) continue;
      const std::vector<Counts> counts = in_windows(row, query.windows);
      add_to(tally.all, counts);
      for (const FacetValue& value : values_on(query.axis, row)) {
        FacetValue& sum =
            values.try_emplace({value.bin, value.value.value_or("")}, value).first->second;
        sum.windows.resize(counts.size());
        add_to(sum.windows, counts);
      }
    }
    for (auto& [key, value] : values) tally.values.push_back(std::move(value));
    tally.distinct = tally.values.size();
    return tally;
  }
  HistTally answer(const HistQuery& query) const {
    HistTally tally;
    tally.from = query.window.from;
    tally.bucket = query.bucket;
    const auto span = query.window.to - query.window.from;
    tally.counts.resize(
        static_cast<std::size_t>((span + query.bucket - Duration{1}) / query.bucket));
    // The units of a window begin evenly over its time.
    constexpr std::int64_t steps = 30;
    for (const Row& row : rows_) {
      if (!satisfies(row, query.where)) continue;
      for (std::size_t own = 0; own < row.windows.size(); ++own) {
        const Counts& counts = row.windows[own];
        for (std::int64_t step = 0; step < steps; ++step) {
          const Time at = start_of(own) + (start_of(1) - start_of(0)) * step / steps;
          if (!query.window.contains(at)) continue;
          tally.counts[static_cast<std::size_t>((at - tally.from) / query.bucket)] +=
              {counts.total / steps, counts.bad / steps};
        }
      }
    }
    return tally;
  }
  // Units begin evenly over the time of their window, and so do the failing ones among them.
  ExtractTally extract(const std::vector<Window>& windows) const {
    std::vector<std::vector<const Row*>> rows_in(windows.size() * 2);
    for (const Row& row : rows_) {
      for (std::size_t own = 0; own < row.windows.size(); ++own) {
        const auto units = static_cast<std::int64_t>(row.windows[own].total);
        const auto bad = static_cast<std::int64_t>(row.windows[own].bad);
        for (std::int64_t unit = 0; unit < units; ++unit) {
          const Time at = start_of(own) + (start_of(1) - start_of(0)) * unit / units;
          const bool fails = (unit + 1) * bad / units > unit * bad / units;
          for (std::size_t w = 0; w < windows.size(); ++w) {
            if (windows[w].contains(at)) rows_in[w * 2 + (fails ? 1 : 0)].push_back(&row);
          }
        }
      }
    }
    ExtractTally tally;
    std::vector<const Row*> units;
    for (std::size_t slot = 0; slot < rows_in.size(); ++slot) {
      tally.slots.push_back({slot / 2, slot % 2 == 1, rows_in[slot].size(), 1});
      units.insert(units.end(), rows_in[slot].begin(), rows_in[slot].end());
    }
    for (const std::string& name : names_) tally.columns.push_back(column_of(name, units));
    return tally;
  }
  std::vector<HistTally> answers(const std::vector<HistQuery>& queries) const {
    std::vector<HistTally> tallies;
    for (const HistQuery& query : queries) tallies.push_back(answer(query));
    return tallies;
  }
  std::vector<FacetTally> answers(const std::vector<FacetQuery>& queries) const {
    std::vector<FacetTally> tallies;
    for (const FacetQuery& query : queries) tallies.push_back(answer(query));
    return tallies;
  }

 private:
  struct Row {
    std::map<std::string, std::vector<std::string>> fields;
    std::vector<Counts> windows;
  };

  static Time start_of(std::size_t window) {
    return from_nanoseconds(static_cast<std::int64_t>(window) * 1'000'000'000);
  }
  static std::vector<std::string> words_of(const std::string& text, char gap) {
    std::vector<std::string> words;
    std::istringstream stream(text);
    for (std::string word; std::getline(stream, word, gap);) {
      if (!word.empty()) words.push_back(word);
    }
    return words;
  }
  void add(const std::vector<std::string>& words) {
    Row row;
    for (std::size_t i = 0; i < names_.size(); ++i) {
      if (words[i] != "-") row.fields[names_[i]] = words_of(words[i], ',');
    }
    for (std::size_t i = names_.size() + 1; i < words.size(); ++i) {
      const std::vector<std::string> cell = words_of(words[i], '/');
      REQUIRE(cell.size() == 2);
      row.windows.push_back({std::stod(cell[1]), std::stod(cell[0])});
    }
    rows_.push_back(std::move(row));
  }
  static ExtractColumn column_of(const std::string& name, const std::vector<const Row*>& units) {
    ExtractColumn column{name, {}, std::vector<std::uint32_t>(units.size()), {}};
    std::map<std::string, std::uint32_t> numbers;
    for (std::uint32_t unit = 0; unit < units.size(); ++unit) {
      const auto found = units[unit]->fields.find(name);
      if (found == units[unit]->fields.end()) continue;
      for (const std::string& value : found->second) {
        const auto [known, fresh] =
            numbers.emplace(value, static_cast<std::uint32_t>(numbers.size() + 1));
        if (fresh) column.values.push_back(value);
        if (column.first[unit] == 0) {
          column.first[unit] = known->second;
        } else {
          column.more.emplace_back(unit, known->second);
        }
      }
    }
    return column;
  }
  static void add_to(std::vector<Counts>& sums, const std::vector<Counts>& counts) {
    for (std::size_t w = 0; w < sums.size(); ++w) sums[w] += counts[w];
  }
  static bool satisfies(const Row& row, const Expr& where) {
    return holds(where, [&](std::string_view field, const auto& each) {
      const auto found = row.fields.find(std::string(field));
      if (found == row.fields.end()) return;
      for (const std::string& value : found->second) {
        if (!each(value)) return;
      }
    });
  }
  static std::vector<Counts> in_windows(const Row& row, const std::vector<Window>& windows) {
    std::vector<Counts> counts(windows.size());
    for (std::size_t w = 0; w < windows.size(); ++w) {
      for (std::size_t own = 0; own < row.windows.size(); ++own) {
        if (windows[w].contains(start_of(own))) counts[w] += row.windows[own];
      }
    }
    return counts;
  }
  static std::vector<FacetValue> values_on(const Axis& axis, const Row& row) {
    const auto found = row.fields.find(axis.field);
    if (found == row.fields.end()) return {{std::nullopt, axis.cuts.size() + 2, {}}};
    std::vector<FacetValue> values;
    for (const std::string& value : found->second) {
      const auto cut =
          std::lower_bound(axis.cuts.begin(), axis.cuts.end(), number_in(value).value_or(0));
      if (axis.cuts.empty()) {
        values.push_back({value, 0, {}});
      } else {
        values.push_back({cut == axis.cuts.begin() ? "-inf" : std::to_string(*(cut - 1)),
                          static_cast<std::size_t>(cut - axis.cuts.begin()),
                          {}});
      }
    }
    return values;
  }

  std::vector<std::string> names_;
  std::vector<Row> rows_;
  std::size_t windows_ = 0;
};

}  // namespace culprit
