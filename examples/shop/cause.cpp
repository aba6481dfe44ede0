#include "cause.h"

#include <fmt/format.h>

#include <algorithm>

namespace shop {
namespace {

bool meets_one(const Condition& condition, const Request& request, Version version,
               const Population& population) {
  const User& user = population.users[request.user];
  const Host& host = population.hosts[request.host];
  switch (condition.field) {
    case Field::region: return user.region == condition.value;
    case Field::zone: return host.zone == condition.value;
    case Field::host: return static_cast<int>(request.host) == condition.value;
    case Field::country: return user.country == condition.value;
    case Field::plan: return user.plan == condition.value;
    case Field::app: return user.app == condition.value;
    case Field::provider: return user.provider == condition.value;
    case Field::route: return request.route == condition.value;
    case Field::new_checkout: return user.new_checkout == condition.value;
    case Field::cart_size: return request.cart_size > condition.value;
    case Field::version: return version == Version::released;
  }
  return false;
}

Term equal(std::string_view field, std::string_view value) {
  return {std::string(field), "=", std::string(value)};
}

}  // namespace

bool meets(const Cause& cause, const Request& request, Version version,
           const Population& population) {
  return std::all_of(cause.begin(), cause.end(), [&](const Condition& condition) {
    return meets_one(condition, request, version, population);
  });
}

Term term_of(const Condition& condition, const Population& population, const Release& release) {
  const auto index = static_cast<size_t>(condition.value);
  switch (condition.field) {
    case Field::region: return equal("region", regions[index].name);
    case Field::zone: return equal("az", population.zones[index]);
    case Field::host: return equal("host", population.hosts[index].name);
    case Field::country: return equal("country", countries[index].name);
    case Field::plan: return equal("plan", plans[index].name);
    case Field::app: return equal("client.app", apps[index].name);
    case Field::provider: return equal("payment_provider", providers[index].name);
    case Field::route: return equal("route", routes[index].name);
    case Field::new_checkout: return equal("flags.new_checkout", index ? "true" : "false");
    case Field::cart_size: return {"cart_size", ">", fmt::format("{}", condition.value)};
    case Field::version: break;
  }
  return equal("version", release.version);
}

std::vector<Term> aliases_of(const Cause& cause, const Release& release) {
  std::vector<Term> aliases;
  for (const Condition& condition : cause) {
    const auto index = static_cast<size_t>(condition.value);
    if (condition.field == Field::region) {
      aliases.push_back(equal("dc", regions[index].data_centre));
    }
    if (condition.field == Field::version) aliases.push_back(equal("commit", release.commit));
    if (condition.field != Field::country) continue;
    const std::string_view currency = countries[index].currency;
    const auto users = std::count_if(countries.begin(), countries.end(), [&](const Country& other) {
      return other.currency == currency;
    });
    if (users == 1) aliases.push_back(equal("currency", currency));
  }
  return aliases;
}

std::string where_text(const Cause& cause, const Population& population, const Release& release) {
  std::vector<std::string> terms;
  for (const Condition& condition : cause) {
    const Term term = term_of(condition, population, release);
    terms.push_back(fmt::format("{} {} {}", term.field, term.op, term.value));
  }
  std::sort(terms.begin(), terms.end());
  return fmt::format("{}", fmt::join(terms, " and "));
}

}  // namespace shop
