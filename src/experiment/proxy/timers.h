// Timers say who is due next. Setting one twice leaves both; the owner asks itself what is due.
#pragma once

#include <algorithm>
#include <functional>
#include <optional>
#include <queue>
#include <vector>

#include "base/time.h"

namespace culprit {

// no_time: never.
inline Time earlier(Time a, Time b) {
  if (a == no_time) return b;
  return b == no_time ? a : std::min(a, b);
}

class Timers {
 public:
  void set(Time at, std::uint64_t token) { queue_.push({at, token}); }
  Time next() const { return queue_.empty() ? no_time : queue_.top().at; }

  // The token of one that is due, or nothing.
  std::optional<std::uint64_t> take(Time now) {
    if (queue_.empty() || queue_.top().at > now) return std::nullopt;
    const std::uint64_t token = queue_.top().token;
    queue_.pop();
    return token;
  }

 private:
  struct Timer {
    Time at;
    std::uint64_t token;
    bool operator>(const Timer& other) const { return at > other.at; }
  };
  std::priority_queue<Timer, std::vector<Timer>, std::greater<>> queue_;
};

}  // namespace culprit
