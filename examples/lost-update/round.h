// A Round sets an account to nothing, deposits 1 several times at once, and compares.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "base/dice.h"
#include "base/result.h"

namespace bank {

struct Round {
  std::uint16_t port = 0;  // of the service
  std::string account;     // its own: rounds at the same time may not share one
  std::uint32_t deposits = 2;
  std::chrono::microseconds jitter = std::chrono::milliseconds(20);  // each comes up to so late
  std::string name;  // the trace ids of its requests begin with it
};

// The balance at the end; below `deposits` where some of them were lost. An error where the service
// did not answer all of them: then nobody knows what the balance should be.
culprit::Result<std::int64_t> played(const Round& round, culprit::Dice& dice);

}  // namespace bank
