#include "traffic.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace shop {
namespace {

constexpr uint64_t phase_stream = 4;
constexpr double wave_factor = 1.6;
constexpr double daily_drift = 0.15;
constexpr double hourly_drift = 0.05;
constexpr double relative_rate_max = (1 + daily_drift + hourly_drift) * wave_factor;
constexpr Instant wave_edge = 30 * second;  // in which it rises and falls
constexpr double repeat_chance = 0.35;
constexpr int attempts_max = 3;

double turn(double at, double period) { return 2 * std::numbers::pi * at / period; }

}  // namespace

Traffic::Traffic(const Plan& plan, const Population& population, double rate, uint64_t seed)
    : plan_(plan),
      population_(population),
      rate_(rate / 1000),
      phase_(Dice(seed, phase_stream).between(0, 2 * std::numbers::pi)),
      arrival_(static_cast<double>(plan.log.from)) {
  double sum = 0;
  int seconds = 0;
  for (Instant at = plan.log.from; at < plan.log.to; at += second, ++seconds) {
    sum += relative_rate(static_cast<double>(at));
  }
  rate_ *= seconds / sum;  // so that `rate` is the average of this log, wherever it begins
}

double Traffic::relative_rate(double at) const {
  const double drift = 1 + daily_drift * std::sin(turn(at, 24.0 * hour) + phase_) +
                       hourly_drift * std::sin(turn(at, 50.0 * minute) + 2 * phase_);
  const double edge =
      std::min(at - static_cast<double>(plan_.wave.from), static_cast<double>(plan_.wave.to) - at);
  return drift * (1 + (wave_factor - 1) * std::clamp(edge / wave_edge, 0.0, 1.0));
}

// Thinning: arrivals at the highest rate, of which a share is kept.
void Traffic::draw_arrival(Dice& dice) {
  do {
    arrival_ += dice.exponential(1 / (rate_ * relative_rate_max));
  } while (dice.unit() * relative_rate_max > relative_rate(arrival_));
}

std::optional<Request> Traffic::next(Dice& dice) {
  if (arrival_ == static_cast<double>(plan_.log.from)) draw_arrival(dice);
  const auto at = static_cast<Instant>(arrival_);
  if (!repeats_.empty() && repeats_.top().at <= at) {
    const Request again = repeats_.top();
    repeats_.pop();
    return again;
  }
  if (at >= plan_.log.to) return std::nullopt;
  draw_arrival(dice);
  return drawn_request(population_, at, dice);
}

void Traffic::may_repeat(const Request& failed, bool planted, Dice& dice) {
  if (failed.attempt >= attempts_max || !dice.chance(repeat_chance)) return;
  Request again = failed;
  ++again.attempt;
  again.after_planted = planted;
  again.at += dice.whole(800, 6000);
  again.host = drawn_host(population_, population_.users[again.user].region, dice);
  if (again.at < plan_.log.to) repeats_.push(again);
}

}  // namespace shop
