// A Zone turns local wall-clock times into instants.
//
// It is a value: the transitions of 1970 to 2100 are copied out of the system's zone database
// once (by `Zone::named`), so that a mind can use it without touching a file. A local time that
// a switch skips is taken as if the switch had not happened yet; one that occurs twice is taken
// as the earlier of the two, and `ambiguous` says so.
//
// It also knows, where its owner told it, what the newest possible time is: dates that leave out
// their year are read by that.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace culprit {

class Zone {
 public:
  Zone() = default;  // UTC

  // "Europe/Berlin", "UTC", "local" (the machine's), "+02:00", "-0530".
  static Result<Zone> named(std::string_view name);

  // `local`: nanoseconds since 1970-01-01T00:00 on the wall clock.
  Time to_time(std::int64_t local) const;
  bool ambiguous(std::int64_t local) const;

  const std::string& name() const { return name_; }

  Time newest() const { return newest_; }  // no_time: not known
  void set_newest(Time newest) { newest_ = newest; }

 private:
  struct Transition {
    std::int64_t at;      // UTC, seconds
    std::int64_t offset;  // seconds east of Greenwich from then on
  };
  // The first period whose wall clock has not passed `local` (seconds) at its end.
  std::size_t period_at(std::int64_t local) const;

  std::string name_ = "UTC";
  Time newest_ = no_time;
  std::vector<Transition> transitions_;  // by time; empty: offset 0 always
};

}  // namespace culprit
