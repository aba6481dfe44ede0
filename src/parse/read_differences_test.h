// What tests of differences say again and again.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "parse/differences.h"

namespace culprit {

inline Differences read(std::string_view good, std::string_view bad, DifferenceKind kind) {
  auto made = differences_of(good, bad, kind);
  REQUIRE_MESSAGE(made.has_value(), made.error().what);
  return std::move(made).value();
}

inline std::string with(const Differences& differences, const std::vector<std::size_t>& applied) {
  std::vector<bool> set(differences.names.size(), false);
  for (const std::size_t one : applied) set[one] = true;
  return differences.text_with(set);
}

using Names = std::vector<std::string>;

}  // namespace culprit
