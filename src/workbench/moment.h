// A Moment is an instant as people write it on a command line about logs: a full time, a clock
// time, or a distance back from the newest event.
//
//     2025-11-20T14:03:00Z     exactly that
//     2025-11-20T14:03, 2025-11-20   on the clocks of the zone given with --tz (UTC)
//     14:03, 14:03:12.5        on the day of the newest event, by the clocks of that zone
//     -2h                      before the newest event
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/time.h"
#include "base/zone.h"

namespace culprit {

struct Moment {
  enum class Kind : std::uint8_t { instant, local, clock, back };
  Kind kind = Kind::instant;
  Time instant = no_time;  // instant
  std::int64_t local = 0;  // local: nanoseconds since 1970 on the wall; clock: since midnight
  Duration back{0};        // before the newest event

  bool needs_newest() const { return kind == Kind::clock || kind == Kind::back; }
  bool operator==(const Moment&) const = default;
};

std::optional<Moment> parse_moment(std::string_view text);  // nothing: no time

// `newest` counts only where needs_newest().
Time resolved(const Moment& moment, Time newest, const Zone& zone);

// The same, but a clock time that the newest event has not reached is that of the day before:
// "23:50" said at ten past midnight.
Time resolved_before(const Moment& moment, Time newest, const Zone& zone);

}  // namespace culprit
