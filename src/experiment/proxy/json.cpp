#include "experiment/proxy/json.h"

#include <cmath>

#include <nlohmann/json.hpp>

namespace culprit {
namespace {

using json = nlohmann::ordered_json;

std::string text_of(const json& document) {
  return document.dump(-1, ' ', false, json::error_handler_t::replace);
}

json json_value(double number) {
  const auto whole = static_cast<std::int64_t>(number);
  return static_cast<double>(whole) == number ? json(whole) : json(number);
}

json value_of(const Toxic& toxic) {
  json attributes = json::object();
  for (const auto& [name, value] : toxic.attributes) {
    const double* number = std::get_if<double>(&value);
    attributes[name] = number != nullptr ? json_value(*number) : json(std::get<std::string>(value));
  }
  return {{"attributes", attributes},
          {"name", toxic.name},
          {"type", toxic.type},
          {"stream", to_string(toxic.stream)},
          {"toxicity", json_value(toxic.toxicity)}};
}

json value_of(const std::vector<Toxic>& toxics) {
  json all = json::array();
  for (const Toxic& toxic : toxics) all.push_back(value_of(toxic));
  return all;
}

json value_of(const ProxyPlan& plan) {
  return {{"name", plan.name},
          {"listen", plan.listen},
          {"upstream", plan.upstream},
          {"enabled", plan.enabled},
          {"toxics", value_of(plan.toxics)}};
}

Result<json> object_in(std::string_view body) {
  json document = json::parse(body, nullptr, false);
  if (document.is_discarded() || !document.is_object()) {
    return error(Fault::malformed, "bad request body");
  }
  return document;
}

std::string string_at(const json& document, const char* name, std::string otherwise) {
  const auto found = document.find(name);
  if (found == document.end() || !found->is_string()) return otherwise;
  return found->get<std::string>();
}

Result<ProxyPlan> plan_in(const json& document, ProxyPlan before) {
  before.name = string_at(document, "name", before.name);
  before.listen = string_at(document, "listen", before.listen);
  before.upstream = string_at(document, "upstream", before.upstream);
  const auto enabled = document.find("enabled");
  if (enabled != document.end() && enabled->is_boolean()) before.enabled = enabled->get<bool>();
  if (before.name.empty()) return error(Fault::usage, "missing required field: name");
  if (before.upstream.empty()) return error(Fault::usage, "missing required field: upstream");
  return before;
}

Status read_attributes(const json& attributes, Toxic& toxic) {
  for (const auto& [name, value] : attributes.items()) {
    if (value.is_number()) {
      toxic.attributes[name] = value.get<double>();
    } else if (value.is_string()) {
      toxic.attributes[name] = value.get<std::string>();
    } else {
      return error(Fault::malformed, "bad request body");
    }
  }
  return ok();
}

Result<Toxic> toxic_in(const json& document, Toxic toxic) {
  toxic.type = string_at(document, "type", toxic.type);
  toxic.name = string_at(document, "name", toxic.name);
  const std::string stream = string_at(document, "stream", std::string(to_string(toxic.stream)));
  if (stream != "upstream" && stream != "downstream") {
    return error(Fault::usage, "stream was invalid, can be either upstream or downstream");
  }
  toxic.stream = stream == "upstream" ? Direction::upstream : Direction::downstream;
  if (const auto found = document.find("toxicity"); found != document.end() && found->is_number()) {
    toxic.toxicity = found->get<double>();
  }
  if (const auto found = document.find("attributes");
      found != document.end() && found->is_object()) {
    TRY(read_attributes(*found, toxic));
  }
  return make_toxic(std::move(toxic));
}

Result<std::vector<ProxyPlan>> plans_in(const json& list) {
  std::vector<ProxyPlan> plans;
  for (const json& one : list) {
    if (!one.is_object()) return error(Fault::malformed, "bad request body");
    ProxyPlan plan = TRY(plan_in(one, {}));
    for (const json& each : one.value("toxics", json::array())) {
      Toxic toxic = TRY(toxic_in(each, {}));
      plan.toxics.push_back(std::move(toxic));
    }
    plans.push_back(std::move(plan));
  }
  return plans;
}

// To the microsecond.
double milliseconds(Duration duration) {
  return static_cast<double>(duration.count() / 1000) / 1000;
}

}  // namespace

std::string json_of(const Toxic& toxic) { return text_of(value_of(toxic)); }
std::string json_of(const ProxyPlan& plan) { return text_of(value_of(plan)); }
std::string json_of(const std::vector<Toxic>& toxics) { return text_of(value_of(toxics)); }

std::string json_of(const std::vector<ProxyPlan>& plans) {
  json all = json::object();
  for (const ProxyPlan& plan : plans) all[plan.name] = value_of(plan);
  return text_of(all);
}

std::string json_of_populated(const std::vector<ProxyPlan>& plans) {
  json all = json::array();
  for (const ProxyPlan& plan : plans) all.push_back(value_of(plan));
  return text_of({{"proxies", all}});
}

Result<Toxic> toxic_of_json(std::string_view body, Toxic before) {
  const json document = TRY(object_in(body));
  return toxic_in(document, std::move(before));
}

Result<ProxyPlan> plan_of_json(std::string_view body, ProxyPlan before) {
  const json document = TRY(object_in(body));
  return plan_in(document, std::move(before));
}

Result<std::vector<ProxyPlan>> plans_of_json(std::string_view body) {
  const json document = json::parse(body, nullptr, false);
  if (document.is_discarded() || !document.is_array()) {
    return error(Fault::malformed, "bad request body");
  }
  return plans_in(document);
}

std::string error_json(std::string_view what, int status) {
  return text_of({{"error", what}, {"status", status}});
}

std::string journal_line(const JournalStart& start) {
  json proxies = json::array();
  for (const ProxyPlan& plan : start.proxies) proxies.push_back(value_of(plan));
  return text_of({{"schema_version", 1}, {"seed", start.seed}, {"proxies", proxies}});
}

std::string journal_line(const Injection& injection, std::string_view proxy, Time since) {
  json line = {{"at_ms", milliseconds(injection.at - since)},
               {"proxy", proxy},
               {"connection", injection.connection},
               {"stream", to_string(injection.stream)},
               {"offset", injection.offset}};
  if (injection.exchange != 0) line["exchange"] = injection.exchange;
  line["toxic"] = injection.toxic;
  line["what"] = injection.what;
  line["amount"] = json_value(std::round(injection.amount * 1000) / 1000);
  return text_of(line);
}

Result<JournalStart> start_of_journal(std::string_view text) {
  std::optional<JournalStart> found;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    if (line.find("\"proxies\"") == line.npos) continue;
    const json document = json::parse(line, nullptr, false);
    if (!document.is_object() || !document.contains("seed")) continue;
    JournalStart start;
    start.seed = document["seed"].get<std::uint64_t>();
    start.proxies = TRY(plans_in(document["proxies"]));
    found = std::move(start);
  }
  if (!found) return error(Fault::malformed, "no line of it says which proxies there were");
  return std::move(*found);
}

std::string exchange_line(const Exchange& exchange, const ExchangePlace& place) {
  const bool replied = exchange.replied != no_time || exchange.answered;
  json line = {{"time", to_string(place.wall_began)},
               {"proxy", place.proxy},
               {"connection", place.connection},
               {"exchange", exchange.number}};
  if (exchange.http) {
    line["method"] = exchange.method;
    line["path"] = exchange.target.substr(0, exchange.target.find('?'));
    line["url"] = exchange.target;
  }
  if (exchange.status != 0) line["status"] = exchange.status;
  const Time over = exchange.delivered == no_time ? place.over : exchange.delivered;
  line["duration_ms"] = milliseconds(over - exchange.began);
  if (exchange.replied != no_time) {
    line["upstream_ms"] = milliseconds(exchange.replied - exchange.began);
  }
  line["bytes_up"] = exchange.bytes_up;
  line["bytes_down"] = exchange.bytes_down;
  line["faults"] = exchange.faults;
  if (!replied) line["error"] = "no reply";
  line["level"] = replied && exchange.status < 500 ? "info" : "error";
  return text_of(line);
}

}  // namespace culprit
