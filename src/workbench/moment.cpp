#include "workbench/moment.h"

#include <string>

namespace culprit {
namespace {

constexpr std::int64_t day = 86'400'000'000'000;  // nanoseconds

std::optional<std::int64_t> wall(const std::string& text) {
  const auto found = parse_time(text);
  if (!found) return std::nullopt;
  return nanoseconds(*found);
}

std::optional<std::int64_t> clock_of(std::string_view text) {
  if (text.size() < 5 || text[2] != ':') return std::nullopt;
  return wall("1970-01-01T" + std::string(text) + (text.size() == 5 ? ":00Z" : "Z"));
}

std::optional<std::int64_t> local_of(std::string_view text) {
  const std::string written(text);
  if (text.size() == 10) return wall(written + "T00:00:00Z");
  if (text.size() == 16) return wall(written + ":00Z");
  return wall(written + "Z");
}

// Midnight on the wall of the day in which `time` lies.
std::int64_t midnight_before(Time time, const Zone& zone) {
  const std::int64_t utc = nanoseconds(time);
  std::int64_t midnight = (utc >= 0 ? utc / day : (utc - day + 1) / day) * day + day;
  while (zone.to_time(midnight) > time) midnight -= day;
  return midnight;
}

}  // namespace

std::optional<Moment> parse_moment(std::string_view text) {
  Moment moment;
  if (const auto instant = parse_time(text)) {
    moment.instant = *instant;
    return moment;
  }
  if (text.starts_with('-')) {
    const auto back = parse_duration(text.substr(1));
    if (!back) return std::nullopt;
    moment.kind = Moment::Kind::back;
    moment.back = *back;
    return moment;
  }
  const auto clock = clock_of(text);
  const auto local = clock ? clock : local_of(text);
  if (!local) return std::nullopt;
  moment.kind = clock ? Moment::Kind::clock : Moment::Kind::local;
  moment.local = *local;
  return moment;
}

Time resolved(const Moment& moment, Time newest, const Zone& zone) {
  switch (moment.kind) {
    case Moment::Kind::instant: return moment.instant;
    case Moment::Kind::local: return zone.to_time(moment.local);
    case Moment::Kind::clock: return zone.to_time(midnight_before(newest, zone) + moment.local);
    case Moment::Kind::back: return newest - moment.back;
  }
  return no_time;
}

Time resolved_before(const Moment& moment, Time newest, const Zone& zone) {
  const Time time = resolved(moment, newest, zone);
  if (moment.kind != Moment::Kind::clock || time <= newest) return time;
  return zone.to_time(midnight_before(newest, zone) - day + moment.local);
}

}  // namespace culprit
