#include "contrast/season.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <span>

#include "base/statistics.h"

namespace culprit {
namespace {

constexpr double periods_least = 1.95;  // of evidence; two days less the minutes nobody logged
constexpr double parts_least = 12;      // of a day; fewer are no season
constexpr double parts_max = 144;       // of a day: ten minutes, as long as a nightly job
constexpr double failures_of_part = 3;  // on average, for a part's rate to say something
constexpr double prior_failures = 2;    // at the usual rate, in each part: what has few is usual
constexpr double gain_least = 6;        // nats over the dispersion: 400 to 1
constexpr double median_of_square = 0.455;  // of a normal deviate

// A table of periods (rows) by parts of a period (columns).
struct Table {
  std::size_t parts = 0;
  std::vector<std::vector<Counts>> rows;
};

std::size_t part_of(Time time, Duration period, std::size_t parts) {
  const auto since = time.time_since_epoch() % period;
  const double share = seconds(since < Duration{} ? since + period : since) / seconds(period);
  return std::min(parts - 1, static_cast<std::size_t>(share * static_cast<double>(parts)));
}

std::optional<Table> table_of(const HistTally& series, Duration period) {
  const auto buckets = static_cast<std::int64_t>(series.counts.size());
  const double periods = seconds(series.bucket) * static_cast<double>(buckets) / seconds(period);
  if (periods < periods_least) return std::nullopt;
  double bad = 0;
  for (const Counts& counts : series.counts) bad += counts.bad;
  const double days = seconds(period) / 86'400;
  const double most = std::min(seconds(period) / seconds(series.bucket), parts_max * days);
  const double hours = 24 * days;
  if (most < parts_least * days || bad / periods < hours / 2) return std::nullopt;
  Table table;
  table.parts =
      static_cast<std::size_t>(std::min(most, std::max(hours, bad / periods / failures_of_part)));
  for (std::int64_t i = 0; i < buckets; ++i) {
    const auto row = static_cast<std::size_t>(series.bucket * i / period);
    if (row == table.rows.size()) table.rows.emplace_back(table.parts);
    const Time middle = series.from + series.bucket * i + series.bucket / 2;
    table.rows[row][part_of(middle, period, table.parts)] +=
        series.counts[static_cast<std::size_t>(i)];
  }
  return table;
}

double rate_of(std::span<const Counts> row) {
  Counts sum;
  for (const Counts& counts : row) sum += counts;
  return sum.total > 0 ? sum.bad / sum.total : 0;
}

// Each part's rate over that of its own period, in the middle of all periods but some.
std::vector<double> factors_of(const Table& table, const std::vector<char>& left_out) {
  std::vector<double> factors(table.parts, 1);
  for (std::size_t part = 0; part < table.parts; ++part) {
    std::vector<double> ratios;
    double expected = 0;
    for (std::size_t row = 0; row < table.rows.size(); ++row) {
      const double usual = rate_of(table.rows[row]);
      const Counts& counts = table.rows[row][part];
      if (left_out[row] != 0 || usual <= 0 || counts.total <= 0) continue;
      ratios.push_back(counts.bad / counts.total / usual);
      expected += counts.total * usual;
    }
    if (ratios.empty()) continue;
    // Of an even number the mean of the middle two, but where they are far apart: one is odd then.
    std::sort(ratios.begin(), ratios.end());
    const double low = ratios[(ratios.size() - 1) / 2];
    const double high = ratios[ratios.size() / 2];
    const double middle = high > 3 * low + 1 ? low : (low + high) / 2;
    factors[part] = (middle * expected + prior_failures) / (expected + prior_failures);
  }
  return factors;
}

// How much better factors tell failures than no season does, in nats.
class Gain {
 public:
  void add(std::span<const Counts> row, const std::vector<double>& factors) {
    for (std::size_t part = 0; part < row.size(); ++part) {
      total_ += row[part].total;
      lifted_ += row[part].total * factors[part];
      bad_ += row[part].bad;
      told_ += row[part].bad * std::log(factors[part]);
    }
  }
  double nats() const { return lifted_ > 0 ? told_ + bad_ * std::log(total_ / lifted_) : 0; }

