// Reading what stands in an envelope: another format's line in a container's, an export's or the
// journal's event.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "parse/format.h"

namespace culprit {

struct Opened {
  std::string_view inside;
  Time time = no_time;
  Level level = Level::none;
  std::span<const Field> fields;  // of the envelope, but for what became the event itself
};

// Reads `inside` by dialect.inside and adds the envelope's fields, where the inside has none of
// that name, its time where the inside has none, or one without a zone, and its level where the
// inside has none. What no format can read is still an event.
Reading read_inside(const Dialect& dialect, const Opened& opened, Scratch& scratch, Event& event);

// What the messages of a sample's events have in them is recognised; prose says nothing more than
// it does as a message, unless it begins with a time.
enum class Inside : std::uint8_t { always, unless_prose };
void set_inside(Dialect& dialect, std::string_view sample,
                Reading (*read)(const Dialect&, std::string_view, Scratch&, Event&), Inside when);

}  // namespace culprit
