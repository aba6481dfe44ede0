#include "plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "deploys.h"
#include "refusal.h"

namespace shop {
namespace {

constexpr uint64_t plan_stream = 2;
constexpr uint64_t share_stream = 3;
constexpr uint64_t streams = 16;  // more than there are streams
constexpr int share_sample = 20'000;
constexpr int attempts_max = 200;
// The smallest segment: at the default rate it leaves some 500 requests after the onset.
constexpr double share_min = 0.01;
constexpr double affected_min = 120;
constexpr double everyone_probability = 0.3;
constexpr double probability_min = 0.03;
constexpr double probability_max = 0.5;

int size_of(Field field) {
  switch (field) {
    case Field::region: return static_cast<int>(regions.size());
    case Field::zone: return static_cast<int>(regions.size()) * zones_per_region;
    case Field::host: return static_cast<int>(regions.size()) * zones_per_region * hosts_per_zone;
    case Field::country: return static_cast<int>(countries.size());
    case Field::plan: return static_cast<int>(plans.size());
    case Field::app: return static_cast<int>(apps.size());
    case Field::provider: return static_cast<int>(providers.size());
    case Field::route: return route_export;  // /export fails more at all times, so it is no cause
    case Field::new_checkout: return 2;
    case Field::cart_size:
    case Field::version: break;
  }
  return 1;
}

Condition drawn_condition(Field field, Dice& dice) {
  if (field == Field::new_checkout) return {field, 1};
  return {field, static_cast<int>(dice.below(static_cast<uint32_t>(size_of(field))))};
}

template <size_t Count>
Field one_of(const std::array<Field, Count>& fields, Dice& dice) {
  return fields[dice.below(Count)];
}

Cause drawn_cause(const Kind& kind, Dice& dice) {
  constexpr std::array singles = {Field::region,   Field::zone,  Field::host,
                                  Field::country,  Field::plan,  Field::app,
                                  Field::provider, Field::route, Field::new_checkout};
  constexpr std::array places = {Field::region, Field::zone, Field::country};
  constexpr std::array others = {Field::plan, Field::app, Field::provider, Field::route,
                                 Field::new_checkout};
  constexpr std::array slow_with = {Field::region, Field::plan, Field::app, Field::provider};
  const std::string_view name = kind.name;
  if (kind.effect == Effect::none || kind.effect == Effect::silent || name == "everyone") return {};
  if (name == "threshold") return {{Field::cart_size, dice.whole(7, 12)}};
  if (name == "canary") return {{Field::version, 1}};
  if (kind.effect == Effect::slow) {
    return {drawn_condition(Field::route, dice), drawn_condition(one_of(slow_with, dice), dice)};
  }
  if (name != "combination") return {drawn_condition(one_of(singles, dice), dice)};
  const Condition second = drawn_condition(one_of(others, dice), dice);
  // Of two properties that have nothing to do with the place, one in three combinations.
  if (dice.chance(1.0 / 3) && second.field != Field::provider) {
    return {drawn_condition(Field::provider, dice), second};
  }
  return {drawn_condition(one_of(places, dice), dice), second};
}

// The share of requests that meet the cause, once the release is everywhere.
double share_of(const Cause& cause, const Population& population, uint64_t seed) {
  Dice dice(seed, share_stream);
  int met = 0;
  for (int i = 0; i < share_sample; ++i) {
    met += meets(cause, drawn_request(population, 0, dice), Version::released, population);
  }
  return static_cast<double>(met) / share_sample;
}

double seconds_of_full_intensity(const Plan& plan) {
  double seconds = 0;
  for (Instant at = plan.log.from; at < plan.log.to; at += second) {
    double acting = plan.intensity(at);
    if (plan.kind.name == "canary") {
      const auto on = std::count_if(plan.switch_at.begin(), plan.switch_at.end(),
                                    [&](Instant switched) { return switched <= at; });
      acting *= static_cast<double>(on) / static_cast<double>(plan.switch_at.size());
    }
    seconds += acting;
  }
  return seconds;
}

double log_between(double low, double high, Dice& dice) {
  return std::exp(dice.between(std::log(low), std::log(high)));
}

Instant minutes_of(double count) {
  return static_cast<Instant>(std::llround(count * static_cast<double>(minute)));
}

void draw_times(Plan& plan, const Options& options, Dice& dice) {
  const Kind& kind = plan.kind;
  const double length = options.minutes;
  const double drawn = dice.between(kind.onset_from, kind.onset_to) * length;
  const Instant onset = plan.log.from + minutes_of(options.onset.value_or(drawn));
  plan.ramp = minutes_of(dice.between(5, 10));
  plan.period = minutes_of(dice.between(4, 6));
  plan.burst = minutes_of(dice.between(0.8, 1.6));
  const Instant spike = minutes_of(dice.between(3, 6));
  if (kind.shape != Shape::none) plan.onset = onset;
  if (kind.shape == Shape::spike) plan.end = std::min(onset + spike, plan.log.to);

  const Instant wave_length = minutes_of(dice.between(0.10, 0.16) * length);
  const Instant away = minutes_of(0.09 * length);
  for (int attempt = 0; attempt < attempts_max; ++attempt) {
    plan.wave.from = plan.log.from + minutes_of(dice.between(0.04, 0.80) * length);
    plan.wave.to = plan.wave.from + wave_length;
    if (plan.wave.to + away < onset || plan.wave.from - away > onset) return;
  }
}

void draw_magnitude(Plan& plan, const Options& options, const Population& population, Dice& dice) {
  if (plan.kind.effect == Effect::none || plan.kind.effect == Effect::silent) return;
  const double requests = seconds_of_full_intensity(plan) * options.rate;
  for (int attempt = 0; attempt < attempts_max; ++attempt) {
    plan.cause = drawn_cause(plan.kind, dice);
    const double share = share_of(plan.cause, population, options.seed);
    const double wanted = log_between(150, 1500, dice);
    const double drawn = wanted / std::max(share * requests, 1.0);
    plan.probability = std::clamp(drawn, probability_min, probability_max);
    if (plan.kind.name == "canary") plan.probability = log_between(0.04, 0.3, dice);
    if (plan.kind.name == "everyone") plan.probability = everyone_probability;
    if (plan.kind.effect == Effect::slow) plan.probability = 1;
    if (share >= share_min && share * requests * plan.probability >= affected_min) return;
  }
  throw Refusal{
      Fault::usage,
      fmt::format("{:.0f} requests during the incident are too few to plant it", requests),
      "a higher --rate, more --minutes or an earlier --onset-minute"};
}

// Which of the incidents: the repository says it, else the seed. The rules by remainder are also
// make-repo's, so that commit and incident agree.
void choose_incident(Plan& plan, const Options& options, const RepoInfo& repo) {
  plan.incident = options.seed % incidents_of_code;
  for (size_t i = 0; i < incidents_of_code; ++i) {
    if (incidents[i].name == repo.incident) plan.incident = i;
  }
  plan.wrong = options.seed % 2 == 0 ? Wrong::total : Wrong::currency;
  const uint64_t turn = options.seed % 3;
  if (plan.kind.effect == Effect::silent) {
    plan.stopped = turn == 1 ? Stopped::orders : Stopped::heartbeats;
    if (turn == 0 && options.format == Format::mixed) plan.stopped = Stopped::auth;
  }
  const bool can_lack_code = plan.kind.effect == Effect::silent || plan.kind.name == "everyone";
  plan.code_caused = plan.onset && !(can_lack_code && turn == 0);
  if (plan.onset && !plan.code_caused) plan.incident = incidents_of_code;
}

}  // namespace

double Plan::intensity(Instant at) const {
  if (!onset || at < *onset || (end && at >= *end)) return 0;
  if (kind.name == "ramp") {
    return std::min(1.0, static_cast<double>(at - *onset) / static_cast<double>(ramp));
  }
  if (kind.shape == Shape::recurring) return (at - *onset) % period < burst ? 1 : 0;
  return 1;
}

Plan drawn_plan(const Options& options, const Population& population, const RepoInfo& repo) {
  // Salted, so that the kinds of one seed are different incidents.
  const auto row = std::find_if(kinds().begin(), kinds().end(),
                                [&](const Kind& kind) { return kind.name == options.kind.name; });
  const auto salt = static_cast<uint64_t>(row - kinds().begin());
  Dice dice(options.seed, plan_stream + streams * salt);
  Plan plan{};
  plan.kind = options.kind;
  plan.log = {options.start, options.start + options.minutes * minute};
  draw_times(plan, options, dice);
  choose_incident(plan, options, repo);
  draw_deploys(plan, repo, population, dice);
  draw_magnitude(plan, options, population, dice);
  return plan;
}

}  // namespace shop
