// The Population is who buys and what serves them: regions with their zones and hosts, 20,000
// users with fixed properties, and the routes. It depends on the seed only.
//
// Distributions are skewed as measured ones are: users by Zipf, hosts unevenly within a zone. A
// host implies its zone and region, a country its region and currency, a region its data centre.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "calendar.h"
#include "dice.h"

namespace shop {

struct Region {
  std::string_view name;
  std::string_view data_centre;
  double weight;
};

struct Country {
  std::string_view name;
  std::string_view currency;
  uint8_t region;
  double weight;  // within the region
};

struct Choice {
  std::string_view name;
  double weight;
};

struct Route {
  std::string_view name;
  std::string_view method;
  double weight;
  int duration_median;  // milliseconds
};

inline constexpr std::array<Region, 4> regions = {{{"us-east", "iad", 0.40},
                                                   {"eu-west", "dub", 0.28},
                                                   {"eu-central", "fra", 0.18},
                                                   {"ap-south", "bom", 0.14}}};
inline constexpr std::array<Country, 15> countries = {{{"US", "USD", 0, 0.66},
                                                       {"CA", "CAD", 0, 0.14},
                                                       {"MX", "MXN", 0, 0.08},
                                                       {"BR", "BRL", 0, 0.12},
                                                       {"GB", "GBP", 1, 0.48},
                                                       {"FR", "EUR", 1, 0.24},
                                                       {"ES", "EUR", 1, 0.16},
                                                       {"IE", "EUR", 1, 0.12},
                                                       {"DE", "EUR", 2, 0.55},
                                                       {"AT", "EUR", 2, 0.15},
                                                       {"PL", "PLN", 2, 0.18},
                                                       {"CH", "CHF", 2, 0.12},
                                                       {"IN", "INR", 3, 0.60},
                                                       {"SG", "SGD", 3, 0.22},
                                                       {"AU", "AUD", 3, 0.18}}};
inline constexpr std::array<Choice, 4> plans = {
    {{"free", 0.54}, {"basic", 0.26}, {"pro", 0.15}, {"enterprise", 0.05}}};
inline constexpr std::array<Choice, 4> apps = {
    {{"web", 0.48}, {"ios", 0.27}, {"android", 0.21}, {"partner", 0.04}}};
inline constexpr std::array<Choice, 4> providers = {
    {{"cardnet", 0.58}, {"paylink", 0.22}, {"bankwire", 0.13}, {"voucher", 0.07}}};
inline constexpr std::array<Route, 7> routes = {{{"/checkout", "POST", 0.25, 90},
                                                 {"/cart", "PUT", 0.26, 24},
                                                 {"/quote", "POST", 0.18, 40},
                                                 {"/orders", "GET", 0.15, 32},
                                                 {"/wallet", "GET", 0.07, 20},
                                                 {"/export", "GET", 0.06, 180},
                                                 {"/refunds", "POST", 0.03, 75}}};
inline constexpr uint8_t route_checkout = 0;
inline constexpr uint8_t route_cart = 1;
inline constexpr uint8_t route_export = 5;
inline constexpr int zones_per_region = 3;
inline constexpr int hosts_per_zone = 3;
inline constexpr uint32_t users_max = 20'000;

struct User {
  uint8_t country;
  uint8_t region;
  uint8_t plan;
  uint8_t app;
  uint8_t app_version;
  uint8_t provider;
  uint8_t new_checkout;  // whether the feature flag is on: 0 or 1
};

struct Host {
  std::string name;
  uint8_t region;
  uint8_t zone;  // over all regions
};

struct Population {
  explicit Population(uint64_t seed);

  std::vector<User> users;
  std::vector<std::string> zones;
  std::vector<Host> hosts;  // by region, then by zone
  Fortune user;
  Fortune route;
  std::array<Fortune, regions.size()> host_of;  // within the region
};

// One request as it arrives, before anything is known of its end.
struct Request {
  Instant at = 0;
  uint32_t user = 0;
  uint32_t host = 0;
  uint8_t route = 0;
  int cart_size = 1;
  int64_t cents = 0;           // the cart's total, in hundredths of the currency
  int attempt = 1;             // of a user who tries again after a failure
  bool after_planted = false;  // whether that failure was the incident's
};

Request drawn_request(const Population& population, Instant at, Dice& dice);
// The host that a request of this region reaches: the load balancer knows nothing of earlier ones.
uint32_t drawn_host(const Population& population, uint8_t region, Dice& dice);

}  // namespace shop
