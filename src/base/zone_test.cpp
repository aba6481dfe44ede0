#include "base/zone.h"

#include <doctest/doctest.h>

namespace culprit {
namespace {

// The wall clock's nanoseconds, written as if it were UTC.
std::int64_t local(const char* text) { return nanoseconds(*parse_time(std::string(text) + "Z")); }

std::string utc(const Zone& zone, const char* text) { return to_string(zone.to_time(local(text))); }

TEST_CASE("no zone is UTC") {
  CHECK(utc(Zone(), "2025-11-20T14:03:12") == "2025-11-20T14:03:12.000Z");
  CHECK(Zone().name() == "UTC");
  CHECK_FALSE(Zone().ambiguous(local("2025-11-20T14:03:12")));
}

TEST_CASE("a zone with summer time knows both of its offsets") {
  const Zone berlin = *Zone::named("Europe/Berlin");
  CHECK(utc(berlin, "2025-01-15T12:00:00") == "2025-01-15T11:00:00.000Z");
  CHECK(utc(berlin, "2025-07-15T12:00:00.5") == "2025-07-15T10:00:00.500Z");
  CHECK(utc(berlin, "1970-01-01T00:30:00") == "1969-12-31T23:30:00.000Z");
}

TEST_CASE("an hour that occurs twice is the earlier one, and known to be ambiguous") {
  const Zone berlin = *Zone::named("Europe/Berlin");
  CHECK(utc(berlin, "2025-10-26T01:59:59") == "2025-10-25T23:59:59.000Z");
  CHECK(utc(berlin, "2025-10-26T02:30:00") == "2025-10-26T00:30:00.000Z");
  CHECK(utc(berlin, "2025-10-26T03:00:00") == "2025-10-26T02:00:00.000Z");
  CHECK_FALSE(berlin.ambiguous(local("2025-10-26T01:59:59")));
  CHECK(berlin.ambiguous(local("2025-10-26T02:00:00")));
  CHECK(berlin.ambiguous(local("2025-10-26T02:59:59")));
  CHECK_FALSE(berlin.ambiguous(local("2025-10-26T03:00:00")));
}

TEST_CASE("an hour that is skipped is counted on from before the switch") {
  const Zone berlin = *Zone::named("Europe/Berlin");
  CHECK(utc(berlin, "2025-03-30T01:59:59") == "2025-03-30T00:59:59.000Z");
  CHECK(utc(berlin, "2025-03-30T02:30:00") == "2025-03-30T01:30:00.000Z");
  CHECK(utc(berlin, "2025-03-30T03:30:00") == "2025-03-30T01:30:00.000Z");
  CHECK_FALSE(berlin.ambiguous(local("2025-03-30T02:30:00")));
}

TEST_CASE("the southern half of the world switches the other way") {
  const Zone sydney = *Zone::named("Australia/Sydney");
  CHECK(utc(sydney, "2025-01-15T12:00:00") == "2025-01-15T01:00:00.000Z");
  CHECK(utc(sydney, "2025-07-15T12:00:00") == "2025-07-15T02:00:00.000Z");
  CHECK(sydney.ambiguous(local("2025-04-06T02:30:00")));
}

TEST_CASE("fixed offsets need no database") {
  CHECK(utc(*Zone::named("+02:00"), "2025-01-15T12:00:00") == "2025-01-15T10:00:00.000Z");
  CHECK(utc(*Zone::named("-0530"), "2025-01-15T12:00:00") == "2025-01-15T17:30:00.000Z");
  CHECK(utc(*Zone::named("+02"), "2025-01-15T12:00:00") == "2025-01-15T10:00:00.000Z");
  CHECK(Zone::named("UTC")->name() == "UTC");
  CHECK(Zone::named("local"));
}

TEST_CASE("an unknown zone is an error with advice") {
  for (const char* name : {"Europe/Berlim", "+25:00", "+1", "+02:0", "+02:00x", "MEZ?"}) {
    CAPTURE(name);
    const auto zone = Zone::named(name);
    REQUIRE_FALSE(zone);
    CHECK(zone.error().fault == Fault::usage);
    CHECK_FALSE(zone.error().advice.empty());
  }
}

}  // namespace
}  // namespace culprit
