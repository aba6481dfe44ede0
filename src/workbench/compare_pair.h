// Two documents read and compared: `contrast --pair GOOD BAD`.
#pragma once

#include <string>

#include "base/result.h"
#include "base/world.h"
#include "contrast/pair.h"

namespace culprit {

struct ComparedPair {
  std::string good;  // as named
  std::string bad;
  std::string good_format;
  std::string bad_format;
  PairContrast contrast;
};

// Errors: missing, denied; malformed, where one cannot be read as what it says it is, or where the
// two are of such different kinds that nothing in them can be compared.
Result<ComparedPair> compare_pair(World& world, const std::string& good, const std::string& bad);

}  // namespace culprit
