#include "workbench/moment.h"

#include <doctest/doctest.h>

#include <string>

namespace culprit {
namespace {

Time at(std::string_view text) {
  const auto time = parse_time(text);
  REQUIRE(time);
  return *time;
}

Zone berlin() {
  auto zone = Zone::named("Europe/Berlin");
  REQUIRE(zone);
  return std::move(zone).value();
}

std::string meant(std::string_view text, std::string_view newest, const Zone& zone) {
  const auto moment = parse_moment(text);
  REQUIRE(moment);
  return to_string(resolved(*moment, at(newest), zone));
}

std::string meant_before(std::string_view text, std::string_view newest, const Zone& zone) {
  const auto moment = parse_moment(text);
  REQUIRE(moment);
  return to_string(resolved_before(*moment, at(newest), zone));
}

}  // namespace

TEST_CASE("a full time with a zone means itself") {
  CHECK(meant("2025-11-20T14:03:00Z", "2020-01-01T00:00:00Z", berlin()) ==
        "2025-11-20T14:03:00.000Z");
  CHECK(meant("2025-11-20 14:03:00.5+02:00", "2020-01-01T00:00:00Z", berlin()) ==
        "2025-11-20T12:03:00.500Z");
}

TEST_CASE("a full time without a zone is on the clocks of the given one") {
  CHECK(meant("2025-11-20T14:03:00", "2020-01-01T00:00:00Z", {}) == "2025-11-20T14:03:00.000Z");
  CHECK(meant("2025-11-20T14:03:00", "2020-01-01T00:00:00Z", berlin()) ==
        "2025-11-20T13:03:00.000Z");
  CHECK(meant("2025-11-20 14:03", "2020-01-01T00:00:00Z", berlin()) == "2025-11-20T13:03:00.000Z");
  CHECK(meant("2025-07-20", "2020-01-01T00:00:00Z", berlin()) == "2025-07-19T22:00:00.000Z");
}

TEST_CASE("a clock time is on the day of the newest event, as the zone has it") {
  CHECK(meant("14:03", "2025-11-20T15:00:00Z", {}) == "2025-11-20T14:03:00.000Z");
  CHECK(meant("14:03:12.25", "2025-11-20T15:00:00Z", {}) == "2025-11-20T14:03:12.250Z");
  CHECK(meant("16:00", "2025-11-20T15:00:00Z", {}) == "2025-11-20T16:00:00.000Z");
  // 23:30 UTC is half past midnight of the next day in Berlin.
  CHECK(meant("00:15", "2025-11-20T23:30:00Z", berlin()) == "2025-11-20T23:15:00.000Z");
  CHECK(meant("14:03", "2025-07-20T15:00:00Z", berlin()) == "2025-07-20T12:03:00.000Z");
}

TEST_CASE("a clock time that the newest event has not reached may be meant of the day before") {
  CHECK(meant_before("23:50", "2025-11-20T00:10:00Z", {}) == "2025-11-19T23:50:00.000Z");
  CHECK(meant_before("00:10", "2025-11-20T00:10:00Z", {}) == "2025-11-20T00:10:00.000Z");
  // The clocks go forward that night, so the day before is not 24 hours away.
  CHECK(meant_before("23:50", "2025-03-30T20:00:00Z", berlin()) == "2025-03-29T22:50:00.000Z");
  CHECK(meant_before("2030-01-01T00:00:00Z", "2025-11-20T00:10:00Z", {}) ==
        "2030-01-01T00:00:00.000Z");
}

TEST_CASE("a distance goes back from the newest event") {
  CHECK(meant("-2h", "2025-11-20T15:00:00Z", berlin()) == "2025-11-20T13:00:00.000Z");
  CHECK(meant("-90s", "2025-11-20T00:01:00Z", {}) == "2025-11-19T23:59:30.000Z");
}

TEST_CASE("only clock times and distances need the newest event") {
  CHECK(parse_moment("14:03")->needs_newest());
  CHECK(parse_moment("-5m")->needs_newest());
  CHECK_FALSE(parse_moment("2025-11-20T14:03:00Z")->needs_newest());
  CHECK_FALSE(parse_moment("2025-11-20")->needs_newest());
}

TEST_CASE("what is no time is refused") {
  for (const char* text : {"", "-", "-x", "yesterday", "25:00", "14:3", "14", "2025-13-01", "12345",
                           "2025-11-20T14", "14:03Zulu", "--"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_moment(text));
  }
}

}  // namespace culprit
