#include "parse/timestamp.h"

#include <random>
#include <string>

#include <doctest/doctest.h>
#include <fmt/format.h>

namespace culprit {
namespace {

TEST_CASE("every spelling of an instant is read") {
  struct Row {
    const char* text;
    const char* instant;
    std::size_t length;
    bool zoned;
  };
  const Row rows[] = {
      {"2025-11-20T03:31:08Z rest", "2025-11-20T03:31:08.000Z", 20, true},
      {"2025-11-20T03:31:08.123456789Z", "2025-11-20T03:31:08.123456789Z", 30, true},
      {"2025-11-20 03:31:08,123 INFO", "2025-11-20T03:31:08.123Z", 23, false},
      {"2025-11-20T03:31:08+01:00 x", "2025-11-20T02:31:08.000Z", 25, true},
      {"2025-11-20T03:31:08-0530", "2025-11-20T09:01:08.000Z", 24, true},
      {"2025-11-20 03:31:08.5+00", "2025-11-20T03:31:08.500Z", 24, true},
      {"2025-11-20 03:31:08 +0100 x", "2025-11-20T02:31:08.000Z", 25, true},
      {"2025-11-20 03:31:08 UTC [7]", "2025-11-20T03:31:08.000Z", 23, true},
      {"2025-11-20 03:31:08 -07 x", "2025-11-20T03:31:08.000Z", 19, false},
      {"2025-11-20 03:31:08 Zone", "2025-11-20T03:31:08.000Z", 19, false},
      {"2025-11-20 03:31", "2025-11-20T03:31:00.000Z", 16, false},
      {"2025/11/20 03:31:08 x", "2025-11-20T03:31:08.000Z", 19, false},
      {"2025.11.20 03:31:08.5 x", "2025-11-20T03:31:08.500Z", 21, false},
      {"2025-11-20-03.31.08.675872 R02", "2025-11-20T03:31:08.675872Z", 26, false},
      {"20251120-03:31:08:606|x", "2025-11-20T03:31:08.606Z", 21, false},
      {"20251120-3:1:8:250|x", "2025-11-20T03:01:08.250Z", 18, false},
      {"20251120T033108Z", "2025-11-20T03:31:08.000Z", 16, true},
      {"20/Nov/2025:03:31:08 +0100]", "2025-11-20T02:31:08.000Z", 26, true},
      {"[20/Nov/2025:03:31:08 +0100] \"", "2025-11-20T02:31:08.000Z", 28, true},
      {"[2025-11-20T03:31:08Z INFO x] y", "2025-11-20T03:31:08.000Z", 21, true},
      {"Nov 20 03:31:08 2025 x", "2025-11-20T03:31:08.000Z", 20, false},
      {"Nov  2 03:31:08.250 2025", "2025-11-02T03:31:08.250Z", 24, false},
      {"[Thu Nov 20 03:31:08.123456 2025] [", "2025-11-20T03:31:08.123456Z", 33, false},
      {"Thu Nov 20 03:31:08 UTC 2025", "2025-11-20T03:31:08.000Z", 28, true},
      {"Nov 20 03:31:08 2025 +0100", "2025-11-20T02:31:08.000Z", 26, true},
      {"Nov 20, 2025 3:31:08 PM x", "2025-11-20T15:31:08.000Z", 23, false},
      {"Nov 20, 2025 12:31:08 AM x", "2025-11-20T00:31:08.000Z", 24, false},
      {"20 Nov 2025 03:31:08.5 x", "2025-11-20T03:31:08.500Z", 22, false},
      {"20-Nov-2025 03:31:08.500 INFO", "2025-11-20T03:31:08.500Z", 24, false},
      {"Thu, 20 Nov 2025 03:31:08 GMT", "2025-11-20T03:31:08.000Z", 29, true},
      {"1763609468", "2025-11-20T03:31:08.000Z", 10, true},
      {"1763609468.25 x", "2025-11-20T03:31:08.250Z", 13, true},
      {"1763609468250", "2025-11-20T03:31:08.250Z", 13, true},
      {"1763609468250123", "2025-11-20T03:31:08.250123Z", 16, true},
      {"1763609468250123456", "2025-11-20T03:31:08.250123456Z", 19, true},
      {"2016-12-31T23:59:60Z", "2017-01-01T00:00:00.000Z", 20, true},
  };
  TimeCache cache;
  for (const Row& row : rows) {
    CAPTURE(row.text);
    const TimeRead read = read_timestamp(row.text, Zone());
    CHECK(to_string(read.time) == row.instant);
    CHECK(read.length == row.length);
    CHECK(read.zoned == row.zoned);
    for (int again = 0; again < 2; ++again) {
      const TimeRead cached = read_timestamp(row.text, Zone(), cache);
      CHECK(cached.time == read.time);
      CHECK(cached.length == read.length);
      CHECK(cached.zoned == read.zoned);
    }
  }
}

TEST_CASE("what is not an instant is not taken for one") {
  for (const char* text : {"",
                           "x",
                           "2025",
                           "2025-11-20",
                           "2025-11-20T",
                           "2025-11-20T03:31:61Z",
                           "2025-11-20T03:31:081",
                           "2025-02-29T03:31:08Z",
                           "2025-13-01T03:31:08Z",
                           "2025-11-20T24:31:08Z",
                           "2025-11/20T03:31:08Z",
                           "1234567890123456789012",
                           "17636094689",
                           "123456789",
                           "1763609468x",
                           "1763609468-3",
                           "Nov 20 03:31:08",
                           "Nov 31 03:31:08 2025",
                           "32 Nov 2025 03:31:08",
                           "Thursday",
                           "[",
                           "[]",
                           "20/Nov/2025",
                           "May be",
                           "4102444800",
                           "9999-11-20T03:31:08Z",
                           "Nov 20 03:31:08 20251"}) {
    CAPTURE(text);
    TimeCache cache;
    CHECK(read_timestamp(text, Zone()).length == 0);
    CHECK(read_timestamp(text, Zone(), cache).length == 0);
  }
}

// The slow and obvious way.
std::string spelled(std::int64_t wall, int spelling, int fraction_digits) {
  const std::string iso = to_string(from_nanoseconds(wall));
  const std::int64_t fraction = (wall % 1'000'000'000 + 1'000'000'000) % 1'000'000'000;
  std::string tail = iso.substr(10, 9);
  if (fraction_digits > 0) {
    tail +=
        "." + fmt::format("{:09}", fraction).substr(0, static_cast<std::size_t>(fraction_digits));
  }
  const char* names[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const std::string year = iso.substr(0, 4);
  const std::string month = names[std::stoi(iso.substr(5, 2)) - 1];
  const std::string day = iso.substr(8, 2);
  const std::string clock = tail.substr(1);
  switch (spelling) {
    case 0: return year + iso.substr(4, 6) + tail;
    case 1: return year + "/" + iso.substr(5, 2) + "/" + day + " " + clock;
    case 2: return day + "/" + month + "/" + year + ":" + clock;
    case 3: return month + " " + day + " " + clock + " " + year;
    default: return day + " " + month + " " + year + " " + clock;
  }
}

TEST_CASE("random instants in random spellings, cached or not, are what was written") {
  std::mt19937_64 dice(20251120);
  TimeCache cache;
  for (int round = 0; round < 20'000; ++round) {
    // Often the same minute as before, so that the cache is used.
    static std::int64_t second = 0;
    if (dice() % 4 == 0) second = static_cast<std::int64_t>(dice() % 7'000'000'000) - 2'000'000'000;
    second += static_cast<std::int64_t>(dice() % 20);
    const int digits = static_cast<int>(dice() % 10);
    std::int64_t unit = 1'000'000'000;
    for (int i = 0; i < digits; ++i) unit /= 10;
    const std::int64_t wall =
        second * 1'000'000'000 + static_cast<std::int64_t>(dice() % 1'000'000'000) / unit * unit;
    const int minutes = static_cast<int>(dice() % 1561) - 780;
    const std::string zone = fmt::format("{}{:02}{:02}", minutes < 0 ? '-' : '+',
                                         std::abs(minutes) / 60, std::abs(minutes) % 60);
    const std::string text = spelled(wall, static_cast<int>(dice() % 5), digits) + " " + zone;
    const std::int64_t expected = wall - minutes * std::int64_t{60'000'000'000};
    CAPTURE(text);
    REQUIRE(nanoseconds(read_timestamp(text, Zone()).time) == expected);
    REQUIRE(nanoseconds(read_timestamp(text + "]", Zone(), cache).time) == expected);
  }
}

TEST_CASE("a local time is taken in its zone, cached or not") {
  const Zone berlin = *Zone::named("Europe/Berlin");
  TimeCache cache;
  for (int round = 0; round < 2; ++round) {
    CHECK(to_string(read_timestamp("2025-10-26 02:30:00", berlin, cache).time) ==
          "2025-10-26T00:30:00.000Z");
    CHECK(to_string(read_timestamp("2025-10-26 02:30:00Z", berlin, cache).time) ==
          "2025-10-26T02:30:00.000Z");
  }
  CHECK(to_string(read_timestamp("2025-03-30 02:30:00", berlin).time) ==
        "2025-03-30T01:30:00.000Z");
}

TEST_CASE("epochs are told apart by their magnitude") {
  CHECK(to_string(*epoch_time("1763609468")) == "2025-11-20T03:31:08.000Z");
  CHECK(to_string(*epoch_time("1763609468.123456789")) == "2025-11-20T03:31:08.123456789Z");
  CHECK(to_string(*epoch_time("1763609468250.5")) == "2025-11-20T03:31:08.250500Z");
  CHECK(to_string(*epoch_time("1.763609468e9")) == "2025-11-20T03:31:08.000Z");
  for (const char* text : {"", "-1", "12.5", "0", "500", "200000000", "1763609468.", "17636094689",
                           "99999999999999999999", "1e5", "1e", "1763609468x", "nan"}) {
    CAPTURE(text);
    CHECK_FALSE(epoch_time(text));
  }
}

TEST_CASE("a time is found inside a line") {
  struct Row {
    const char* line;
    std::size_t offset;
    std::size_t length;
  };
  const Row rows[] = {
      {"2025-11-20 03:31:08 x", 0, 19},
      {"INFO 2025-11-20 03:31:08 x", 5, 19},
      {"web-1 | [2025-11-20 03:31:08] x", 8, 21},
      {"host app[12]: Nov 20 03:31:08 2025 x", 14, 20},
      {"audit(1763609468.123:456): x", 6, 14},
      {"audit(1763609468.123): x", 6, 14},
      {"call 1763609468 now", 0, 0},
      {"1763609468 now", 0, 10},
      {"<14>2025-11-20T03:31:08Z x", 4, 20},
      {"no time at all", 0, 0},
      {"v1.2025-11-20T03:31:08Z", 0, 0},
  };
  for (const Row& row : rows) {
    CAPTURE(row.line);
    const TimeFound found = find_timestamp(row.line, Zone(), {});
    CHECK(found.read.length == row.length);
    CHECK(found.offset == row.offset);
  }
  const std::string far = std::string(200, 'x') + " 2025-11-20 03:31:08";
  CHECK(find_timestamp(far, Zone(), {}).read.length == 0);
  CHECK(find_timestamp("1 2025-11-20 03:31:08", Zone(), {true, 2}).offset == 2);
}

}  // namespace
}  // namespace culprit
