// CSV of metrics, with a header. Long: a row a point (`time,metric,host,value`), other columns are
// labels. Wide: a row an instant, one column a series (`time,cpu,queue`). Cells may be quoted.
#include <algorithm>
#include <array>
#include <string>

#include "parse/bytes.h"
#include "parse/metrics.h"
#include "parse/timestamp.h"

namespace culprit {
namespace {

using std::string_view_literals::operator""sv;

constexpr std::size_t columns_max = 2'000;
constexpr std::array time_names{"time"sv,     "timestamp"sv, "ts"sv,         "date"sv,
                                "datetime"sv, "_time"sv,     "@timestamp"sv, "at"sv};
constexpr std::array value_names{"value"sv, "_value"sv, "val"sv};
constexpr std::array metric_names{"metric"sv,       "name"sv,   "__name__"sv,
                                  "_measurement"sv, "series"sv, "metric_name"sv};

std::string lowered(std::string_view text) {
  std::string lower(text);
  for (char& byte : lower) {
    if (byte >= 'A' && byte <= 'Z') byte = static_cast<char>(byte | 32);
  }
  return lower;
}

template <std::size_t N>
std::size_t column_named(const std::vector<std::string>& header,
                         const std::array<std::string_view, N>& names) {
  for (std::size_t i = 0; i < header.size(); ++i) {
    if (std::find(names.begin(), names.end(), lowered(header[i])) != names.end()) return i;
  }
  return header.size();
}

// Cells of one line; quotes in quotes are doubled. A quote that is not closed ends with the line.
std::vector<std::string> cells_of(std::string_view line, char separator) {
  std::vector<std::string> cells;
  std::string cell;
  bool quoted = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (quoted && line[i] == '"' && i + 1 < line.size() && line[i + 1] == '"') {
      cell += line[++i];
    } else if (line[i] == '"') {
      quoted = !quoted;
    } else if (line[i] == separator && !quoted) {
      cells.emplace_back(trimmed(cell));
      cell.clear();
      if (cells.size() >= columns_max) return cells;
    } else {
      cell += line[i];
    }
  }
  cells.emplace_back(trimmed(cell));
  return cells;
}

char separator_of(std::string_view header) {
  char best = ',';
  std::ptrdiff_t most = 0;
  for (const char separator : {',', ';', '\t', '|'}) {
    const auto count = std::count(header.begin(), header.end(), separator);
    if (count > most) {
      most = count;
      best = separator;
    }
  }
  return best;
}

class MetricTable {
 public:
  MetricTable(std::vector<std::string> header, const Zone& zone, MetricBook& book)
      : header_(std::move(header)), zone_(zone), book_(book) {
    time_ = column_named(header_, time_names);
    if (time_ == header_.size()) time_ = 0;
    value_ = column_named(header_, value_names);
    name_ = column_named(header_, metric_names);
    wide_ = value_ == header_.size() || value_ == time_;
    if (!wide_) return;
    for (const std::string& name : header_) {
      columns_.push_back(book_.series(name, {}, MetricKind::unknown));
    }
  }

  void read(const std::vector<std::string>& cells, std::uint64_t line) {
    if (cells.size() != header_.size()) {
      return book_.skip(line, "a row with more or fewer cells than the header");
    }
    const TimeRead time = read_timestamp(cells[time_], zone_);
    if (time.length == 0) return book_.skip(line, "no time: " + cells[time_].substr(0, 40));
    wide_ ? read_wide(cells, time.time, line) : read_long(cells, time.time, line);
  }

 private:
  void read_wide(const std::vector<std::string>& cells, Time time, std::uint64_t line) {
    for (std::size_t i = 0; i < cells.size(); ++i) {
      if (i == time_ || cells[i].empty() || cells[i] == "null") continue;
      const std::optional<double> value = metric_value(cells[i]);
      if (!value) {
        book_.skip(line, "no number: " + cells[i].substr(0, 40));
      } else {
        book_.add(columns_[i], time, *value);
      }
    }
  }

  void read_long(const std::vector<std::string>& cells, Time time, std::uint64_t line) {
    const std::optional<double> value = metric_value(cells[value_]);
    if (!value) return book_.skip(line, "no number: " + cells[value_].substr(0, 40));
    MetricLabels labels;
    for (std::size_t i = 0; i < cells.size(); ++i) {
      if (i == time_ || i == value_ || i == name_ || cells[i].empty()) continue;
      labels.emplace_back(header_[i], cells[i]);
    }
    const std::string& name = name_ < cells.size() ? cells[name_] : header_[value_];
    book_.add(book_.series(name, std::move(labels), MetricKind::unknown), time, *value);
  }

  std::vector<std::string> header_;
  const Zone& zone_;
  MetricBook& book_;
  std::size_t time_ = 0;
  std::size_t value_ = 0;  // of long tables
  std::size_t name_ = 0;
  bool wide_ = false;
  std::vector<std::size_t> columns_;  // of wide ones: the series
};

}  // namespace

void read_metric_csv(std::string_view text, const Zone& zone, MetricBook& book) {
  std::optional<MetricTable> table;
  char separator = ',';
  std::uint64_t number = 0;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = trimmed(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    ++number;
    if (line.empty() || line.starts_with('#')) continue;
    if (!table) separator = separator_of(line);
    std::vector<std::string> cells = cells_of(line, separator);
    if (table) {
      table->read(cells, number);
    } else {
      table.emplace(std::move(cells), zone, book);
    }
  }
}

}  // namespace culprit
