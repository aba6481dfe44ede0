#include "contrast/when.h"

#include <algorithm>
#include <cmath>

#include "base/statistics.h"
#include "contrast/dispersion.h"
#include "contrast/segmentation.h"

namespace culprit {
namespace {

// A rise must be this much to be an incident: smaller ones come and go with the traffic's mix.
constexpr double rise_min = 1.6;
// Failures beyond what the rate before explains; fewer cannot be told from one user's bad day.
constexpr double excess_min = 8;
// Prior odds that a series holds a change; quiet logs are the rule (1 in 100 false alarms wanted).
constexpr double prior_odds = 0.02;
// Gaps between incidents may scatter by this share of their median and still be a period.
constexpr double period_scatter_max = 0.35;
constexpr std::size_t rounds_max = 12;  // of dispersion against cuts; two or three are usual

bool rises(double rate, double total, double bad, double before) {
  return rate > before * rise_min && bad - before * total >= excess_min;
}

// Neighbouring stretches above `before` form one incident.
std::vector<Stretch> incidents_of(const std::vector<Stretch>& stretches, double before) {
  std::vector<Stretch> incidents;
  bool open = false;
  for (std::size_t i = 1; i < stretches.size(); ++i) {
    const Stretch& s = stretches[i];
    const bool above = rises(s.rate(), s.total, s.bad, before);
    // Half-way down is still the incident: it fades, or another cause lingers.
    const bool lingers =
        open && s.rate() > before * rise_min * 1.5 && s.rate() > incidents.back().rate() * 0.25;
    if (open && (above || lingers)) {
      Stretch& last = incidents.back();
      last.to = s.to;
      last.total += s.total;
      last.bad += s.bad;
    } else if (above) {
      incidents.push_back(s);
      open = true;
    } else {
      open = false;
    }
  }
  return incidents;
}

// The rate before: that of the stretches before the first one that towers over its past.
double rate_before_of(const std::vector<Stretch>& stretches) {
  double total = 0;
  double bad = 0;
  for (const Stretch& s : stretches) {
    const double before = (bad + 0.5) / (total + 1);
    if (total > 0 && rises(s.rate(), s.total, s.bad, before)) break;
    total += s.total;
    bad += s.bad;
  }
  return (bad + 0.5) / (total + 1);
}

std::optional<std::size_t> period_buckets(const std::vector<Stretch>& incidents) {
  if (incidents.size() < 3) return std::nullopt;
  std::vector<double> gaps;
  for (std::size_t i = 1; i < incidents.size(); ++i) {
    gaps.push_back(static_cast<double>(incidents[i].from - incidents[i - 1].from));
  }
  const double middle = median(gaps);
  std::vector<double> off;
  for (const double gap : gaps) off.push_back(std::abs(gap - middle));
  if (median(off) > middle * period_scatter_max) return std::nullopt;
  return static_cast<std::size_t>(middle + 0.5);
}

void judge_shape(Outbreak& outbreak, const HistTally& series) {
  const std::size_t buckets = series.counts.size();
  const Stretch& last = outbreak.incidents.back();
  outbreak.ongoing = last.to == buckets;
  if (const auto period = period_buckets(outbreak.incidents)) {
    outbreak.shape = Shape::recurring;
    outbreak.period = series.bucket * static_cast<std::int64_t>(*period);
    outbreak.ongoing = buckets - last.to < *period * 3 / 2;
  } else if (outbreak.ongoing) {
    outbreak.shape = Shape::step;  // a ramp is told by locate_onset()
  } else {
    outbreak.shape = Shape::spike;
  }
}

struct Fit {
  Segmentation cut;
  double dispersion = 1;
};

// Cuts that follow clusters hide the scatter, and scatter hides cuts: begin with every cut that
// independent failures would justify and take back those that the scatter left over refutes. Four
// short bursts can end as one stretch of wild scatter that way, so of all rounds the one counts
// that explains most: n log(scatter) is twice the extended quasi-likelihood (Nelder and Pregibon,
// 1987).
Fit fit_of(std::span<const Counts> counts, double penalty) {
  Fit best;
  double least = INFINITY;
  double dispersion = 1;
  for (std::size_t round = 0; round < rounds_max; ++round) {
    Segmentation cut = segment(counts, dispersion, penalty);
    const double left = dispersion_of(counts, cut.stretches);
    const double cuts = static_cast<double>(cut.stretches.size()) - 1;
    const double unexplained = log_scatter(counts, cut.stretches) + cuts * penalty;
    const bool settled = left <= dispersion * 1.02 || cuts == 0;
    // The gain was measured with the scatter assumed; what counts is what is left.
    cut.gain =
        (cut.gain + cuts * penalty) * dispersion / std::max(left, dispersion) - cuts * penalty;
    dispersion = std::max(left, dispersion);
    if (unexplained < least) {
      least = unexplained;
      best = {std::move(cut), dispersion};
    }
    if (settled) break;
  }
  return best;
}

}  // namespace

std::string_view name_of(Shape shape) {
  switch (shape) {
    case Shape::none: return "none";
    case Shape::step: return "step";
    case Shape::ramp: return "ramp";
    case Shape::spike: return "spike";
    case Shape::recurring: return "recurring";
    case Shape::throughout: return "throughout";
  }
  return "none";
}

Outbreak find_outbreak(const HistTally& seen) {
  Outbreak outbreak;
  if (seen.counts.size() < 4) return outbreak;
  outbreak.season = season_of(seen);
  const HistTally series = without_season(seen, outbreak.season);
  const std::span<const Counts> counts = series.counts;
  // A cut costs its place (log n bits of choice) and a rate: Schwarz's criterion, doubled for the
  // place, as Zhang and Siegmund (2007) correct it.
  const double penalty = 3 * std::log(static_cast<double>(counts.size()));
  const Fit fit = fit_of(counts, penalty);
  const Segmentation& cut = fit.cut;
  outbreak.dispersion = fit.dispersion;
  outbreak.stretches = cut.stretches;
  outbreak.log_odds = std::log(prior_odds) + cut.gain / 2;
  outbreak.probability = 1 / (1 + std::exp(-std::clamp(outbreak.log_odds, -700.0, 700.0)));
  if (cut.stretches.size() < 2) return outbreak;
  outbreak.rate_before = rate_before_of(cut.stretches);
  outbreak.incidents = incidents_of(cut.stretches, outbreak.rate_before);
  if (outbreak.incidents.empty() || outbreak.probability < 0.5) return outbreak;
  outbreak.found = true;
  outbreak.rate_during = outbreak.incidents.front().rate();
  judge_shape(outbreak, series);
  return outbreak;
}

HistTally as_counts(HistTally series) {
  double most = 1;
  for (const Counts& counts : series.counts) most = std::max(most, counts.bad);
  for (Counts& counts : series.counts) counts.total = most * 1000;
  return series;
}

}  // namespace culprit
