#include "fate.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace shop {
namespace {

// Per request, of a shop in good health.
constexpr double background_failures = 0.001;
constexpr double rejections = 0.012;
constexpr double recoveries = 0.006;
constexpr double background_losses = 0.001;  // kind wrong only: vouchers and old clients
// A user who tries again at once meets the same trouble more often: this is what makes failures
// cluster.
constexpr double repeated_failures = 0.25;
constexpr double planted_repeat_factor = 2;
constexpr double planted_repeat_max = 0.6;
constexpr double slow_factor = 5;
constexpr int duration_max = 30'000;

struct Background {
  std::string_view logger;
  std::string_view text;
  int status;
  int duration;
};

constexpr std::array<Background, 3> backgrounds = {
    {{"payments.client", "connection reset by peer upstream=payments-{}", 502, 60},
     {"inventory.client", "deadline exceeded calling inventory shard={} after 500 ms", 504, 505},
     {"orders.store", "deadlock detected table=orders partition={}", 500, 130}}};

std::string incident_text(size_t incident, const Request& request, const Population& population,
                          Dice& dice) {
  const User& user = population.users[request.user];
  switch (incident) {
    case 0: return fmt::format("payment timeout gateway_host=pg-{} after 400 ms", dice.whole(1, 3));
    case 1:
      return fmt::format("idempotency key already used by request r-{:08x}",
                         static_cast<uint32_t>(dice.next()));
    case 2: return fmt::format("no ledger shard for account shard={} of 12", dice.whole(12, 15));
    case 3:
      return fmt::format("exchange rate missing pair=XDR/{}", countries[user.country].currency);
    default: return fmt::format("connection refused upstream=db-{} port=5432", dice.whole(1, 2));
  }
}

}  // namespace

double Judge::planted_probability(const Request& request) const {
  const double acting = plan_.intensity(request.at);
  if (acting <= 0 || plan_.probability <= 0) return 0;
  const Version version = plan_.version_at(request.host, request.at);
  if (!meets(plan_.cause, request, version, population_)) return 0;
  const double first = acting * plan_.probability;
  if (request.attempt == 1 || plan_.kind.effect != Effect::fails) return first;
  return std::max(first, std::min(first * planted_repeat_factor, planted_repeat_max));
}

Fate Judge::planted_failure(const Request& request, Dice& dice) const {
  const Incident& incident = incidents[plan_.incident];
  Fate fate;
  fate.outcome = Outcome::failed;
  fate.origin = Origin::planted;
  fate.status = incident.status;
  fate.logger = incident.logger;
  fate.trouble = incident_text(plan_.incident, request, population_, dice);
  fate.duration = incident.duration_median + static_cast<int>(dice.exponential(12));
  return fate;
}

Fate Judge::ordinary(const Request& request, Dice& dice) const {
  Fate fate;
  const double usual = routes[request.route].duration_median * spread_.draw(dice);
  fate.duration = 1 + std::min(static_cast<int>(usual), duration_max);
  const bool repeats = request.attempt > 1 && !request.after_planted;
  const double failing = repeats                         ? repeated_failures
                         : request.route == route_export ? 2 * background_failures
                                                         : background_failures;
  const double fortune = dice.unit();
  if (fortune < failing) {
    const Background& background = backgrounds[dice.below(backgrounds.size())];
    fate.outcome = Outcome::failed;
    fate.status = background.status;
    fate.logger = background.logger;
    fate.trouble = fmt::format(fmt::runtime(background.text), dice.whole(1, 4));
    fate.duration = background.duration + static_cast<int>(dice.exponential(15));
  } else if (fortune < failing + rejections) {
    constexpr std::array<int, 3> statuses = {401, 404, 422};
    fate.outcome = Outcome::rejected;
    fate.status = statuses[dice.below(statuses.size())];
  } else if (fortune < failing + rejections + recoveries) {
    fate.outcome = Outcome::recovered;
    fate.logger = "payments.client";
    fate.trouble = fmt::format(
        "attempt 1 failed, trying again: connection reset by peer "
        "upstream=payments-{}",
        dice.whole(1, 4));
    fate.duration += 80;
  }
  return fate;
}

Fate Judge::decide(const Request& request, Dice& dice) const {
  const double planted = planted_probability(request);
  const bool strikes = planted > 0 && dice.chance(planted);
  if (strikes && plan_.kind.effect == Effect::fails) return planted_failure(request, dice);
  Fate fate = ordinary(request, dice);
  if (plan_.kind.effect == Effect::wrong && fate.status == 200 &&
      (strikes || dice.chance(background_losses))) {
    fate.loses_value = true;
    fate.origin = strikes ? Origin::planted : Origin::ordinary;
  }
  if (plan_.kind.effect == Effect::slow && strikes) {
    fate.origin = Origin::planted;
    fate.duration = std::min(static_cast<int>(fate.duration * slow_factor), duration_max);
  }
  return fate;
}

}  // namespace shop
