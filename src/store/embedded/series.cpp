// Time series of events, or of a number that events carry, one for each value of a field.
#include <algorithm>
#include <map>
#include <unordered_map>

#include "store/embedded/embedded.h"

namespace culprit {
namespace {

using Series = SeriesTally::Series;

// Which series each row of a block belongs to.
struct BlockKeys {
  std::vector<Series*> first;                           // by row
  std::vector<std::pair<std::uint32_t, Series*>> more;  // rows of several, in row order
};

// Makes series as their keys come up.
class SeriesTable {
 public:
  SeriesTable(const Evidence& evidence, std::string by, std::size_t steps)
      : evidence_(evidence), by_(std::move(by)), field_(evidence.field(by_)), steps_(steps) {
    if (by_ == "source" || by_ == "template") field_ = nullptr;
  }

  BlockKeys keys_of(const Block& block) {
    BlockKeys keys;
    if (by_ == "template") {
      for (std::size_t row = 0; row < block.rows(); ++row) {
        keys.first.push_back(template_at(block.skeletons[row]));
      }
      return keys;
    }
    keys.first.assign(block.rows(),
                      named(by_ == "source" ? evidence_.sources[block.source].name : ""));
    const Column* column = field_ == nullptr ? nullptr : block.column(evidence_.id_of(*field_));
    std::ptrdiff_t from = 0;  // of this row's in `more`
    for (std::size_t i = 0; column != nullptr && i < column->size(); ++i) {
      const std::uint32_t row = column->row(i);
      const std::pair<std::uint32_t, Series*> one{row, of_code(column->code(i))};
      if (i == 0 || column->row(i - 1) != row) {
        keys.first[row] = one.second;
        from = std::ssize(keys.more);
      } else if (keys.first[row] != one.second &&
                 std::find(keys.more.begin() + from, keys.more.end(), one) == keys.more.end()) {
        keys.more.push_back(one);
      }
    }
    return keys;
  }

  std::vector<Series> take() {
    std::vector<Series> taken;
    for (auto& [key, one] : series_) {
      if (one.count.empty()) continue;
      one.key = key;
      taken.push_back(std::move(one));
    }
    return taken;
  }

  void add(Series& one, std::size_t step, double weight, double value) const {
    one.count.resize(steps_);
    one.sum.resize(steps_);
    one.count[step] += weight;
    one.sum[step] += value * weight;
  }

 private:
  Series* named(const std::string& key) { return &series_[key]; }
  Series* template_at(std::uint32_t skeleton) {
    Series*& known = by_number_[skeleton];
    if (known == nullptr) known = named(evidence_.skeletons[skeleton].text);
    return known;
  }
  Series* of_code(Code code) {
    Series*& known = by_number_[code];
    if (known == nullptr) known = named(text_of(*field_, code));
    return known;
  }

  const Evidence& evidence_;
  std::string by_;
  const EvidenceField* field_;
  std::size_t steps_;
  std::map<std::string, Series> series_;
  std::unordered_map<std::uint32_t, Series*> by_number_;
};

}  // namespace

SeriesTally Embedded::series(const SeriesQuery& query) {
  SeriesTally tally;
  tally.from = query.window.from;
  tally.step = query.step;
  tally.exact = evidence_.schema.exact;
  const EvidenceField* metric = query.metric.empty() ? nullptr : evidence_.field(query.metric);
  if (!query.metric.empty() && metric == nullptr) return tally;
  const auto span = query.window.to - query.window.from;
  const auto steps = static_cast<std::size_t>((span + query.step - Duration{1}) / query.step);
  SeriesTable table(evidence_, query.by, steps);
  for (const Block& block : evidence_.blocks) {
    const Column* column = metric == nullptr ? nullptr : block.column(evidence_.id_of(*metric));
    if (metric != nullptr && column == nullptr) continue;
    const BlockKeys keys = table.keys_of(block);
    const auto add = [&](std::uint32_t row, double value) {
      const Time time = from_nanoseconds(block.times[row]);
      if (!query.window.contains(time)) return;
      const auto step = static_cast<std::size_t>((time - tally.from) / query.step);
      table.add(*keys.first[row], step, row_weight(block, row), value);
      auto more =
          std::lower_bound(keys.more.begin(), keys.more.end(), row,
                           [](const auto& one, std::uint32_t at) { return one.first < at; });
      for (; more != keys.more.end() && more->first == row; ++more) {
        table.add(*more->second, step, row_weight(block, row), value);
      }
    };
    if (column == nullptr) {
      for (std::uint32_t row = 0; row < block.rows(); ++row) add(row, 0);
      continue;
    }
    for (std::size_t i = 0; i < column->size(); ++i) {
      const auto number = number_of(*metric, column->code(i));
      if (number) add(column->row(i), *number);
    }
  }
  tally.series = table.take();
  return tally;
}

}  // namespace culprit
