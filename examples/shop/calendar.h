// Instants are milliseconds since 1970 in UTC; a calendar text is one of the ways in which the
// shop's services write them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace shop {

using Instant = int64_t;

constexpr Instant second = 1000;
constexpr Instant minute = 60 * second;
constexpr Instant hour = 60 * minute;
constexpr Instant day = 24 * hour;

// Appends `2025-11-20T13:45:12.123Z`.
void add_rfc3339(std::string& text, Instant at);
// Appends `2025-11-20 13:45:12,123`, as Log4j does.
void add_log4j(std::string& text, Instant at);
// Appends `20/Nov/2025:13:45:12 +0000`, as Apache and nginx do.
void add_access(std::string& text, Instant at);

std::string rfc3339(Instant at);

// Reads `2025-11-20T13:30:00Z`, with or without milliseconds.
std::optional<Instant> read_rfc3339(std::string_view text);

}  // namespace shop
