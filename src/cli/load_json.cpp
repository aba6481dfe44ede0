#include "cli/load_json.h"

#include <fmt/format.h>

#include "cli/json_text.h"

namespace culprit {
namespace {

std::string milliseconds(Duration duration) {
  return fmt::format("{:.6g}", seconds(duration) * 1e3);
}

std::string latency_json(const LatencyHistogram& histogram) {
  return fmt::format(
      R"({{"count":{},"mean_ms":{},"least_ms":{},"p50_ms":{},"p90_ms":{},"p95_ms":{},"p99_ms":{},)"
      R"("p99_9_ms":{},"greatest_ms":{}}})",
      histogram.count(), milliseconds(histogram.mean()), milliseconds(histogram.least()),
      milliseconds(histogram.quantile(0.5)), milliseconds(histogram.quantile(0.9)),
      milliseconds(histogram.quantile(0.95)), milliseconds(histogram.quantile(0.99)),
      milliseconds(histogram.quantile(0.999)), milliseconds(histogram.greatest()));
}

template <typename Items, typename Written>
std::string list_of(const Items& items, Written written) {
  std::string text;
  for (const auto& item : items) text += (text.empty() ? "" : ",") + written(item);
  return "[" + text + "]";
}

std::string outcome_json(const LoadOutcome& one) {
  return fmt::format(R"({{"outcome":"{}","text":{},"requests":{},"mean_ms":{}}})",
                     one.outcome == Outcome::bad ? "bad" : "good", json_string(one.text), one.count,
                     milliseconds(one.mean));
}

std::string route_json(const LoadRoute& route) {
  return fmt::format(R"({{"route":{},"requests":{},"bad":{},"latency":{},"outcomes":{}}})",
                     json_string(route.name), route.requests, route.bad,
                     latency_json(route.latency), list_of(route.outcomes, outcome_json));
}

std::string moment_json(const LoadMoment& one) {
  return fmt::format(R"({{"requests":{},"bad":{},"greatest_ms":{}}})", one.requests, one.bad,
                     milliseconds(one.greatest));
}

std::string plan_json(const LoadPlan& plan) {
  static constexpr std::string_view paces[] = {"closed", "open", "burst"};
  return fmt::format(R"({{"target":{},"pace":"{}","connections":{},"rate":{},"arrivals":"{}",)"
                     R"("duration_seconds":{:.6g},"timeout_seconds":{:.6g},"seed":{}}})",
                     json_string(fmt::format("{}://{}{}", plan.target.tls ? "https" : "http",
                                             plan.target.authority, plan.target.path)),
                     paces[static_cast<std::size_t>(plan.pace)], plan.connections,
                     plan.pace == LoadPlan::Pace::open ? fmt::format("{:.6g}", plan.rate) : "null",
                     plan.arrivals == LoadPlan::Arrivals::poisson ? "poisson" : "constant",
                     seconds(plan.duration), seconds(plan.timeout), plan.seed);
}

}  // namespace

std::string load_json(const LoadReport& report) {
  const LoadResult& result = report.result;
  const double elapsed = seconds(result.elapsed);
  const double rate = elapsed > 0 ? static_cast<double>(result.requests) / elapsed : 0;
  std::string text = fmt::format(
      R"({{"schema_version":1,"plan":{},"began":"{}","elapsed_seconds":{:.6g},"requests":{},)"
      R"("bad":{},"answered":{},"requests_per_second":{:.6g},"bytes":{},"connections_made":{},)"
      R"("repeated":{},"unfinished":{},"interrupted":{},"latency":{},"service":{},"lag":{},)",
      plan_json(report.plan), to_string(result.began), elapsed, result.requests, result.bad,
      result.answered, rate, result.bytes, result.connections, result.repeated, result.unfinished,
      result.interrupted, latency_json(result.latency), latency_json(result.service),
      latency_json(result.lag));
  text += fmt::format(
      R"("release_ms":{},"routes":{},"timeline":{{"moment_ms":{},"moments":{}}},"record":{}}})",
      milliseconds(result.release), list_of(result.routes, route_json), milliseconds(result.moment),
      list_of(result.timeline, moment_json),
      report.record.empty() ? "null" : json_string(report.record));
  return text + "\n";
}

}  // namespace culprit
