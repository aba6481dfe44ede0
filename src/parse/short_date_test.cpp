#include "parse/short_date.h"

#include <doctest/doctest.h>

#include "base/zone.h"

namespace culprit {
namespace {

// What a line's date is taken for in a file that was last changed then.
std::string read_in(std::string_view changed, std::string_view text) {
  Zone zone;
  if (!changed.empty()) zone.set_newest(*parse_time(changed));
  const TimeRead read = read_timestamp(text, zone);
  return read.length == 0 ? "-" : to_string(read.time);
}

struct Row {
  std::string_view changed;
  std::string_view text;
  std::string_view meaning;
};

constexpr Row rows[] = {
    {"2025-11-20T15:00:00Z", "Nov 20 14:03:12 web-1 app[7]: x", "2025-11-20T14:03:12.000Z"},
    {"2025-11-20T15:00:00Z", "Nov  7 04:03:12.250 web-1 x", "2025-11-07T04:03:12.250Z"},
    {"2025-11-20T15:00:00Z", "20 Nov 14:03:12.123 # Server", "2025-11-20T14:03:12.123Z"},
    // Across New Year.
    {"2026-01-01T00:10:00Z", "Dec 31 23:59:58 web-1 x", "2025-12-31T23:59:58.000Z"},
    {"2026-01-01T00:10:00Z", "Jan  1 00:00:02 web-1 x", "2026-01-01T00:00:02.000Z"},
    // A clock or zone a little ahead of the file's.
    {"2025-12-31T23:30:00Z", "Jan  1 00:29:00 web-1 x", "2026-01-01T00:29:00.000Z"},
    {"2025-03-01T00:00:00Z", "Feb 29 12:00:00 web-1 x", "2024-02-29T12:00:00.000Z"},
    {"", "Nov 20 14:03:12 web-1 app[7]: x", "-"},
    // Two digits of a year, and orders that only the file's age can tell apart.
    {"2025-11-20T15:00:00Z", "25/11/20 14:03:12 INFO x", "2025-11-20T14:03:12.000Z"},
    {"2025-11-20T15:00:00Z", "11/20/25 14:03:12 x", "2025-11-20T14:03:12.000Z"},
    {"2025-11-20T15:00:00Z", "11/20/2025 2:03:12 PM x", "2025-11-20T14:03:12.000Z"},
    {"2025-11-20T15:00:00Z", "20/11/2025 14:03:12 x", "2025-11-20T14:03:12.000Z"},
    {"2025-11-13T15:00:00Z", "11/12/2025 14:03:12 x", "2025-11-12T14:03:12.000Z"},
    {"2025-12-12T15:00:00Z", "11/12/2025 14:03:12 x", "2025-12-11T14:03:12.000Z"},
    {"2025-11-20T15:00:00Z", "20.11.2025 14:03:12,5 x", "2025-11-20T14:03:12.500Z"},
    {"2025-11-20T15:00:00Z", "20.11.25 14:03:12 x", "2025-11-20T14:03:12.000Z"},
    {"", "20.11.2025 14:03:12 x", "2025-11-20T14:03:12.000Z"},
    // Months and days alone, and nothing but digits.
    {"2025-11-20T15:00:00Z", "11-20 14:03:12.811  1702", "2025-11-20T14:03:12.811Z"},
    {"2025-11-20T15:00:00Z", "[11.20 14:03:12] x", "2025-11-20T14:03:12.000Z"},
    {"2025-11-20T15:00:00Z", "[20.11 14:03:12] x", "2025-11-20T14:03:12.000Z"},
    {"2025-11-20T15:00:00Z", "251120 140312 148 INFO x", "2025-11-20T14:03:12.000Z"},
    {"2025-11-20T15:00:00Z", "251320 140312 148 INFO x", "-"},
    {"2025-11-20T15:00:00Z", "251120 140312", "-"},
    // No dates at all.
    {"2025-11-20T15:00:00Z", "Nov 31 14:03:12 x", "-"},
    {"2025-11-20T15:00:00Z", "Nova 20 14:03:12 x", "-"},
    {"2025-11-20T15:00:00Z", "10.20.30.40 14:03:12", "-"},
    {"2025-11-20T15:00:00Z", "25/13/20 14:03:12", "-"},
};

}  // namespace

TEST_CASE("dates without a whole year are read by the age of their file") {
  for (const Row& row : rows) {
    CAPTURE(row.text);
    CHECK(read_in(row.changed, row.text) == row.meaning);
  }
}

}  // namespace culprit
