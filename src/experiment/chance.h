// A Chance is one random number of many, found by its place instead of by drawing those before it.
//
// A fault of a connection must not depend on how many other connections drew before: with the same
// seed, the n-th draw of the same direction of the same connection is always the same. The mixing
// is SplitMix64's (base/dice.h), over a key for each part of the place: a counter-based generator
// as in Salmon et al., "Parallel random numbers: as easy as 1, 2, 3" (2011).
#pragma once

#include <cstdint>

#include "base/dice.h"

namespace culprit {

struct ChancePlace {
  std::uint64_t seed = 0;
  std::uint64_t connection = 0;
  std::uint64_t stream = 0;    // what of the connection: a direction, a toxic
  std::uint64_t sequence = 0;  // the how-manieth draw
};

// Throws of its own for that place.
inline Dice dice_at(const ChancePlace& place) {
  std::uint64_t key = place.seed;
  for (const std::uint64_t part : {place.connection, place.stream, place.sequence}) {
    key = Dice(key ^ (part * 0xD6E8'FEB8'6659'FD93ULL)).bits();
  }
  return Dice(key);
}

}  // namespace culprit
