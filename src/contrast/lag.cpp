#include "contrast/lag.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

namespace culprit {
namespace {

constexpr double minute = 60;
constexpr double hour = 3600;
constexpr double day = 86400;

// Shares of faults by how they show, and the mean time they take. Judged from experience; bench
// accuracy tells whether the probabilities that follow keep their word.
struct Mixture {
  double at_once;
  double at_once_mean;
  double rollout;
  double delayed;
  double delayed_mean;
  double latent;  // even over `latent_span`
};
constexpr Mixture of_deploy = {0.50, 1.5 * minute, 0.30, 0.17, 6 * hour, 0.03};
constexpr Mixture of_switch = {0.70, 1 * minute, 0.10, 0.17, 6 * hour, 0.03};
// A commit or a tag is made first and reaches production later.
constexpr Mixture of_commit = {0.35, 2 * day, 0.10, 0.35, 6 * hour, 0.20};

constexpr double rollout_mean = 12 * minute;  // where its end is not known
constexpr double rollout_tail = 2 * minute;   // after its end
constexpr double latent_span = 14 * day;

// An onset that no change caused is as likely at any time of a day.
constexpr double chance_span = 1 * day;
constexpr double power = 0.5;
constexpr double log_max = 2.1;  // nearness alone: at most about 8 to 1

constexpr double log_min = -4;  // weeks before

constexpr double log_after = -13.8;  // one in a million: a clock may be wrong after all

constexpr int samples = 16;  // of the onset's interval

double exponential(double lag, double mean) { return std::exp(-lag / mean) / mean; }

const Mixture& mixture_of(const Change& change) {
  if (!change.deployed || change.kind == ChangeKind::commit) return of_commit;
  const bool is_switch = change.kind == ChangeKind::flag || change.kind == ChangeKind::config;
  return is_switch ? of_switch : of_deploy;
}

double rollout_density(double lag, const Change& change) {
  if (!change.finished) return exponential(lag, rollout_mean);
  const double span = seconds(*change.finished - change.at) + rollout_tail;
  return lag <= span ? 1 / span : 0;
}

double density(double lag, const Change& change) {
  const Mixture& mixture = mixture_of(change);
  return mixture.at_once * exponential(lag, mixture.at_once_mean) +
         mixture.rollout * rollout_density(lag, change) +
         mixture.delayed * exponential(lag, mixture.delayed_mean) +
         mixture.latent * (lag <= latent_span ? 1 / latent_span : 0);
}

double density_mean(const Change& change, const Onset& onset, Duration skew) {
  const double width = seconds(onset.to - onset.from);
  const double first = seconds(onset.from - change.at);
  double sum = 0;
  for (int i = 0; i < samples; ++i) {
    const double lag = first + width * (i + 0.5) / samples;
    if (lag >= -seconds(skew)) sum += density(std::max(0.0, lag), change);
  }
  return sum / samples;
}

// Whole seconds are enough for a reader.
std::string told(Duration duration) {
  const auto whole = std::chrono::round<std::chrono::seconds>(duration);
  return to_string(whole >= std::chrono::seconds(10) ? Duration(whole) : duration);
}

std::string text_of(const Change& change, const Onset& onset) {
  const Duration lag = onset.at - change.at;
  if (lag >= Duration::zero()) {
    return lag < std::chrono::seconds(1) ? "at the onset" : told(lag) + " before the onset";
  }
  if (change.at <= onset.to)
    return fmt::format("{} after the likeliest onset, within its interval", told(-lag));
  return told(-lag) + " after the onset";
}

}  // namespace

LagEvidence lag_evidence(const Change& change, const std::optional<Onset>& onset, Duration skew) {
  if (!onset || change.at == no_time || onset->at == no_time) return {};
  Onset known = *onset;
  if (known.from == no_time || known.from > known.at) known.from = known.at;
  if (known.to == no_time || known.to < known.at) known.to = known.at;
  LagEvidence evidence;
  evidence.text = text_of(change, known);
  evidence.after = change.at > known.to + skew;
  if (evidence.after) {
    evidence.log_ratio = log_after;
    return evidence;
  }
  const double ratio = density_mean(change, known, skew) * chance_span;
  evidence.log_ratio = ratio > 0 ? std::clamp(power * std::log(ratio), log_min, log_max) : log_min;
  return evidence;
}

}  // namespace culprit
