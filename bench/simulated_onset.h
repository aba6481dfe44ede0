// Simulated requests whose failures begin at a known instant, as an Engine that counts them.
//
// So that the search for the onset is measured as it runs in an investigation: from the first look
// to the finest histogram, which shows single requests. Counts are beta-binomial: `overdispersion`
// is the correlation of two requests of one bucket (0: they fail independently of each other).
#pragma once

#include <algorithm>
#include <cmath>
#include <numbers>
#include <random>
#include <vector>

#include "contrast/when.h"
#include "store/engine.h"

namespace culprit::bench {

constexpr std::size_t buckets = 480;  // as the first look of an investigation has
constexpr double requests = 200;      // a bucket, Poisson
constexpr double rate_before = 0.01;

struct Setting {
  const char* name;
  Shape shape = Shape::none;
  double rise = 1;  // the rate during over that before; 1: nothing happens
  double overdispersion = 0;
  std::size_t ramp = 0;    // buckets that the rise takes
  std::size_t period = 0;  // buckets from burst to burst, which last a quarter of it
  std::size_t lasts = 0;   // buckets; 0: to the end
  std::size_t pause = 0;   // buckets from the end of the first to a second change; 0: there is none
  double second_rise = 1;  // the rate since then over that before everything
  double days = 0;         // the span of all buckets; 0: five seconds a bucket
  double daily = 0;        // ln of the rate's swing over a day, up and down
  double nightly = 1;      // the rate is as many times higher for half an hour each night
};

struct Simulated {
  std::vector<double> at;        // of each request, in buckets since the first
  std::vector<std::size_t> bad;  // how many of the requests before each one failed; one more entry
  Time from{};
  Duration bucket{};
  double onset = 0;   // in buckets
  double second = 0;  // of the second change; 0: there is none
};

inline double beta(std::mt19937_64& dice, double a, double b) {
  const double x = std::gamma_distribution<double>(a)(dice);
  const double y = std::gamma_distribution<double>(b)(dice);
  return x + y > 0 ? x / (x + y) : 0;
}

inline double usual_rate(const Setting& setting, const Simulated& made, double at) {
  constexpr double day = 86'400;
  if (setting.days == 0) return rate_before;
  const double second =
      std::fmod(seconds(made.from.time_since_epoch()) + at * seconds(made.bucket), day);
  const bool night = second >= 7'200 && second < 9'000;
  return rate_before * std::exp(setting.daily * std::sin(2 * std::numbers::pi * second / day)) *
         (night ? setting.nightly : 1);
}

// How many times the usual rate an instant has.
inline double rise_at(const Setting& setting, const Simulated& made, double at) {
  const double since = at - made.onset;
  if (since < 0 || setting.rise == 1) return 1;
  if (made.second > 0 && at >= made.second) return setting.second_rise;
  const auto passed = static_cast<std::size_t>(since);
  if (setting.period > 0 && passed % setting.period >= setting.period / 4) return 1;
  if (setting.lasts > 0 && passed >= setting.lasts) return 1;
  if (setting.ramp == 0) return setting.rise;
  return 1 + (setting.rise - 1) * std::min(1.0, since / static_cast<double>(setting.ramp));
}

inline Simulated simulated(const Setting& setting, std::uint64_t seed) {
  std::mt19937_64 dice(seed);
  const auto share = [&] { return static_cast<double>(dice() >> 11) * 0x1p-53; };
  Simulated made;
  made.bucket = setting.days > 0 ? from_seconds(setting.days * 86'400 / buckets)
                                 : Duration(std::chrono::seconds(5));
  made.from = Time{} + from_seconds(std::floor(share() * 86'400));
  made.onset = 120 + 200 * share();
  if (setting.second_rise > 1) {
    made.second = made.onset + static_cast<double>(setting.lasts + setting.pause);
  }
  made.bad.push_back(0);
  for (std::size_t i = 0; i < buckets; ++i) {
    std::vector<double> times(
        static_cast<std::size_t>(std::poisson_distribution<int>(requests)(dice)));
    for (double& time : times) time = static_cast<double>(i) + share();
    std::sort(times.begin(), times.end());
    double last_rate = -1;
    double drawn = 0;
    for (const double time : times) {
      const double rate = std::min(0.95, usual_rate(setting, made, static_cast<double>(i) + 0.5) *
                                             rise_at(setting, made, time));
      // One draw a bucket, and one more where the rate steps within it.
      if (setting.ramp > 0 ? last_rate < 0 : rate != last_rate) {
        const double size = setting.overdispersion > 0 ? 1 / setting.overdispersion - 1 : 0;
        drawn = size > 0 ? beta(dice, rate * size, (1 - rate) * size) : rate;
        last_rate = rate;
      }
      made.at.push_back(time);
      made.bad.push_back(made.bad.back() + (share() < drawn ? 1 : 0));
    }
  }
  return made;
}

inline HistTally histogram(const Simulated& made, Window window, Duration bucket) {
  HistTally tally{window.from, bucket, {}, true};
  const double width = seconds(bucket) / seconds(made.bucket);
  const double from = seconds(window.from - made.from) / seconds(made.bucket);
  const double to = seconds(window.to - made.from) / seconds(made.bucket);
  auto index = static_cast<std::size_t>(std::lower_bound(made.at.begin(), made.at.end(), from) -
                                        made.at.begin());
  for (double end = from; end < to - 1e-6 * width;) {
    end = std::min(to, from + width * static_cast<double>(tally.counts.size() + 1));
    const std::size_t first = index;
    while (index < made.at.size() && made.at[index] < end) ++index;
    tally.counts.push_back({static_cast<double>(index - first),
                            static_cast<double>(made.bad[index] - made.bad[first])});
  }
  return tally;
}

// Answers histograms; nothing else is asked in search of an onset.
class SimulatedEngine : public Engine {
 public:
  explicit SimulatedEngine(const Simulated& made) : made_(made) {
    schema_.events = made.at.size();
    schema_.from = made.from;
    schema_.to = made.from + made.bucket * static_cast<std::int64_t>(buckets);
  }
  const Schema& schema() const override { return schema_; }
  HistTally hist(const HistQuery& query) override {
    return histogram(made_, query.window, query.bucket);
  }
  Judged judge(const OutcomeRule&) override { return {}; }
  std::vector<FacetTally> facets(std::span<const FacetQuery>) override { return {}; }
  std::vector<CrossTally> crosses(std::span<const CrossQuery>) override { return {}; }
  ExtractTally extract(const ExtractQuery&) override { return {}; }
  std::vector<SkeletonTally> templates(const TemplateQuery&) override { return {}; }
  QuantTally quant(const QuantQuery&) override { return {}; }
  SeriesTally series(const SeriesQuery&) override { return {}; }
  std::vector<Row> around(const AroundQuery&) override { return {}; }
  std::vector<UnitSample> sample(const SampleQuery&) override { return {}; }
  std::vector<Time> bad_starts(const Expr&, Window, std::size_t) override { return {}; }
  Time first_seen(const Expr&) override { return no_time; }
  std::vector<std::string> lines_at(std::span<const Place> places) override {
    return std::vector<std::string>(places.size());
  }

 private:
  const Simulated& made_;
  Schema schema_;
};

}  // namespace culprit::bench
