#include "experiment/load_spec.h"

#include <charconv>

#include "experiment/load/data_rows.h"
#include "experiment/load/json_path.h"
#include "experiment/load/load_script.h"
#include "experiment/spec_value.h"

namespace culprit {
namespace {

using Kind = SpecValue::Kind;

// The mistake as it is, at the place where the spec makes it.
Error at_place(const SpecValue& value, const Error& mistake) {
  return spec_mistake(value.place, mistake.what, mistake.advice);
}

Error no_status(const SpecValue& value) {
  return spec_mistake(value.place, fmt::format("'{}' is no status", value.text),
                      "status = 200   or \"2xx\", [200, 404]");
}

Result<StatusRange> status_of(const SpecValue& value) {
  const std::string& text = value.text;
  const bool whole_class = value.kind == Kind::text && text.size() == 3 && text.ends_with("xx") &&
                           text[0] >= '1' && text[0] <= '5';
  if (whole_class) return StatusRange{(text[0] - '0') * 100, (text[0] - '0') * 100 + 99};
  if (value.kind != Kind::whole || value.number < 100 || value.number > 599) {
    return no_status(value);
  }
  return StatusRange{static_cast<int>(value.number), static_cast<int>(value.number)};
}

Result<Expectation> expected_status(const SpecValue& value) {
  Expectation made;
  if (value.kind != Kind::list) {
    const StatusRange only = TRY(status_of(value));
    made.statuses.push_back(only);
    return made;
  }
  for (const SpecValue& one : value.members) {
    const StatusRange range = TRY(status_of(one));
    made.statuses.push_back(range);
  }
  if (made.statuses.empty()) return no_status(value);
  return made;
}

// A table of names and plain values, as headers and expected JSON are.
Result<std::vector<LoadHeader>> pairs(const SpecTable& table, std::string_view name) {
  std::vector<LoadHeader> found;
  const SpecValue* value = table.find(name);
  if (value == nullptr) return found;
  for (const SpecValue& one : value->members) {
    if (one.kind == Kind::table || one.kind == Kind::list || value->kind != Kind::table) {
      return spec_mistake(one.place, fmt::format("{} holds names and values", name),
                          fmt::format("{} = {{ \"name\" = \"value\" }}", name));
    }
    found.push_back({one.name, one.text});
  }
  if (value->kind == Kind::table) return found;
  return spec_mistake(value->place, fmt::format("{} is a table", name),
                      fmt::format("{} = {{ \"name\" = \"value\" }}", name));
}

Result<std::vector<Expectation>> expectations(const SpecValue& value) {
  const SpecTable table = TRY(SpecTable::of(
      value, "expect", {"status", "header", "contains", "matches", "json", "within"}));
  std::vector<Expectation> made;
  using What = Expectation::Kind;
  if (const SpecValue* status = table.find("status")) {
    Expectation expected = TRY(expected_status(*status));
    made.push_back(std::move(expected));
  }
  const auto texts = TRY(table.texts("contains"));
  for (const std::string& one : texts) made.push_back({What::contains, "", one, {}, {}});
  const auto patterns = TRY(table.texts("matches"));
  for (const std::string& one : patterns) made.push_back({What::matches, "", one, {}, {}});
  const auto headers = TRY(pairs(table, "header"));
  for (const auto& [name, text] : headers) made.push_back({What::header, name, text, {}, {}});
  const auto values = TRY(pairs(table, "json"));
  for (const auto& [path, text] : values) made.push_back({What::json, path, text, {}, {}});
  if (table.find("within") != nullptr) {
    Expectation within{What::within, "", "", {}, {}};
    within.within = TRY(table.duration("within", {}));
    made.push_back(within);
  }
  return made;
}

Result<Capture> capture_of(const SpecValue& value) {
  const SpecTable table = TRY(SpecTable::of(value, "a capture", {"header", "json", "regex"}));
  Capture made;
  made.name = value.name;
  made.regex = TRY(table.text("regex", ""));
  const bool header = table.find("header") != nullptr;
  const bool json = table.find("json") != nullptr;
  if (header && json) {
    return spec_mistake(value.place, "a capture is from a header or from JSON, not both",
                        "two captures");
  }
  if (header) made.from = Capture::From::header;
  if (json) made.from = Capture::From::json;
  made.key = TRY(table.text(header ? "header" : "json", ""));
  return made;
}

// What can be wrong in a request by itself is found by preparing it as if to be sent.
Status check_request(const SpecValue& value, const LoadPlan& plan, const LoadScenario& scenario) {
  LoadPlan alone;
  alone.target = plan.target;
  for (const LoadData& data : plan.data) {
    alone.data.push_back({data.name, data.columns, {data.rows.front()}, data.order});
  }
  alone.scenarios = {scenario};
  const auto prepared = LoadScript::of(alone, LoadScript::Tracing::off);
  if (!prepared) return at_place(value, prepared.error());
  return ok();
}

Result<LoadRequest> request_of(const SpecValue& value, const LoadPlan& plan,
                               const std::vector<LoadHeader>& everywhere) {
  const SpecTable table = TRY(
      SpecTable::of(value, "a request",
                    {"name", "method", "path", "headers", "body", "capture", "expect", "think"}));
  LoadRequest made;
  made.name = TRY(table.text("name", ""));
  made.method = TRY(table.text("method", table.find("body") == nullptr ? "GET" : "POST"));
  made.path = TRY(table.text("path", plan.target.path));
  if (!made.path.starts_with('/') && !made.path.starts_with("{{")) {
    return spec_mistake(table.find("path")->place, "a path begins with /",
                        fmt::format("path = \"/{}\"", made.path));
  }
  made.headers = TRY(pairs(table, "headers"));
  for (const LoadHeader& header : everywhere) {
    HttpHead own;
    for (const LoadHeader& one : made.headers) own.headers.push_back({one.name, one.value});
    if (!own.header(header.name)) made.headers.push_back(header);
  }
  made.body = TRY(table.text("body", ""));
  made.think = TRY(table.duration("think", {}));
  if (const SpecValue* captures = table.find("capture")) {
    for (const SpecValue& one : captures->members) {
      Capture capture = TRY(capture_of(one));
      made.captures.push_back(std::move(capture));
    }
  }
  if (const SpecValue* expected = table.find("expect")) {
    made.expectations = TRY(expectations(*expected));
  }
  return made;
}

Result<LoadScenario> scenario_of(const SpecValue& requests, std::string name, LoadPlan& plan,
                                 const std::vector<LoadHeader>& everywhere) {
  LoadScenario made;
  made.name = std::move(name);
  if (requests.kind != Kind::list || requests.members.empty()) {
    return spec_mistake(requests.place, "request is a list of tables", "[[scenario.request]]");
  }
  for (const SpecValue& one : requests.members) {
    LoadRequest request = TRY(request_of(one, plan, everywhere));
    made.requests.push_back(std::move(request));
    TRY(check_request(one, plan, made));
  }
  return made;
}

Result<LoadScenario> named_scenario(const SpecValue& value, LoadPlan& plan,
                                    const std::vector<LoadHeader>& everywhere) {
  const SpecTable table = TRY(SpecTable::of(value, "a scenario", {"name", "weight", "request"}));
  const std::string name =
      TRY(table.text("name", fmt::format("scenario {}", plan.scenarios.size() + 1)));
  const SpecValue* requests = table.find("request");
  if (requests == nullptr) {
    return spec_mistake(value.place, fmt::format("scenario {} has no request", name),
                        "[[scenario.request]]");
  }
  LoadScenario made = TRY(scenario_of(*requests, name, plan, everywhere));
  made.weight = TRY(table.number("weight", 1));
  if (made.weight <= 0) return spec_mistake(value.place, "a weight is above zero", "weight = 1");
  return made;
}

Status add_scenarios(const SpecTable& spec, LoadPlan& plan) {
  const std::vector<LoadHeader> everywhere = TRY(pairs(spec, "headers"));
  if (const SpecValue* requests = spec.find("request")) {
    LoadScenario only = TRY(scenario_of(*requests, "requests", plan, everywhere));
    plan.scenarios.push_back(std::move(only));
  }
  if (const SpecValue* scenarios = spec.find("scenario")) {
    if (scenarios->kind != Kind::list) {
      return spec_mistake(scenarios->place, "scenario is a list of tables", "[[scenario]]");
    }
    for (const SpecValue& one : scenarios->members) {
      LoadScenario scenario = TRY(named_scenario(one, plan, everywhere));
      plan.scenarios.push_back(std::move(scenario));
    }
  }
  if (!plan.scenarios.empty()) return ok();
  return spec_mistake(spec.value().place, "the spec asks for nothing",
                      "[[request]] with path = \"/\", or [[scenario]]");
}

Result<LoadData> data_of(const SpecValue& value, const ReadData& read) {
  const SpecTable table = TRY(SpecTable::of(value, "data", {"file", "order"}));
  const std::string file = TRY(table.text("file", ""));
  const std::string order = TRY(table.text("order", "sequential"));
  if (file.empty()) {
    return spec_mistake(value.place, fmt::format("data {} needs a file", value.name),
                        "file = \"users.csv\"");
  }
  if (order != "sequential" && order != "random") {
    return spec_mistake(table.find("order")->place, fmt::format("'{}' is no order", order),
                        "order = \"sequential\"   or \"random\"");
  }
  const std::string text = TRY(read(file));
  LoadData rows = TRY(data_rows(text).during("reading {}", file));
  rows.name = value.name;
  rows.order = order == "random" ? LoadData::Order::random : LoadData::Order::sequential;
  return rows;
}

Status add_data(const SpecTable& spec, LoadPlan& plan, const ReadData& read) {
  const SpecValue* all = spec.find("data");
  if (all == nullptr) return ok();
  if (all->kind != Kind::table) {
    return spec_mistake(all->place, "data has a name", "[data.users] with file = \"users.csv\"");
  }
  for (const SpecValue& one : all->members) {
    LoadData data = TRY(data_of(one, read));
    plan.data.push_back(std::move(data));
  }
  return ok();
}

Status add_pace(const SpecTable& spec, LoadPlan& plan) {
  plan.connections = TRY(spec.whole("connections", 0));
  plan.rate = TRY(spec.number("rate", 0));
  const bool burst = TRY(spec.truth("burst"));
  const bool poisson = TRY(spec.truth("poisson"));
  if (burst && plan.rate > 0) {
    return spec_mistake(spec.find("burst")->place, "a burst has no rate", "burst or rate");
  }
  if (poisson) plan.arrivals = LoadPlan::Arrivals::poisson;
  if (plan.rate > 0) plan.pace = LoadPlan::Pace::open;
  if (burst) plan.pace = LoadPlan::Pace::burst;
  if (plan.connections == 0) plan.connections = connections_by_default(plan.pace);
  plan.duration = TRY(spec.duration("duration", burst ? Duration::zero() : plan.duration));
  plan.threads = TRY(spec.whole("threads", 0));
  plan.seed = TRY(spec.whole("seed", plan.seed));
  plan.timeout = TRY(spec.duration("timeout", plan.timeout));
  return ok();
}

}  // namespace

Result<LoadPlan> parse_load_spec(std::string_view toml, const std::optional<LoadTarget>& target,
                                 const ReadData& read) {
  const SpecValue value = TRY(read_spec(toml));
  const SpecTable spec = TRY(SpecTable::of(
      value, "a load",
      {"target", "connections", "rate", "burst", "poisson", "duration", "threads", "seed",
       "timeout", "bad", "insecure", "headers", "data", "request", "scenario"}));
  LoadPlan plan;
  const std::string url = TRY(spec.text("target", ""));
  if (target) {
    plan.target = *target;
  } else if (url.empty()) {
    return spec_mistake({1, 1}, "the spec has no target", "target = \"http://127.0.0.1:8080\"");
  } else {
    const auto parsed = parse_load_target(url);
    if (!parsed) return at_place(*spec.find("target"), parsed.error());
    plan.target = *parsed;
  }
  TRY(add_pace(spec, plan));
  const bool insecure = TRY(spec.truth("insecure"));
  if (insecure) plan.certificates = LoadPlan::Certificates::taken;
  if (const SpecValue* bad = spec.find("bad")) {
    const std::string text = TRY(spec.text("bad", ""));
    auto expr = parse_expr(text);
    if (!expr) return at_place(*bad, expr.error());
    plan.bad = *expr;
  }
  TRY(add_data(spec, plan, read));
  TRY(add_scenarios(spec, plan));
  return plan;
}

}  // namespace culprit
