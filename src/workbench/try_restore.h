// What a try owes to the tree, and how it is paid: the steps that touch the user's tree.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "repo/tree_change.h"
#include "repo/work_tree.h"
#include "workbench/try_record.h"

namespace culprit {

// Whether the index of the tree says what that state's does, and HEAD is where it was then.
Result<bool> index_holds(const WorkTree& tree, const TryRecord& record, const TreeChange& change,
                         TreeChange::State state);

// Brings the state of `change` into the tree. While that lasts the record says that the state
// without it is owed; then, where the change is. `staged`: what the index said, if that is known
// and the index is no part of the change. Errors: as of TreeChange::bring(); usage, where the index
// or HEAD was moved. The record says that something is owed only where the tree is half done.
Status bring_state(const Tries& tries, TryRecord& record, const TreeChange& change,
                   const WorkTree& tree, TreeChange::State to,
                   const std::optional<std::string>& staged);

// What is refused then. Empty: there is no commit.
Error head_moved(const std::string& then, const std::string& now);

// Of tries that were cut short: their folders go, and what is owed to the tree is given back. What
// somebody else changed since is not: the debt is given up then.
struct PutRight {
  std::vector<std::string> notes;     // a line for each
  std::vector<std::string> restored;  // ids of those whose change was taken back
  std::vector<std::string> given_up;  // and of those whose was not: some of it may be in the tree
};
Result<PutRight> put_right(const Tries& tries, const WorkTree& tree);

}  // namespace culprit