 private:
  double total_ = 0;
  double lifted_ = 0;
  double bad_ = 0;
  double told_ = 0;
};

// Of the parts around what the factors expect; an incident's are the few that are far off.
double dispersion_around(const Table& table, const std::vector<double>& factors) {
  std::vector<double> squares;
  for (const std::vector<Counts>& row : table.rows) {
    double lifted = 0, bad = 0;
    for (std::size_t part = 0; part < row.size(); ++part) {
      lifted += row[part].total * factors[part];
      bad += row[part].bad;
    }
    for (std::size_t part = 0; lifted > 0 && part < row.size(); ++part) {
      const double expected = row[part].total * factors[part] * bad / lifted;
      if (expected < 1) continue;
      squares.push_back((row[part].bad - expected) * (row[part].bad - expected) / expected);
    }
  }
  return squares.size() < 8 ? 1 : std::max(1.0, median(squares) / median_of_square);
}

struct Candidate {
  Season season;
  double told = 0;  // how much better it foretells all failures than no season, in nats
};

// An incident's periods are foretold by none: one in four may be odd, or all that follow some that
// are not. The first one never: what begins later is no habit.
bool believable(const std::vector<char>& odd) {
  const auto rows = odd.size();
  const auto against = static_cast<std::size_t>(std::count(odd.begin(), odd.end(), 1));
  const auto lead = static_cast<std::size_t>(std::find(odd.begin(), odd.end(), 1) - odd.begin());
  if (lead == 0) return false;
  const std::size_t against_max = rows < 3 ? 0 : std::max<std::size_t>(1, rows / 4);
  return against <= against_max || (lead >= 2 && 3 * lead >= rows);
}

std::optional<Candidate> candidate_of(const HistTally& series, Duration period) {
  const std::optional<Table> table = table_of(series, period);
  if (!table) return std::nullopt;
  const std::size_t rows = table->rows.size();
  const double dispersion =
      dispersion_around(*table, factors_of(*table, std::vector<char>(rows, 0)));
  double gain = 0;
  std::vector<char> odd(rows, 0);
  Gain all;  // at one rate for all periods: so a week can show that its days differ
  for (std::size_t row = 0; row < rows; ++row) {
    std::vector<char> own(rows, 0);
    own[row] = 1;
    const std::vector<double> others = factors_of(*table, own);
    Gain one;
    one.add(table->rows[row], others);
    all.add(table->rows[row], others);
    odd[row] = one.nats() <= 0 ? 1 : 0;
    gain += std::max(0.0, one.nats() / dispersion);
  }
  if (gain < gain_least || !believable(odd)) return std::nullopt;
  Candidate made{{period, factors_of(*table, odd)}, 0};
  made.told = all.nats();
  return made;
}

}  // namespace

double Season::factor_at(Time time) const {
  if (empty()) return 1;
  const auto since = time.time_since_epoch() % period;
  const double share = seconds(since < Duration{} ? since + period : since) / seconds(period);
  const auto count = static_cast<double>(factors.size());
  const double place = share * count - 0.5;  // factors are those of the middles of parts
  const double left = std::floor(place);
  const auto at = [&](double part) {
    return factors[static_cast<std::size_t>(part < 0 ? part + count : part) % factors.size()];
  };
  return at(left) + (place - left) * (at(left + 1) - at(left));
}

Season season_of(const HistTally& series) {
  std::optional<Candidate> best;
  for (const std::chrono::hours period : {std::chrono::hours(24), std::chrono::hours(7 * 24)}) {
    std::optional<Candidate> one = candidate_of(series, period);
    if (one && (!best || one->told > best->told)) best = std::move(one);
  }
  return best ? best->season : Season{};
}

HistTally without_season(HistTally series, const Season& season) {
  if (season.empty()) return series;
  for (std::size_t i = 0; i < series.counts.size(); ++i) {
    Counts& counts = series.counts[i];
    const Time middle =
        series.from + series.bucket * static_cast<std::int64_t>(i) + series.bucket / 2;
    // Where nearly all fails, a rate cannot rise with the hour: never more bad than there are.
    counts.total = std::max(counts.bad, counts.total * season.factor_at(middle));
  }
  return series;
}

}  // namespace culprit
