#include "experiment/clock.h"

#include <doctest/doctest.h>

namespace culprit {

TEST_CASE("where a clock is set to") {
  const Time now = *parse_time("2025-11-20T14:00:00Z");
  struct Row {
    std::string_view level;
    std::string_view zone;
    std::string_view at;
  };
  const Row rows[] = {
      {"+1d", "UTC", "2025-11-21T14:00:00.000Z"},
      {"-1h", "UTC", "2025-11-20T13:00:00.000Z"},
      {"+1h30m", "no zone", "2025-11-20T15:30:00.000Z"},
      {"2024-02-29T12:00:00Z", "UTC", "2024-02-29T12:00:00.000Z"},
      {"leap-day", "UTC", "2028-02-29T12:00:00.000Z"},
      {"leap-day", "Asia/Kolkata", "2028-02-29T06:30:00.000Z"},
      {"year-end", "UTC", "2025-12-31T23:59:55.000Z"},
      {"year-end", "Pacific/Kiritimati", "2025-12-31T09:59:55.000Z"},
      {"2038", "UTC", "2038-01-19T03:14:06.000Z"},
      {"dst-gap", "Europe/London", "2026-03-29T00:59:55.000Z"},
      {"dst-overlap", "Europe/London", "2026-10-25T00:59:55.000Z"},
      {"dst-gap", "America/New_York", "2026-03-08T06:59:55.000Z"},
      {"dst-overlap", "America/New_York", "2026-11-01T05:59:55.000Z"},
      {"dst-gap", "Australia/Lord_Howe", "2026-10-03T15:29:55.000Z"},      // by half an hour
      {"dst-overlap", "Australia/Lord_Howe", "2026-04-04T14:59:55.000Z"},  // 02:00 -> 01:30
      {"dst-gap", "Asia/Kolkata", "2025-11-20T14:00:00.000Z"},             // never switches
  };
  for (const Row& row : rows) {
    CAPTURE(row.level);
    CAPTURE(row.zone);
    const Result<Duration> shift = clock_shift(row.level, row.zone, now);
    REQUIRE(shift);
    CHECK(to_string(now + *shift) == row.at);
  }
}

TEST_CASE("what is no clock level is refused") {
  const Time now = *parse_time("2025-11-20T14:00:00Z");
  for (const std::string_view level : {"", "+", "+-1h", "tomorrow", "2039", "1d"}) {
    CAPTURE(level);
    const Result<Duration> shift = clock_shift(level, "UTC", now);
    REQUIRE_FALSE(shift);
    CHECK(shift.error().fault == Fault::usage);
  }
  CHECK_FALSE(clock_shift("dst-gap", "No/Where", now));
}

}  // namespace culprit
