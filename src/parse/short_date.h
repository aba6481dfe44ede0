// Dates that leave part of the year to the reader: "Nov 20 03:31:08", "25/11/20 03:31:08".
//
// The Zone knows what is the newest possible time (a file's last change); of all readings of the
// date the one counts that lies nearest before it. So a syslog of last December, read in January,
// is of last year, and 11/12/2025 is what its file's age makes likelier. Without such a time a date
// without a year is not read.
#pragma once

#include <string_view>

#include "base/zone.h"
#include "parse/timestamp.h"

namespace culprit {

// "Nov 20 03:31:08.5", "20 Nov 03:31:08", "25/11/20 03:31:08", "11/20/2025 3:31:08 AM",
// "20.11.25 03:31:08", "20-11-2025 03:31:08": with a zone behind, or in the given one.
TimeRead read_short_date(std::string_view text, const Zone& zone);

// The year of a month and day by the newest possible time; 0: not known, or no such date.
unsigned year_of(unsigned month, unsigned day, const Zone& zone);

}  // namespace culprit
