#include "gateway_log.h"

#include <fmt/format.h>

namespace shop {
namespace {

constexpr std::array<std::string_view, 4> app_versions = {"5.2.1", "5.2.0", "5.1.4", "4.9.8"};

std::string user_text(uint32_t id, const User& user) {
  return fmt::format(R"("user_id":"u-{}","plan":"{}","country":"{}","payment_provider":"{}",)"
                     R"("client":{{"app":"{}","version":"{}"}},"flags":{{"new_checkout":{}}})",
                     10'000 + id, plans[user.plan].name, countries[user.country].name,
                     providers[user.provider].name, apps[user.app].name,
                     app_versions[user.app_version], user.new_checkout ? "true" : "false");
}

std::string host_line(const Host& host, const Population& population, const Release& release) {
  const Region& region = regions[host.region];
  return fmt::format(
      R"("region":"{}","dc":"{}","az":"{}","host":"{}","version":"{}","commit":"{}")", region.name,
      region.data_centre, population.zones[host.zone], host.name, release.version, release.commit);
}

std::string_view level_of(Outcome outcome) {
  if (outcome == Outcome::failed) return "error";
  return outcome == Outcome::rejected ? "warn" : "info";
}

void begin(std::string& text, Instant at, std::string_view level, std::string_view service) {
  text += R"({"ts":")";
  add_rfc3339(text, at);
  text += R"(","level":")";
  text += level;
  text += R"(","service":")";
  text += service;
  text += R"(","msg":")";
}

}  // namespace

// A cart is read, too: without this, PUT and /cart would be one and the same.
std::string_view method_of(const Request& request) {
  if (request.route == route_cart && request.cents % 5 < 2) return "GET";
  return routes[request.route].method;
}

void add_hex(std::string& text, uint64_t value, int digits) {
  constexpr std::string_view letters = "0123456789abcdef";
  for (int i = digits - 1; i >= 0; --i) text += letters[(value >> (4 * i)) & 15];
}

void add_number(std::string& text, uint64_t value) {
  const fmt::format_int digits(value);
  text.append(digits.data(), digits.size());
}

GatewayLog::GatewayLog(const Plan& plan, const Population& population)
    : plan_(plan), population_(population) {
  for (uint32_t id = 0; id < population.users.size(); ++id) {
    users_.push_back(user_text(id, population.users[id]));
  }
  for (const Host& host : population.hosts) {
    hosts_before_.push_back(host_line(host, population, plan.before));
    hosts_released_.push_back(host_line(host, population, plan.released));
  }
}

// The version is that of the instant at which the request arrived, not at which it ended.
const std::string& GatewayLog::host_text(uint32_t host, Instant at) const {
  return plan_.version_at(host, at) == Version::released ? hosts_released_[host]
                                                         : hosts_before_[host];
}

void GatewayLog::add_money(std::string& text, const Entry& entry) const {
  const bool lost = entry.fate.loses_value;
  const auto cents = static_cast<uint64_t>(entry.request.cents);
  text += R"(,"currency":")";
  if (!lost || plan_.wrong != Wrong::currency) {
    text += countries[population_.users[entry.request.user].country].currency;
  }
  text += R"(","cart_size":)";
  add_number(text, static_cast<uint64_t>(entry.request.cart_size));
  text += R"(,"total":)";
  if (lost && plan_.wrong == Wrong::total) {
    text += '0';
    return;
  }
  add_number(text, cents / 100);
  text += '.';
  text += static_cast<char>('0' + cents % 100 / 10);
  text += static_cast<char>('0' + cents % 10);
}

void GatewayLog::add(std::string& text, const Entry& entry) const {
  const Request& request = entry.request;
  const Fate& fate = entry.fate;
  begin(text, entry.end, level_of(fate.outcome), "gateway");
  if (fate.outcome == Outcome::failed) {
    text += "request failed: ";
    text += fate.trouble;
  } else {
    text += fate.outcome == Outcome::rejected ? "request rejected" : "request completed";
  }
  text += R"(","trace_id":")";
  add_hex(text, entry.trace, 16);
  text += R"(","request_id":"r-)";
  add_hex(text, entry.order, 8);
  text += R"(","method":")";
  text += method_of(request);
  text += R"(","route":")";
  text += routes[request.route].name;
  text += R"(","status":)";
  add_number(text, static_cast<uint64_t>(fate.status));
  text += R"(,"duration_ms":)";
  add_number(text, static_cast<uint64_t>(fate.duration));
  text += ',';
  text += host_text(request.host, request.at);
  text += ',';
  text += users_[request.user];
  add_money(text, entry);
  text += R"(,"attempt":)";
  add_number(text, static_cast<uint64_t>(request.attempt));
  text += "}\n";
}

void GatewayLog::add_health(std::string& text, Instant at, uint32_t host) const {
  begin(text, at, "info", "gateway");
  text += R"(health check","method":"GET","route":"/healthz","status":200,"duration_ms":1,)";
  text += host_text(host, at);
  text += "}\n";
}

void GatewayLog::add_note(std::string& text, const Note& note) const {
  begin(text, note.at, note.level, note.service);
  text += note.text;
  if (note.trace != 0) {
    text += R"(","trace_id":")";
    add_hex(text, note.trace, 16);
  }
  text += "\"}\n";
}

}  // namespace shop
