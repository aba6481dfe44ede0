#include "experiment/load/load_script.h"

#include <algorithm>
#include <array>

#include "experiment/chance.h"

namespace culprit {
namespace {

// Streams of chance (chance.h): a choice must not move another.
constexpr std::uint64_t stream_scenario = 1;
constexpr std::uint64_t stream_row = 2;

bool is_one_of(std::string_view method, std::span<const std::string_view> methods) {
  return std::find(methods.begin(), methods.end(), method) != methods.end();
}

// A value must not end the line that it stands in, or it could begin another.
std::string in_line(std::string_view value) {
  std::string text(value);
  std::erase_if(text, [](char c) { return c == '\r' || c == '\n' || c == '\0'; });
  return text;
}

std::string in_path(std::string_view value) {
  std::string text;
  for (const char c : value) {
    const auto byte = static_cast<unsigned char>(c);
    text += byte > 0x20 && byte < 0x7F ? std::string(1, c) : fmt::format("%{:02X}", byte);
  }
  return text;
}

template <typename Made>
std::string filled(const TextTemplate& text, std::span<const std::string> values, Made made) {
  std::string all;
  for (const TextTemplate::Piece& piece : text.pieces()) {
    all += piece.text;
    if (piece.slot != TextTemplate::no_slot) all += made(values[piece.slot]);
  }
  return all;
}

bool has_header(const LoadRequest& request, std::string_view name) {
  HttpHead head;
  for (const LoadHeader& one : request.headers) head.headers.push_back({one.name, one.value});
  return head.header(name).has_value();
}

std::string headers_text(const LoadRequest& request, const LoadTarget& target) {
  std::string text;
  if (!has_header(request, "host")) text += fmt::format("Host: {}\r\n", target.authority);
  if (!has_header(request, "user-agent")) text += "User-Agent: culprit\r\n";
  for (const LoadHeader& one : request.headers) {
    text += fmt::format("{}: {}\r\n", one.name, one.value);
  }
  return text;
}

// What every run knows at its beginning, in the order of values_at_start().
std::vector<std::string> names_at_start(const LoadPlan& plan) {
  std::vector<std::string> names = {"iteration", "connection"};
  for (const LoadData& data : plan.data) {
    for (const std::string& column : data.columns) names.push_back(data.name + "." + column);
  }
  return names;
}

Status check(const LoadPlan& plan) {
  if (plan.scenarios.empty()) return error(Fault::usage, "there is no scenario to run");
  for (const LoadScenario& scenario : plan.scenarios) {
    if (scenario.requests.empty()) {
      return error(Fault::usage, "scenario {} has no request", scenario.name);
    }
  }
  for (const LoadData& data : plan.data) {
    if (data.rows.empty()) return error(Fault::usage, "data {} has no row", data.name);
  }
  if (plan.pace == LoadPlan::Pace::open && plan.rate <= 0) {
    return error(Fault::usage, "an open loop needs a rate");
  }
  if (plan.connections == 0) return error(Fault::usage, "a load needs a connection");
  return ok();
}

}  // namespace

std::string to_string(const TraceId& id) { return fmt::format("{:016x}{:016x}", id.high, id.low); }

Result<LoadScript> LoadScript::of(const LoadPlan& plan, Tracing tracing) {
  TRY(check(plan));
  LoadScript made;
  made.plan_ = &plan;
  made.tracing_ = tracing;
  double total = 0;
  for (const LoadScenario& scenario : plan.scenarios) total += scenario.weight;
  double up_to = 0;
  for (const LoadScenario& scenario : plan.scenarios) {
    up_to += scenario.weight / total;
    Scenario ready{scenario.name, up_to, {}};
    std::vector<std::string> names = names_at_start(plan);
    for (const LoadRequest& request : scenario.requests) {
      auto step = made.step_of(request, names);
      if (!step) return std::move(step).during("preparing {}", request.name).error();
      ready.steps.push_back(std::move(step).value());
    }
    made.slots_ = std::max(made.slots_, names.size());
    made.scenarios_.push_back(std::move(ready));
  }
  made.scenarios_.back().weight_up_to = 1;
  return made;
}

Result<LoadStep> LoadScript::step_of(const LoadRequest& request, std::vector<std::string>& names) {
  constexpr std::array<std::string_view, 6> repeatable = {"GET",    "HEAD",    "PUT",
                                                          "DELETE", "OPTIONS", "TRACE"};
  constexpr std::array<std::string_view, 3> with_body = {"POST", "PUT", "PATCH"};
  LoadStep step;
  step.line = TRY(
      TextTemplate::parse(fmt::format("{} {} HTTP/1.1\r\n", request.method, request.path), names));
  step.headers = TRY(TextTemplate::parse(headers_text(request, plan_->target), names));
  step.body = TRY(TextTemplate::parse(request.body, names));
  step.has_body = !request.body.empty() || is_one_of(request.method, with_body);
  step.head_only = request.method == "HEAD";
  step.repeatable = is_one_of(request.method, repeatable);
  step.think = request.think;
  step.route = route_of(request);
  std::vector<std::size_t> slots;
  for (const Capture& capture : request.captures) {
    const auto found = std::find(names.begin(), names.end(), capture.name);
    slots.push_back(static_cast<std::size_t>(found - names.begin()));
    if (found == names.end()) names.push_back(capture.name);
  }
  step.rules = TRY(ReplyRules::of(request, slots));
  const bool plain = step.line.plain() && step.headers.plain() && step.body.plain();
  plain_ = plain_ && plain && request.captures.empty();
  if (plain && tracing_ == Tracing::off) step.whole = this->request(step, {}, {});
  return step;
}

std::size_t LoadScript::route_of(const LoadRequest& request) {
  const std::string name =
      request.name.empty()
          ? fmt::format("{} {}", request.method, request.path.substr(0, request.path.find('?')))
          : request.name;
  const auto found = std::find(routes_.begin(), routes_.end(), name);
  if (found != routes_.end()) return static_cast<std::size_t>(found - routes_.begin());
  routes_.push_back(name);
  return routes_.size() - 1;
}

std::size_t LoadScript::scenario_of(std::uint64_t run) const {
  if (scenarios_.size() == 1) return 0;
  const double point = dice_at({plan_->seed, run, stream_scenario, 0}).uniform();
  std::size_t found = 0;
  while (scenarios_[found].weight_up_to <= point) ++found;
  return std::min(found, scenarios_.size() - 1);
}

std::vector<std::string> LoadScript::values_at_start(std::uint64_t run,
                                                     std::size_t connection) const {
  std::vector<std::string> values = {std::to_string(run), std::to_string(connection)};
  for (std::size_t i = 0; i < plan_->data.size(); ++i) {
    const LoadData& data = plan_->data[i];
    const std::size_t row =
        data.order == LoadData::Order::sequential
            ? run % data.rows.size()
            : dice_at({plan_->seed, run, stream_row, i}).below(data.rows.size());
    values.insert(values.end(), data.rows[row].begin(), data.rows[row].end());
  }
  values.resize(std::max(values.size(), slots_));
  return values;
}

std::string LoadScript::request(const LoadStep& step, std::span<const std::string> values,
                                const TraceId& trace) const {
  std::string bytes = filled(step.line, values, in_path);
  bytes += filled(step.headers, values, in_line);
  if (tracing_ == Tracing::on) {
    // W3C Trace Context: version, trace, span, sampled.
    bytes += fmt::format("traceparent: 00-{:016x}{:016x}-{:016x}-01\r\n", trace.high, trace.low,
                         trace.low | 1);
  }
  const std::string body = step.body.filled(values);
  if (step.has_body) bytes += fmt::format("Content-Length: {}\r\n", body.size());
  return bytes + "\r\n" + body;
}

}  // namespace culprit
