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

// A leak or a filling cache shows slowly; what fails with the first request does not, unless it
// is the rollout that goes slowly. Who served many requests well does not fail with the first one.
constexpr double at_once_if_slow = 0.1;
constexpr double rollout_if_slow = 0.6;
constexpr double delayed_if_slow = 2.0;
// A quarter of what shows late is begun by a job, at a time that one onset in thirty hits by
// chance.
constexpr double delayed_if_round = 7;
constexpr double at_once_if_served = 0.05;
constexpr double rollout_if_served = 0.3;

// Nearness is told against a change that lies two hours back.
constexpr double reference_lag = 2 * hour;
constexpr double power = 0.65;
constexpr double log_max = 4.5;
constexpr double log_min = -5;  // weeks before

// After the onset it cannot be the cause, unless a clock is wrong: seldom by seconds, hardly ever
// by minutes. One in a million at last.
constexpr double log_after = -5;
constexpr double log_after_minute = -6;  // for each minute more
constexpr double log_after_min = -13.8;

// Where versions show that the list's clock is ahead, it is by no less than they show: some time
// passed from what is listed to the first request.
constexpr Duration first_request = std::chrono::seconds(30);

constexpr int samples = 16;  // of the onset's interval

double exponential(double lag, double mean) { return std::exp(-lag / mean) / mean; }

const Mixture& mixture_of(const Change& change) {
  if (!change.deployed || change.kind == ChangeKind::commit) return of_commit;
  return is_setting(change.kind) ? of_switch : of_deploy;
}

double rollout_density(double lag, const Change& change) {
  if (!change.finished) return exponential(lag, rollout_mean);
  const double span = seconds(*change.finished - change.at) + rollout_tail;
  return lag <= span ? 1 / span : 0;
}

Mixture mixture_for(const Change& change, const LagQuestion& question) {
  Mixture mixture = mixture_of(change);
  if (question.onset->slow) {
    mixture.at_once *= at_once_if_slow;
    mixture.rollout *= rollout_if_slow;
    mixture.delayed *= delayed_if_slow;
  }
  if (question.onset->round) mixture.delayed *= delayed_if_round;
  return mixture;
}

Mixture if_unharmed(Mixture mixture, double unharmed) {
  mixture.at_once *= std::max(at_once_if_served, unharmed);
  mixture.rollout *= std::max(rollout_if_served, unharmed);
  return mixture;
}

double density(double lag, const Change& change, const Mixture& mixture) {
  return mixture.at_once * exponential(lag, mixture.at_once_mean) +
         mixture.rollout * rollout_density(lag, change) +
         mixture.delayed * exponential(lag, mixture.delayed_mean) +
         mixture.latent * (lag <= latent_span ? 1 / latent_span : 0);
}

double density_mean(const Change& change, Time at, const LagQuestion& question,
                    const Mixture& mixture) {
  const Onset& onset = *question.onset;
  const double width = seconds(onset.to - onset.from);
  const double first = seconds(onset.from - at);
  double sum = 0;
  for (int i = 0; i < samples; ++i) {
    const double lag = first + width * (i + 0.5) / samples;
    if (lag >= -seconds(question.skew)) sum += density(std::max(0.0, lag), change, mixture);
  }
  return sum / samples;
}

// Whole seconds are enough for a reader.
std::string told(Duration duration) {
  const auto whole = std::chrono::round<std::chrono::seconds>(duration);
  return to_string(whole >= std::chrono::seconds(10) ? Duration(whole) : duration);
}

std::string text_of(const Change& change, Time at, const Onset& onset) {
  const Duration lag = onset.at - at;
  const std::string_view what = onset.of_message ? "first failing message" : "onset";
  const std::string clock =
      change.ahead > Duration::zero()
          ? fmt::format(", the list's clock being {} ahead of the logs", told(change.ahead))
          : "";
  if (lag >= Duration::zero()) {
    return (lag < std::chrono::seconds(1) ? fmt::format("at the {}", what)
                                          : fmt::format("{} before the {}", told(lag), what)) +
           clock;
  }
  if (at <= onset.to) {
    return fmt::format("{} after the likeliest onset, within its interval", told(-lag)) + clock;
  }
  return fmt::format("{} after the {}", told(-lag), what) + clock;
}

}  // namespace

LagEvidence lag_evidence(const Change& change, const LagQuestion& question) {
  if (!question.onset || change.at == no_time || question.onset->at == no_time) return {};
  LagQuestion known = question;
  Onset& onset = *known.onset;
  if (onset.from == no_time || onset.from > onset.at) onset.from = onset.at;
  if (onset.to == no_time || onset.to < onset.at) onset.to = onset.at;
  const Time at = change.at - change.ahead;
  LagEvidence evidence;
  evidence.text = text_of(change, at, onset);
  if (change.ahead > Duration::zero()) known.skew += first_request;
  evidence.after = at > onset.to + known.skew;
  if (evidence.after) {
    const double minutes = seconds(at - onset.to) / minute;
    evidence.log_ratio = std::max(log_after_min, log_after + log_after_minute * minutes);
    return evidence;
  }
  const Mixture mixture = mixture_for(change, known);
  const double near = density_mean(change, at, known, mixture);
  const double served = density_mean(change, at, known, if_unharmed(mixture, known.unharmed));
  const double ratio = near / density(reference_lag, {}, of_deploy);
  const double log_ratio = power * std::log(ratio) + std::log(served / near);
  evidence.log_ratio = near > 0 ? std::clamp(log_ratio, log_min, log_max) : log_min;
  return evidence;
}

}  // namespace culprit
