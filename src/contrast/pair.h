// What differs between two documents of which one works and one does not.
//
// Differences that any two have (ids, times) are told apart from those that could be the cause,
// and those that say again that it failed (status, error) from both. What a whole branch lacks is
// one difference, not one a leaf. Durations differ always; they count from twice as long on.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "event/document.h"

namespace culprit {

struct PairDifference {
  enum class How : std::uint8_t { added, removed, changed, type };
  enum class Meaning : std::uint8_t { difference, outcome, expected };
  std::string path;                 // "server.pool[name=db].size"
  std::optional<std::string> good;  // nullopt: only the bad one has it
  std::optional<std::string> bad;
  How how = How::changed;
  Meaning meaning = Meaning::difference;
  std::string why;  // "10x", "3 values below it", "differs as ids do"
};

struct PairContrast {
  std::vector<PairDifference> differences;  // what could be the cause, the outcome, the expected
  std::size_t alike = 0;                    // leaves
};

PairContrast contrast_pair(const Document& good, const Document& bad);

std::string_view name_of(PairDifference::How how);          // "added": only the bad one has it
std::string_view name_of(PairDifference::Meaning meaning);  // "difference", "outcome", "expected"

}  // namespace culprit
