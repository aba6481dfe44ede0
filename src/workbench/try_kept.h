// What is done with tries that have ended: changes are taken back, come again, or are forgotten.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/world.h"

namespace culprit {

// Completes what is owed to the tree; where nothing is, takes back the change of the newest try
// that is in it, or of the one with that number. To the state with the change it goes the other
// way: that of a try with that number comes into the tree again, files and index; where it stands
// there already nothing is touched. Errors: usage (no
// such one; the files or the index are of neither state).
struct Restored {
  std::vector<std::string> ids;     // of the tries whose change was taken back, or brought back
  std::vector<std::string> partly;  // of those that cannot be, and are in the tree in part
  std::vector<std::string> notes;   // what was put right besides
  enum class To : std::uint8_t { without, with };
  To to = To::without;  // the state that the tree was brought to
};
Result<Restored> restore_try(World& world, const std::string& id, Restored::To to);

// The tree stays as it is, and nothing is owed to it, or pending, of that try. Errors: usage (no
// such one).
Status forget_try(World& world, const std::string& id);

// Removes what tries kept, but of the newest ones, of those whose change is in the tree and of
// those that still owe something to it.
struct Pruned {
  std::size_t removed = 0;  // tries
  std::size_t kept = 0;
  std::uint64_t bytes = 0;  // that were freed
};
Result<Pruned> prune_tries(World& world);

}  // namespace culprit
