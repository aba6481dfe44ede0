// A Role is what a field's name promises: its time, level, message, status, duration, ids.
//
// Names are looked up whole, then by their last two and their last dotted part, in any case, with
// '_', '-' and '@' ignored; `http.response.status_code` is a status, `latency_ms` a duration, and
// what stands below `error` is the error's. The table is the one place that knows such names. A
// Role is a promise only: whoever relies on one checks the values too.
#pragma once

#include <cstdint>
#include <string_view>

namespace culprit {

enum class Role : std::uint8_t {
  none,
  time,         // when the event happened
  level,        // severity
  message,      // words for a reader
  status,       // HTTP-like status code: bad at 500 and above
  success,      // true/false, ok/failed, 0/1 of the operation itself: "success", "ok", "outcome"
  exception,    // its presence says that something was thrown: "exception", "err.stack"
  error,        // error text or code: restates the failure
  duration,     // how long the operation took
  correlation,  // trace, request, correlation, job ids: joins events to units
  person,       // user, customer, account, tenant, session: who is affected
  operation,    // route, endpoint, method, operation, path: what was asked for
  version,      // version, commit, image, build: what was running
  place,        // service, host, pod, region...: where it ran
};

Role role_of(std::string_view name);

// Order of preference among several names with the same role, smaller first ("trace_id" before
// "request_id", "ts" before "created"); equal for unknown names.
int rank_in_role(std::string_view name);

}  // namespace culprit
