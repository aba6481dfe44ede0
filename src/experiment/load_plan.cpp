#include "experiment/load_plan.h"

#include <algorithm>
#include <array>

namespace culprit {
namespace {

constexpr std::uint16_t port_http = 80;
constexpr std::uint16_t port_https = 443;

Error no_target(std::string_view url) {
  Error made = error(Fault::usage, "'{}' is no URL to send requests to", url);
  made.advice = "http://127.0.0.1:8080/path   or https://HOST/path";
  return made;
}

// Bytes that may not stand in the first line of a request, as %20 and such.
std::string percent_encoded(std::string_view path) {
  std::string text;
  for (const char c : path) {
    const auto byte = static_cast<unsigned char>(c);
    text += byte > 0x20 && byte < 0x7F ? std::string(1, c) : fmt::format("%{:02X}", byte);
  }
  return text;
}

Result<Address> address_of(std::string_view authority, std::uint16_t port) {
  const std::size_t colon = authority.rfind(':');
  const bool with_port = colon != authority.npos && !authority.ends_with(']');
  return parse_address(with_port ? std::string(authority) : fmt::format("{}:{}", authority, port));
}

std::string statuses_text(const std::vector<StatusRange>& statuses) {
  std::string text;
  for (const StatusRange& one : statuses) {
    const bool whole_class = one.low % 100 == 0 && one.high == one.low + 99;
    text += text.empty() ? "" : "|";
    text += whole_class ? fmt::format("{}xx", one.low / 100) : fmt::format("{}", one.low);
  }
  return text;
}

}  // namespace

Result<LoadTarget> parse_load_target(std::string_view url) {
  LoadTarget target;
  if (url.starts_with("https://"))
    target.tls = true;
  else if (!url.starts_with("http://"))
    return no_target(url);
  std::string_view rest = url.substr(url.find("://") + 3);
  rest = rest.substr(0, rest.find('#'));
  const std::size_t path = std::min(rest.find_first_of("/?"), rest.size());
  const std::string_view authority = rest.substr(0, path);
  const std::size_t user = authority.rfind('@');
  if (authority.empty() || user != authority.npos) return no_target(url);
  auto address = address_of(authority, target.tls ? port_https : port_http);
  if (!address || address->host.empty() || address->port == 0) return no_target(url);
  target.address = *address;
  target.authority = authority;
  target.path = percent_encoded(rest.substr(path));
  if (!target.path.starts_with('/')) target.path.insert(0, "/");
  return target;
}

std::string to_string(const Expectation& expectation) {
  switch (expectation.kind) {
    case Expectation::Kind::status: return "status " + statuses_text(expectation.statuses);
    case Expectation::Kind::header:
      return fmt::format("header {} = {}", expectation.key, expectation.value);
    case Expectation::Kind::contains: return "body contains " + expectation.value;
    case Expectation::Kind::matches: return "body matches " + expectation.value;
    case Expectation::Kind::json:
      return fmt::format("json {} = {}", expectation.key, expectation.value);
    case Expectation::Kind::within: return "within " + to_string(expectation.within);
  }
  return {};
}

std::size_t connections_by_default(LoadPlan::Pace pace) {
  constexpr std::size_t users = 10;
  constexpr std::size_t of_open_loop = 900;  // below 1,024 open files, a common limit
  return pace == LoadPlan::Pace::open ? of_open_loop : users;
}

std::span<const std::string_view> load_event_fields() {
  static constexpr std::array<std::string_view, 9> names = {"status",      "outcome",    "error",
                                                            "duration_ms", "service_ms", "route",
                                                            "scenario",    "connection", "bytes"};
  return names;
}

}  // namespace culprit
