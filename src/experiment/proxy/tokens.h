// Who a Poller's token is: a listener by its proxy's number, a side of a link, a connection of the
// API.
#pragma once

#include <cstdint>

namespace culprit {

enum class Who : std::uint64_t {
  listener = 0,
  client = 1,
  server = 2,
  api_listener = 3,
  api = 4,
  bell = 5,
};
constexpr unsigned who_bits = 3;
inline std::uint64_t token_of(Who who, std::uint64_t number) {
  return (number << who_bits) | static_cast<std::uint64_t>(who);
}

}  // namespace culprit
