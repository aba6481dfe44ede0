#include "experiment/clock.h"

#include "base/zone.h"

namespace culprit {
namespace {

using std::chrono::hours;
using Local = std::chrono::sys_time<Duration>;  // on the wall clock, as if that were UTC

constexpr Duration before = std::chrono::seconds(5);  // a program needs some time to begin
constexpr Time end_of_32_bits{std::chrono::seconds(std::int64_t{1} << 31)};

enum class Switch : std::uint8_t { forward, back };

Duration offset_at(const Zone& zone, Local local) {
  return local - zone.to_time(nanoseconds(local));
}

// Zones switch at most a few times a year, at whole minutes.
std::optional<Time> next_switch(const Zone& zone, Time now, Switch wanted) {
  constexpr int hours_max = 400 * 24;
  Local local = std::chrono::floor<hours>(now) + offset_at(zone, now);
  for (int hour = 0; hour < hours_max; ++hour, local += hours(1)) {
    const Duration former = offset_at(zone, local);
    const Duration latter = offset_at(zone, local + hours(1));
    if (former == latter || (latter > former) != (wanted == Switch::forward)) continue;
    Local turn = local;
    while (offset_at(zone, turn) == former) turn += std::chrono::minutes(1);
    // `turn` is the first minute of the latter offset that is neither skipped nor told twice.
    const Time at = wanted == Switch::forward ? zone.to_time(nanoseconds(turn))
                                              : Time{(turn - former).time_since_epoch()};
    if (at - before > now) return at;
  }
  return std::nullopt;
}

// The next instant after `now` at which the zone's calendar shows this, in one of nine years.
Time next_local(const Zone& zone, Time now, std::chrono::month_day day, Duration time_of_day) {
  const std::chrono::year_month_day today(std::chrono::floor<std::chrono::days>(now));
  for (int years = -1; years < 9; ++years) {
    const std::chrono::year_month_day date = (today.year() + std::chrono::years(years)) / day;
    if (!date.ok()) continue;
    const Local local = std::chrono::sys_days(date) + time_of_day;
    const Time at = zone.to_time(nanoseconds(local));
    if (at > now) return at;
  }
  return now;
}

Result<Duration> shift_to_switch(std::string_view zone_name, Time now, Switch wanted) {
  const Zone zone = TRY(Zone::named(zone_name));
  const std::optional<Time> at = next_switch(zone, now, wanted);
  return at ? *at - before - now : Duration::zero();
}

Result<Duration> shift_to_day(std::string_view zone_name, Time now, std::chrono::month_day day,
                              Duration time_of_day) {
  const Zone zone = TRY(Zone::named(zone_name));
  return next_local(zone, now, day, time_of_day) - now;
}

}  // namespace

Result<Duration> clock_shift(std::string_view level, std::string_view zone, Time now) {
  if (level.starts_with('+') || level.starts_with('-')) {
    if (const auto shift = parse_duration(level.substr(1)); shift && *shift >= Duration::zero()) {
      return level[0] == '+' ? *shift : -*shift;
    }
  }
  if (level == "leap-day") return shift_to_day(zone, now, std::chrono::February / 29, hours(12));
  if (level == "year-end")
    return shift_to_day(zone, now, std::chrono::December / 31, hours(24) - before);
  if (level == "2038") return end_of_32_bits - std::chrono::seconds(2) - now;
  if (level == "dst-gap") return shift_to_switch(zone, now, Switch::forward);
  if (level == "dst-overlap") return shift_to_switch(zone, now, Switch::back);
  if (const std::optional<Time> at = parse_time(level)) return *at - now;
  Error made = error(Fault::usage, "the clock cannot be set to {}", level);
  made.advice =
      "+1d, -1h, an instant such as 2028-02-29T12:00:00Z, leap-day, year-end, 2038, "
      "dst-gap or dst-overlap";
  return made;
}

}  // namespace culprit
