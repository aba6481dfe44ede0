#include "event/roles.h"

#include <doctest/doctest.h>

namespace culprit {
namespace {

TEST_CASE("a name's role does not depend on its spelling") {
  struct Row {
    Role role;
    const char* names[16];
  };
  const Row rows[] = {
      {Role::time, {"ts", "time", "@timestamp", "timestamp", "t", "@t", "Event-Time", "datetime"}},
      {Role::level, {"level", "severity", "log.level", "lvl", "levelname", "@l", "LogLevel"}},
      {Role::message, {"message", "msg", "short_message", "event", "@m", "log", "Message"}},
      {Role::status,
       {"status", "status_code", "http.status_code", "http.response.status_code", "statusCode",
        "resp.status"}},
      {Role::success, {"success", "ok", "event.outcome", "outcome"}},
      {Role::exception,
       {"exception", "exc_info", "err.stack", "error.stack_trace", "exception.message",
        "stack_trace", "traceback"}},
      {Role::error,
       {"error", "err", "error.message", "error_code", "app.error.message", "error.status",
        "err.msg"}},
      {Role::duration,
       {"duration", "duration_ms", "latency", "latencyMs", "elapsed_seconds", "response_time",
        "responseTimeInMs", "took_us", "http.latency_ms"}},
      {Role::correlation,
       {"trace_id", "traceId", "trace.id", "dd.trace_id", "request_id", "X-Request-Id",
        "correlation_id", "req.id", "http.request.id"}},
      {Role::person,
       {"user_id", "user", "user.id", "customerId", "tenant", "client", "session_id"}},
      {Role::operation, {"route", "path", "method", "http.route", "endpoint", "url.path"}},
      {Role::version,
       {"version", "service.version", "git_sha", "commit", "image", "build_id", "app.version"}},
      {Role::place,
       {"service", "host", "hostname", "pod", "region", "kubernetes.pod.name", "availability_zone",
        "host.name"}},
      {Role::none,
       {"", "cart_size", "amount", "@version", "ecs.version", "x.t", "span_id", "thread", "logger",
        "order.code", "user_agent.version", ".", "a."}},
  };
  for (const Row& row : rows) {
    for (const char* name : row.names) {
      if (name == nullptr) break;
      CAPTURE(name);
      CHECK(role_of(name) == row.role);
    }
  }
}

TEST_CASE("the better of two names ranks first") {
  struct Row {
    const char* better;
    const char* worse;
  };
  const Row rows[] = {{"trace_id", "request_id"},   {"ts", "created"},
                      {"message", "event"},         {"msg", "commit.log.message"},
                      {"level", "request.level"},   {"time", "request.time"},
                      {"status", "upstream.status"}};
  for (const Row& row : rows) {
    CAPTURE(row.better);
    CHECK(rank_in_role(row.better) < rank_in_role(row.worse));
  }
  CHECK(rank_in_role("cart_size") == rank_in_role("amount"));
}

}  // namespace
}  // namespace culprit
