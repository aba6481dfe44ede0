// Times, durations, zones and quantities as people write them on a command line; a time that was
// read is printed so that it reads back.
#include <cstdint>
#include <string_view>

#include "base/time.h"
#include "base/verify.h"
#include "base/zone.h"
#include "event/quantity.h"
#include "workbench/moment.h"

using namespace culprit;

namespace {

void check_time(std::string_view text) {
  const std::optional<Time> time = parse_time(text);
  if (!time) return;
  VERIFY(parse_time(to_string(*time)) == time);
  VERIFY(!clock_text(*time).empty());
}

void check_duration(std::string_view text) {
  if (const auto duration = parse_duration(text)) {
    VERIFY(*duration >= Duration{0});
    VERIFY(!to_string(*duration).empty());
  }
}

// A zone of the system's database, by its name or its distance from Greenwich.
void check_zone(std::string_view text) {
  const Result<Zone> zone = Zone::named(text);
  const Zone used = zone ? *zone : Zone();
  const std::optional<Moment> moment = parse_moment(text);
  if (!moment) return;
  const Time newest = from_nanoseconds(1'763'650'000'000'000'000);  // 2025-11-20T14:46:40Z
  const Time at = resolved(*moment, newest, used);
  VERIFY(resolved_before(*moment, newest, used) <= at);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  check_time(text);
  check_duration(text);
  check_zone(text);
  for (const std::string_view field : {"wait_ms", "took_seconds", "body_bytes", "count"}) {
    (void)quantity_in(field, text);
  }
  return 0;
}
