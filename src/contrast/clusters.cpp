#include "contrast/clusters.h"

#include <algorithm>
#include <cmath>

#include "base/dice.h"
#include "base/statistics.h"

namespace culprit {
namespace {

constexpr double cell_least = 2;      // failures expected in a cell of Pearson's statistic
constexpr double freedom_least = 4;   // degrees of it, for one field to say something
constexpr double block_failures = 3;  // of the part, on an average
constexpr std::size_t blocks_least = 8;
constexpr std::size_t blocks_most = 60;
constexpr double shared_weight = 4;  // blocks that what is shared counts for
constexpr std::size_t flips = 999;

struct Cells {
  std::vector<double> seen;  // by window
  std::vector<double> expected;
  double smallest() const { return *std::min_element(expected.begin(), expected.end()); }
  Cells& operator+=(const Cells& other) {
    for (std::size_t w = 0; w < seen.size(); ++w) {
      seen[w] += other.seen[w];
      expected[w] += other.expected[w];
    }
    return *this;
  }
};

// Failures of each value by window, and those expected if its rate, against that of the other
// values, were the same in all of them.
std::vector<Cells> cells_of(const FacetTally& tally, std::size_t from, std::size_t to,
                            Against against) {
  std::vector<Cells> made;
  std::vector<double> seen(to - from);
  std::vector<double> expected(to - from);
  for (const FacetValue& value : tally.values) {
    Counts sum;
    for (std::size_t w = from; w < to; ++w) sum += value.windows[w];
    if (sum.bad <= 0) continue;
    Cells cells;
    for (std::size_t w = from; w < to; ++w) {
      cells.seen.push_back(value.windows[w].bad);
      const double exposed = against == Against::units ? value.windows[w].total : 1;
      cells.expected.push_back(exposed * sum.bad / sum.total);
      seen[w - from] += cells.seen.back();
      expected[w - from] += cells.expected.back();
    }
    made.push_back(std::move(cells));
  }
  for (Cells& cells : made) {
    for (std::size_t w = 0; w < seen.size(); ++w) {
      cells.expected[w] *= expected[w] > 0 ? seen[w] / expected[w] : 0;
    }
  }
  return made;
}

// Values that are too rare for cells of their own share some.
std::vector<Cells> pooled(std::vector<Cells> cells, std::size_t windows) {
  std::stable_sort(cells.begin(), cells.end(),
                   [](const Cells& a, const Cells& b) { return a.smallest() > b.smallest(); });
  std::vector<Cells> made;
  const Cells empty{std::vector<double>(windows), std::vector<double>(windows)};
  Cells open = empty;
  for (const Cells& one : cells) {
    open += one;
    if (open.smallest() < cell_least) continue;
    made.push_back(std::move(open));
    open = empty;
  }
  if (!made.empty()) made.back() += open;
  return made;
}

struct Pearson {
  double sum = 0;
  double freedom = 0;
};

void add(Pearson& pearson, const FacetTally& tally, std::size_t from, std::size_t to,
         Against against) {
  if (to < from + 2) return;
  const std::vector<Cells> cells = pooled(cells_of(tally, from, to, against), to - from);
  if (cells.size() < 2) return;
  for (const Cells& one : cells) {
    for (std::size_t w = 0; w < to - from; ++w) {
      const double residual = one.seen[w] - one.expected[w];
      pearson.sum += residual * residual / one.expected[w];
    }
  }
  pearson.freedom += static_cast<double>((cells.size() - 1) * (to - from - 1));
}

// Neighbouring buckets added up to that many blocks.
std::vector<Counts> blocks_of(std::span<const Counts> buckets, std::size_t count) {
  std::vector<Counts> blocks(std::min(count, buckets.size()));
  for (std::size_t i = 0; i < buckets.size(); ++i) {
    blocks[i * blocks.size() / buckets.size()] += buckets[i];
  }
  return blocks;
}

std::size_t blocks_for(double failures) {
  return std::clamp(static_cast<std::size_t>(failures / block_failures), blocks_least, blocks_most);
}

// How many units had succeeded before each bucket, and in the end: a clock.
std::vector<double> ticks_of(std::span<const Counts> whole) {
  std::vector<double> ticks{0};
  for (const Counts& bucket : whole) {
    ticks.push_back(ticks.back() + std::max(0.0, bucket.total - bucket.bad));
  }
  return ticks;
}

// Failures from one place among the buckets to another, evenly.
void spread(double failures, double from, double to, std::vector<Counts>& buckets) {
  const double length = to - from;
  const std::size_t last = buckets.size() - 1;
  std::size_t at = std::min(static_cast<std::size_t>(from), last);
  if (length <= 0) buckets[at].bad += failures;
  for (; from < to && at <= last; ++at) {
    const double end = at == last ? to : std::min(to, static_cast<double>(at + 1));
    buckets[at].bad += failures * (end - from) / length;
    from = end;
  }
}

// Failures by that clock, in as many buckets of one length. In what order units came within a
// bucket of time is not known: its failures are spread over its ticks. Without a tick they come at
// once.
std::vector<Counts> told_by(std::span<const double> ticks, std::span<const Counts> buckets) {
  std::vector<Counts> told(buckets.size());
  const double length = ticks.back() / static_cast<double>(told.size());
  for (std::size_t i = 0; i < buckets.size(); ++i) {
    if (buckets[i].bad <= 0) continue;
    spread(buckets[i].bad, ticks[i] / length, ticks[i + 1] / length, told);
  }
  return told;
}

double failures_in(std::span<const Counts> buckets) {
  double sum = 0;
  for (const Counts& bucket : buckets) sum += bucket.bad;
  return sum;
}

}  // namespace

double shared_dispersion(std::span<const FacetTally> tallies, std::size_t befores,
                         Against against) {
  std::vector<double> found;
  for (const FacetTally& tally : tallies) {
    Pearson pearson;
    add(pearson, tally, 0, befores, against);
    add(pearson, tally, befores, tally.all.size(), against);
    if (pearson.freedom >= freedom_least) found.push_back(pearson.sum / pearson.freedom);
  }
  return found.empty() ? 0 : std::max(1.0, median(std::move(found)));
}

double own_dispersion(std::span<const Counts> part, double shared) {
  const double failures = failures_in(part);
  if (part.size() < 2 || failures <= 0) return shared;
  const std::vector<Counts> blocks = blocks_of(part, blocks_for(failures));
  const auto count = static_cast<double>(blocks.size());
  const double mean = failures / count;
  // Around a straight line, because what grows or fades slowly is no cluster.
  double slope = 0;
  double spread = 0;
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    const double at = static_cast<double>(i) - (count - 1) / 2;
    slope += at * blocks[i].bad;
    spread += at * at;
  }
  slope /= std::max(1.0, spread);
  double squares = 0;
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    const double at = static_cast<double>(i) - (count - 1) / 2;
    const double residual = blocks[i].bad - mean - slope * at;
    squares += residual * residual;
  }
  const double own = squares / mean / std::max(1.0, count - 2);
  return std::max(1.0, (own * count + shared * shared_weight) / (count + shared_weight));
}

