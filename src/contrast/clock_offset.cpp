#include "contrast/clock_offset.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace culprit {
namespace {

constexpr Duration zone_step = std::chrono::minutes(30);
constexpr Duration zone_slack = std::chrono::minutes(5);  // a clock may be off besides
constexpr Duration exact_slack = std::chrono::minutes(1);
constexpr Duration clock_least = std::chrono::seconds(1);
constexpr Duration spread_least = std::chrono::milliseconds(250);
constexpr double spread_share = 0.2;  // of the offset

Duration magnitude(Duration time) { return time < Duration{0} ? -time : time; }

// Groups of sources that agree, each named by its least member.
class Groups {
 public:
  explicit Groups(std::size_t count) : parent_(count) {
    std::iota(parent_.begin(), parent_.end(), std::uint32_t{0});
  }
  std::uint32_t of(std::uint32_t source) const {
    while (parent_[source] != source) source = parent_[source];
    return source;
  }
  void join(std::uint32_t a, std::uint32_t b) {
    a = of(a);
    b = of(b);
    parent_[std::max(a, b)] = std::min(a, b);
  }

 private:
  std::vector<std::uint32_t> parent_;
};

ClockOffset reversed(ClockOffset offset) {
  return {-offset.ahead, -offset.high, -offset.low, offset.ids, offset.zone};
}

}  // namespace

std::optional<ClockOffset> offset_of(std::vector<Duration> differences) {
  const std::size_t count = differences.size();
  if (count < shared_ids_least) return std::nullopt;
  std::sort(differences.begin(), differences.end());
  const auto quantile = [&](double share) {
    return differences[static_cast<std::size_t>(share * static_cast<double>(count - 1))];
  };
  const Duration median = quantile(0.5);
  // Ranks of the median's interval, by the binomial's normal approximation.
  const double reach =
      1.96 * std::sqrt(static_cast<double>(count)) / 2 / static_cast<double>(count);
  ClockOffset offset{median, quantile(std::max(0.0, 0.5 - reach)),
                     quantile(std::min(1.0, 0.5 + reach)), count, false};
  const Duration half_hours =
      zone_step * static_cast<std::int64_t>(std::llround(seconds(median) / seconds(zone_step)));
  const Duration beside = median - half_hours;
  if (half_hours != Duration{0} && magnitude(beside) <= zone_slack &&
      quantile(0.75) - quantile(0.25) <= zone_slack) {
    offset.zone = magnitude(beside) <= exact_slack;
    if (offset.zone) offset.ahead = half_hours;
    return offset;
  }
  if (magnitude(median) < clock_least) return std::nullopt;
  const Duration spread =
      std::max(spread_least, from_seconds(spread_share * seconds(magnitude(median))));
  const bool steady = median - quantile(0.05) <= spread && quantile(0.75) - median <= spread;
  return steady ? std::optional(offset) : std::nullopt;
}

std::vector<OffSource> off_sources(const SharedIds& shared,
                                   const std::vector<std::uint64_t>& trust) {
  struct Edge {
    std::uint32_t a = 0;
    std::uint32_t b = 0;
    ClockOffset offset;
  };
  std::vector<Edge> edges;
  Groups groups(trust.size());
  std::vector<std::uint64_t> ids(trust.size(), 0);
  for (const auto& [pair, differences] : shared) {
    if (differences.size() < shared_ids_least) continue;
    ids[pair.first] += differences.size();
    ids[pair.second] += differences.size();
    const auto offset = offset_of(differences);
    if (offset) {
      edges.push_back({pair.first, pair.second, *offset});
    } else {
      groups.join(pair.first, pair.second);
    }
  }
  if (edges.empty()) return {};
  std::vector<std::pair<std::uint64_t, std::uint64_t>> weight(trust.size());  // of groups
  for (std::uint32_t i = 0; i < trust.size(); ++i) {
    weight[groups.of(i)].first += ids[i];
    weight[groups.of(i)].second += ids[i] > 0 ? trust[i] : 0;
  }
  const auto right =
      static_cast<std::uint32_t>(std::max_element(weight.begin(), weight.end()) - weight.begin());
  // What was compared with most ids counts most.
  std::stable_sort(edges.begin(), edges.end(),
                   [](const Edge& x, const Edge& y) { return x.offset.ids > y.offset.ids; });
  std::map<std::uint32_t, OffSource> off;  // by group
  for (const Edge& edge : edges) {
    const std::uint32_t a = groups.of(edge.a);
    const std::uint32_t b = groups.of(edge.b);
    if (a == right && b != right) off.try_emplace(b, OffSource{edge.b, edge.a, edge.offset});
    if (b == right && a != right)
      off.try_emplace(a, OffSource{edge.a, edge.b, reversed(edge.offset)});
  }
  std::vector<OffSource> found;
  for (std::uint32_t i = 0; i < trust.size(); ++i) {
    const auto entry = off.find(groups.of(i));
    if (entry == off.end()) continue;
    found.push_back(entry->second);
    found.back().source = i;
  }
  return found;
}

}  // namespace culprit
