// An Ancestry is the part of a history that BAD has and GOOD has not: each commit with its parents.
//
// In topological order, parents first, as git itself sorts: exact whatever the clocks of the
// committers said, and bounded by what a shallow clone holds. The last one is BAD.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "repo/git_program.h"

namespace culprit {

struct Ancestry {
  std::vector<std::string> shas;
  std::vector<std::vector<std::uint32_t>> parents;  // those that are in question themselves
  // The commit that has none of them: GOOD, or where the two histories parted.
  std::string base;
  enum class Relation : std::uint8_t { ancestor, beside } good = Relation::ancestor;
};

enum class Follow : std::uint8_t { all_parents, first_parents };

// Errors: usage (the two are the same; GOOD is the later one; nothing in common), as of git.
Result<Ancestry> ancestry_between(const GitProgram& git, const std::string& repository,
                                  const std::string& good, const std::string& bad, Follow follow);

}  // namespace culprit
