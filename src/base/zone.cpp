#include "base/zone.h"

#include <algorithm>
#include <cstdlib>
#include <exception>
#include <limits>
#include <optional>

#include <date/tz.h>

namespace culprit {
namespace {

constexpr std::int64_t per_second = 1'000'000'000;

std::int64_t floor_seconds(std::int64_t nanoseconds_count) {
  return nanoseconds_count / per_second - (nanoseconds_count % per_second < 0 ? 1 : 0);
}

std::optional<std::int64_t> two_digits(std::string_view text) {
  if (text.size() < 2 || text[0] < '0' || text[0] > '9' || text[1] < '0' || text[1] > '9') {
    return std::nullopt;
  }
  return (text[0] - '0') * 10 + (text[1] - '0');
}

// "+02:00", "-0530", "+02" in seconds east of Greenwich.
std::optional<std::int64_t> fixed_offset(std::string_view name) {
  if (name.empty() || (name[0] != '+' && name[0] != '-')) return std::nullopt;
  const std::int64_t sign = name[0] == '+' ? 1 : -1;
  const auto hours = two_digits(name.substr(1));
  if (!hours || *hours > 23) return std::nullopt;
  std::string_view rest = name.substr(3);
  if (rest.empty()) return sign * *hours * 3600;
  if (rest[0] == ':') rest.remove_prefix(1);
  const auto minutes = two_digits(rest);
  if (!minutes || *minutes > 59 || rest.size() != 2) return std::nullopt;
  return sign * (*hours * 3600 + *minutes * 60);
}

bool is_utc(std::string_view name) {
  return name.empty() || name == "UTC" || name == "utc" || name == "Z" || name == "GMT";
}

// As the C library does it: TZ, then the system's setting, then UTC.
std::string local_name() {
  if (const char* variable = std::getenv("TZ")) {
    std::string_view name = variable;
    if (name.starts_with(':')) name.remove_prefix(1);
    return std::string(name);
  }
  try {
    return date::current_zone()->name();
  } catch (const std::exception&) {
    return "UTC";  // a container without /etc/localtime
  }
}

}  // namespace

Result<Zone> Zone::named(std::string_view name) {
  std::string wanted = name == "local" ? local_name() : std::string(name);
  Zone zone;
  if (is_utc(wanted)) return zone;
  zone.name_ = wanted;
  if (const auto offset = fixed_offset(wanted)) {
    zone.transitions_.push_back({std::numeric_limits<std::int64_t>::min(), *offset});
    return zone;
  }
  try {
    const date::time_zone* known = date::locate_zone(wanted);
    const auto end = date::sys_days{date::year{2100} / 1 / 1};
    date::sys_seconds at = date::sys_days{date::year{1970} / 1 / 1};
    while (at < end) {
      const date::sys_info info = known->get_info(at);
      const std::int64_t from = zone.transitions_.empty() ? std::numeric_limits<std::int64_t>::min()
                                                          : at.time_since_epoch().count();
      // A change of the abbreviation alone is no transition.
      if (zone.transitions_.empty() || zone.transitions_.back().offset != info.offset.count()) {
        zone.transitions_.push_back({from, info.offset.count()});
      }
      at = info.end;
    }
  } catch (const std::exception&) {
    return Error{Fault::usage,
                 fmt::format("no such time zone: {}", wanted),
                 {},
                 "use a name such as Europe/Berlin, an offset such as +02:00, UTC or local"};
  }
  return zone;
}

std::size_t Zone::period_at(std::int64_t local) const {
  // A period ends, on its own wall clock, at the next transition.
  const auto ends_after = [this](std::int64_t wanted, const Transition& period) {
    const Transition* next = &period + 1;
    return next == transitions_.data() + transitions_.size() || wanted < next->at + period.offset;
  };
  const auto found = std::upper_bound(transitions_.begin(), transitions_.end(), local, ends_after);
  return static_cast<std::size_t>(found - transitions_.begin());
}

Time Zone::to_time(std::int64_t local) const {
  if (transitions_.empty()) return from_nanoseconds(local);
  const std::int64_t second = floor_seconds(local);
  std::size_t period = period_at(second);
  // Before the period's first wall-clock second: skipped by the switch into it.
  if (period > 0 && second < transitions_[period].at + transitions_[period].offset) --period;
  std::int64_t utc = 0;
  if (__builtin_sub_overflow(local, transitions_[period].offset * per_second, &utc)) return no_time;
  return from_nanoseconds(utc);
}

bool Zone::ambiguous(std::int64_t local) const {
  if (transitions_.empty()) return false;
  const std::int64_t second = floor_seconds(local);
  const std::size_t next = period_at(second) + 1;
  return next < transitions_.size() && second >= transitions_[next].at + transitions_[next].offset;
}

}  // namespace culprit
