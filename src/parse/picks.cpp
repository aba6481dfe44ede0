#include "parse/picks.h"

#include <array>

#include "parse/formats.h"

namespace culprit {

void Picks::note(Keys::Promise promise, std::string_view value, Kind kind) {
  using Use = Keys::Use;
  const auto [use, rank] = promise;
  if (use == Use::journal) journal_ = true;
  if ((use == Use::time || use == Use::journal) && rank < time_rank_) {
    const Time time = time_in(value, zone_, cache_);
    if (time == no_time) return;
    time_ = time;
    time_rank_ = rank;
  } else if (use == Use::level && rank < level_rank_) {
    if (value.size() == 1 && value[0] >= '0' && value[0] < '8') syslog_ = value[0];
    const Level level = level_named(value);
    if (level == Level::none) return;
    level_ = level;
    level_rank_ = rank;
  } else if (use == Use::message || use == Use::short_message) {
    if (kind != Kind::text) return;
    gelf_ = gelf_ || use == Use::short_message;
    if (rank >= message_rank_) return;
    message_ = value;
    message_rank_ = rank;
  } else if (use == Use::version && value == "1.1") {
    gelf_ = true;
  }
}

void Picks::take_syslog_level() {
  constexpr std::array<Level, 8> levels{Level::fatal, Level::fatal, Level::fatal, Level::error,
                                        Level::warn,  Level::info,  Level::info,  Level::debug};
  if (level_ != Level::none || syslog_ == '\0') return;
  level_ = levels[static_cast<std::size_t>(syslog_ - '0')];
}

}  // namespace culprit
