#include "base/time.h"

#include <limits>

#include <doctest/doctest.h>

namespace culprit {
namespace {

TEST_CASE("an instant is written with as many digits as it needs") {
  CHECK(to_string(from_nanoseconds(0)) == "1970-01-01T00:00:00.000Z");
  CHECK(to_string(from_nanoseconds(1'763'647'392'345'000'000)) == "2025-11-20T14:03:12.345Z");
  CHECK(to_string(from_nanoseconds(1'763'647'392'345'600'000)) == "2025-11-20T14:03:12.345600Z");
  CHECK(to_string(from_nanoseconds(1'763'647'392'000'000'007)) == "2025-11-20T14:03:12.000000007Z");
  CHECK(to_string(from_nanoseconds(-1)) == "1969-12-31T23:59:59.999999999Z");
  CHECK(to_string(no_time) == "-");
  CHECK(clock_text(from_nanoseconds(1'763'647'392'000'000'000)) == "14:03:12Z");
  CHECK(clock_text(from_nanoseconds(1'763'647'392'345'678'000)) == "14:03:12.345Z");
}

TEST_CASE("RFC 3339 is read in all its spellings") {
  struct Row {
    const char* text;
    const char* instant;
  };
  const Row rows[] = {
      {"2025-11-20T14:03:12Z", "2025-11-20T14:03:12.000Z"},
      {"2025-11-20t14:03:12z", "2025-11-20T14:03:12.000Z"},
      {"2025-11-20 14:03:12.5Z", "2025-11-20T14:03:12.500Z"},
      {"2025-11-20T14:03:12.123456789999Z", "2025-11-20T14:03:12.123456789Z"},
      {"2025-11-20T14:03:12+01:00", "2025-11-20T13:03:12.000Z"},
      {"2025-11-20T14:03:12-0530", "2025-11-20T19:33:12.000Z"},
      {"2024-02-29T23:59:60Z", "2024-03-01T00:00:00.000Z"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    const auto time = parse_time(row.text);
    REQUIRE(time);
    CHECK(to_string(*time) == row.instant);
  }
}

TEST_CASE("what is not an instant is refused") {
  for (const char* text :
       {"", "2025", "2025-11-20", "2025-11-20T14:03:12", "2025-13-20T14:03:12Z",
        "2025-02-29T14:03:12Z", "2025-11-20T24:03:12Z", "2025-11-20T14:60:12Z",
        "2025-11-20T14:03:61Z", "2025-11-20T14:03:12.Z", "2025-11-20T14:03:12+1:00",
        "2025-11-20T14:03:12Zx", "9999-11-20T14:03:12Z", "1000-01-01T00:00:00Z",
        "2025-11-20T14:03:12+99:00"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_time(text));
  }
}

TEST_CASE("every day of four centuries is written and read back") {
  const std::int64_t first = days_from_civil(1700, 1, 1);
  const std::int64_t last = days_from_civil(2262, 1, 1);
  for (std::int64_t day = first; day < last; ++day) {
    const Time time = from_nanoseconds((day * 86'400 + day % 86'400) * 1'000'000'000);
    const auto again = parse_time(to_string(time));
    REQUIRE(again);
    REQUIRE(*again == time);
  }
}

TEST_CASE("durations are written for people") {
  struct Row {
    Duration duration;
    const char* text;
  };
  using namespace std::chrono_literals;
  const Row rows[] = {
      {0ns, "0s"},         {80ns, "80ns"},          {2'500ns, "2.5us"},
      {350ms, "350ms"},    {999'700us, "1s"},       {4s, "4s"},
      {4'350ms, "4.35s"},  {12'345ms, "12.3s"},     {59'940ms, "59.9s"},
      {59'960ms, "1m"},    {130s, "2m 10s"},        {3h + 4min, "3h 4m"},
      {3'599'600ms, "1h"}, {24h * 2 + 5h, "2d 5h"}, {-90s, "-1m 30s"},
      {24h, "1d"},         {1h + 29s, "1h"},
  };
  for (const Row& row : rows) CHECK(to_string(row.duration) == row.text);
  CHECK(to_string(Duration::min()) == "-106752d");
}

TEST_CASE("durations are read with their units, added up") {
  using namespace std::chrono_literals;
  struct Row {
    const char* text;
    Duration duration;
  };
  const Row rows[] = {{"250ms", 250ms}, {"2s", 2s},       {"1.5h", 90min}, {"14d", 336h},
                      {"1h30m", 90min}, {"2m 10s", 130s}, {"1w", 168h},    {"10us", 10us},
                      {"10µs", 10us},   {"0.25s", 250ms}, {"5m", 5min},    {"7ns", 7ns}};
  for (const Row& row : rows) {
    CAPTURE(row.text);
    const auto read = parse_duration(row.text);
    REQUIRE(read);
    CHECK(*read == row.duration);
  }
  for (const char* text : {"", "2", "s", "2 s", "2s ", "-2s", "1.2.3s", ".s", "2x", "99999999d"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_duration(text));
  }
}

TEST_CASE("seconds beyond the range saturate") {
  CHECK(from_seconds(1.5).count() == 1'500'000'000);
  CHECK(from_seconds(1e30) == Duration::max());
  CHECK(from_seconds(-1e30) == Duration::min());
  CHECK(from_seconds(std::numeric_limits<double>::quiet_NaN()) == Duration::min());
}

}  // namespace
}  // namespace culprit