Course course_of(std::span<const Counts> part, std::span<const Counts> whole, double shared) {
  Course by_time{{part.begin(), part.end()}, {whole.begin(), whole.end()}, 1};
  by_time.dispersion = own_dispersion(part, shared);
  const std::vector<double> ticks = ticks_of(whole);
  if (ticks.back() < static_cast<double>(blocks_least)) return by_time;
  Course by_traffic{told_by(ticks, part), told_by(ticks, whole), 1};
  by_traffic.dispersion = own_dispersion(by_traffic.part, shared);
  return by_traffic.dispersion <= by_time.dispersion ? by_traffic : by_time;
}

double flipped_p(std::span<const Counts> part, std::span<const Counts> whole, double due_share,
                 std::uint64_t seed) {
  const std::size_t count = blocks_for(failures_in(part));
  const std::vector<Counts> own = blocks_of(part, count);
  const std::vector<Counts> all = blocks_of(whole, count);
  std::vector<double> beyond;
  double sum = 0;
  for (std::size_t i = 0; i < own.size(); ++i) {
    beyond.push_back(own[i].bad - all[i].bad * due_share);
    sum += beyond.back();
  }
  Dice dice(seed);
  std::size_t as_much = 0;
  for (std::size_t flip = 0; flip < flips; ++flip) {
    double flipped = 0;
    for (std::size_t i = 0; i < beyond.size(); ++i) {
      flipped += (dice.bits() >> 63) != 0 ? beyond[i] : -beyond[i];
    }
    as_much += flipped >= sum - 1e-9 ? 1 : 0;
  }
  return static_cast<double>(as_much + 1) / (flips + 1);
}

}  // namespace culprit
