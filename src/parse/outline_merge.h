// Two Outlines as one: each entry with the side that has it, and the change that it belongs to.
#pragma once

#include "parse/differences.h"
#include "parse/outline.h"

namespace culprit {

enum class Side : std::uint8_t { both, good, bad };
enum class Manner : std::uint8_t { good, bad };  // whose comments, order, and columns

struct MergedEntry {
  Side side = Side::both;
  OutlineEntry::Form form = OutlineEntry::Form::line;
  const OutlineEntry* good = nullptr;  // of the outlines
  const OutlineEntry* bad = nullptr;
  // Of its being there; where both have it, of its line. no_item: it is there for what it holds, or
  // in any case.
  std::size_t change = static_cast<std::size_t>(-1);
  std::vector<MergedEntry> nested = {};
  std::vector<std::size_t> good_order = {};  // of those, as GOOD has them
  std::vector<std::size_t> bad_order = {};
};

// The document that holds all; puts names and subjects of the changes into `made`. Both outlines
// have to outlive it.
MergedEntry merged_outlines(const Outline& good, const Outline& bad, Differences& made);

// Unites changes that cannot be made one without the other: of TOML a key that becomes a section,
// of YAML an anchor that stands at another place.
// Returns for each change the first of those that it goes with.
std::vector<std::size_t> united_changes(const MergedEntry& root, std::size_t changes);

}  // namespace culprit
