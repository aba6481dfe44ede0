// A quantity is a number with a unit, in a text ("2s", "1h30m", "4KiB") or in a field's name.
//
// Operands of EXPR carry units because people think in them; evidence mostly carries bare numbers
// whose unit stands in the field's name (`wait_ms`). Both become a number in the field's unit.
#pragma once

#include <optional>
#include <string_view>

namespace culprit {

// The number, in the field's unit, that `text` spells with a unit of its own; nothing where it has
// no unit, or one that the field cannot be counted in (seconds of `body_bytes`). Durations may add
// up ("1h30m"); `m` is a minute; KB is 1000 bytes and KiB 1024.
std::optional<double> quantity_in(std::string_view field, std::string_view text);

}  // namespace culprit
