#include "experiment/load/request_event.h"

#include "experiment/event_file.h"

namespace culprit {
namespace {

double milliseconds(Duration duration) { return seconds(duration) * 1e3; }

std::string_view outcome_text(Outcome outcome) { return outcome == Outcome::bad ? "failed" : "ok"; }

Duration service_of(const EndedRequest& request) {
  return request.started == no_time ? Duration::zero() : request.ended - request.started;
}

}  // namespace

std::string event_line(const EndedRequest& request, const LoadScript& script, const TraceId& trace,
                       Duration clock) {
  const bool bad = request.outcome == Outcome::bad;
  std::string line = fmt::format(
      R"({{"time":"{}","level":"{}","trace_id":"{}","route":{},"scenario":{},"connection":{})",
      to_string(request.ended + clock), bad ? "error" : "info", to_string(trace),
      json_text_of(script.routes()[request.route]),
      json_text_of(script.scenarios()[request.scenario].name), request.connection);
  if (request.status != 0) line += fmt::format(R"(,"status":{})", request.status);
  line += fmt::format(R"(,"outcome":"{}")", outcome_text(request.outcome));
  if (const std::string fault = fault_of(request); !fault.empty()) {
    line += fmt::format(R"(,"error":{})", json_text_of(fault));
  }
  line += fmt::format(R"(,"bytes":{},"duration_ms":{:.3f},"intended":"{}")", request.bytes,
                      milliseconds(request.ended - request.intended),
                      to_string(request.intended + clock));
  if (request.started != no_time) {
    line += fmt::format(R"(,"started":"{}","service_ms":{:.3f})",
                        to_string(request.started + clock), milliseconds(service_of(request)));
  }
  return line + "}\n";
}

bool says_bad(const Expr& bad, const EndedRequest& request, const LoadScript& script) {
  const std::string status = request.status == 0 ? "" : std::to_string(request.status);
  const std::string connection = std::to_string(request.connection);
  const std::string bytes = std::to_string(request.bytes);
  const std::string duration =
      fmt::format("{:.3f}", milliseconds(request.ended - request.intended));
  const std::string service = fmt::format("{:.3f}", milliseconds(service_of(request)));
  const std::string fault = fault_of(request);
  std::vector<Field> fields = {{"route", script.routes()[request.route], Kind::text},
                               {"scenario", script.scenarios()[request.scenario].name, Kind::text},
                               {"connection", connection, Kind::number},
                               {"bytes", bytes, Kind::number},
                               {"duration_ms", duration, Kind::number},
                               {"service_ms", service, Kind::number},
                               {"outcome", outcome_text(request.outcome), Kind::text}};
  if (!status.empty()) fields.push_back({"status", status, Kind::number});
  if (!fault.empty()) fields.push_back({"error", fault, Kind::text});
  Event event;
  event.set_fields(fields);
  return holds(bad, event);
}

}  // namespace culprit
