// A pending change is one that an earlier try left in the tree and that is not committed yet. Two
// at once cannot be told apart by a verdict.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "repo/tree_change.h"
#include "repo/work_tree.h"
#include "workbench/try_record.h"

namespace culprit {

struct PendingTry {
  TryRecord record;
  TreeChange change;
};

// After a commit: what git lists, or also files that it ignores, which no commit can have settled.
// Those are the user's to take back, and only kept here as they were; a commit says that he goes on
// with them, so another change may be tried.
enum class PendingFiles : std::uint8_t { listed, all };

// Of tries whose change is in the tree and in no commit yet, the newest first.
Result<std::vector<PendingTry>> pending_tries(const Tries& tries, const WorkTree& tree,
                                              const WorkTree::Differences& differences,
                                              PendingFiles files);

// Of pending changes that are all there is: those below the newest, which is tried again. What has
// a path in the same state is that change too, tried before; no change is stacked on itself.
Result<std::vector<PendingTry>> below_newest(std::vector<PendingTry> pending);

// Whether nothing stands against that: no file of it, nor the index, was changed since.
Result<bool> can_be_taken_back(const PendingTry& pending, const WorkTree& tree);

// A path that differs from HEAD and is not as one of these left it; nothing: they are all there is.
Result<std::optional<std::string>> path_beyond(const std::vector<PendingTry>& pending,
                                               const WorkTree& tree,
                                               const WorkTree::Differences& differences);

}  // namespace culprit
