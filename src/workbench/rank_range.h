// The verb `investigate --range`: a range of commits and a written symptom in, ranked commits out.
//
// No other evidence is needed: whoever has only a stack trace and two revisions asks this. The
// range is taken as one deploy that may have brought the fault; "none of these" stands beside it,
// for faults that came with a setting, a dependency or the data.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/world.h"
#include "contrast/suspects.h"

namespace culprit {

struct RangeQuestion {
  std::string repository = ".";
  std::string range = {};    // "GOOD..BAD"; without BAD: HEAD
  std::string symptom = {};  // text, the name of a file with it, or "-"
  std::string cache = {};    // the case folder, for diffs that were read; empty: none kept
  unsigned threads = 0;      // 0: one per core
};

struct RangeRanking {
  std::string range = {};  // as asked, with both ends
  std::size_t commits = 0;
  std::size_t frames = 0;                  // of stack traces in the symptom
  std::size_t frames_known = 0;            // whose file is in the tree at BAD
  std::vector<std::string> printed = {};   // "src/pool.py:12": lines that print the symptom
  std::vector<std::string> notes = {};     // what was left out, and why
  std::vector<RankedChange> changes = {};  // the range, then none
  bool found = false;  // something in the range shares something with the symptom
};

// Errors: usage (no range, an empty one, no symptom), missing (no repository, unknown revision).
Result<RangeRanking> rank_range(World& world, const RangeQuestion& question);

}  // namespace culprit
