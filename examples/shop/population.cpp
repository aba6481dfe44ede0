#include "population.h"

#include <fmt/format.h>

#include <algorithm>

namespace shop {
namespace {

// With an exponent of 0.7 the busiest of 20,000 users makes 1.5 % of the requests; with 1.0 it
// would make 10 %, and its own properties would dominate every distribution.
constexpr double zipf_exponent = 0.7;
constexpr uint64_t population_stream = 1;
constexpr double cart_mean_extra = 3.4;  // P(cart_size > 9) is then about 7 %
constexpr int cart_max = 60;

template <typename Table>
std::vector<double> weights_of(const Table& table) {
  std::vector<double> weights;
  for (const auto& row : table) weights.push_back(row.weight);
  return weights;
}

std::vector<User> drawn_users(Dice& dice) {
  std::vector<double> by_country;
  for (const Country& country : countries) {
    by_country.push_back(country.weight * regions[country.region].weight);
  }
  const Fortune country(by_country), plan(weights_of(plans)), app(weights_of(apps)),
      provider(weights_of(providers));
  std::vector<User> users(users_max);
  for (User& user : users) {
    user.country = static_cast<uint8_t>(country.draw(dice));
    user.region = countries[user.country].region;
    user.plan = static_cast<uint8_t>(plan.draw(dice));
    user.app = static_cast<uint8_t>(app.draw(dice));
    user.app_version = static_cast<uint8_t>(std::min(dice.below(4), dice.below(4)));
    user.provider = static_cast<uint8_t>(provider.draw(dice));
    user.new_checkout = dice.chance(0.3);
  }
  return users;
}

// A zone's three hosts and a region's three zones do not share the load evenly.
double load_of(int zone, int host) {
  constexpr std::array<double, 3> zone_load = {0.44, 0.33, 0.23};
  constexpr std::array<double, 3> host_load = {0.46, 0.32, 0.22};
  return zone_load[static_cast<size_t>(zone)] * host_load[static_cast<size_t>(host)];
}

}  // namespace

Population::Population(uint64_t seed) : route(weights_of(routes)) {
  Dice dice(seed, population_stream);
  users = drawn_users(dice);
  std::vector<double> by_user;
  for (uint32_t rank = 1; rank <= users_max; ++rank) {
    by_user.push_back(std::pow(rank, -zipf_exponent));
  }
  user = Fortune(by_user);
  for (size_t region = 0; region < regions.size(); ++region) {
    std::vector<double> loads;
    for (int zone = 0; zone < zones_per_region; ++zone) {
      zones.push_back(fmt::format("{}-{}", regions[region].name, static_cast<char>('a' + zone)));
      for (int host = 0; host < hosts_per_zone; ++host) {
        hosts.push_back({fmt::format("gw-{:02}", hosts.size() + 1), static_cast<uint8_t>(region),
                         static_cast<uint8_t>(zones.size() - 1)});
        loads.push_back(load_of(zone, host));
      }
    }
    host_of[region] = Fortune(loads);
  }
}

uint32_t drawn_host(const Population& population, uint8_t region, Dice& dice) {
  return region * static_cast<uint32_t>(zones_per_region * hosts_per_zone) +
         population.host_of[region].draw(dice);
}

Request drawn_request(const Population& population, Instant at, Dice& dice) {
  Request request;
  request.at = at;
  request.user = population.user.draw(dice);
  request.host = drawn_host(population, population.users[request.user].region, dice);
  request.route = static_cast<uint8_t>(population.route.draw(dice));
  request.cart_size = 1 + std::min(static_cast<int>(dice.exponential(cart_mean_extra)), cart_max);
  for (int i = 0; i < request.cart_size; ++i) request.cents += 199 + dice.below(4800);
  return request;
}

}  // namespace shop
