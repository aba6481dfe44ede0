#include "workbench/try_pending.h"

#include <algorithm>
#include <map>
#include <set>

#include "workbench/try_restore.h"

namespace culprit {
namespace {

using State = TreeChange::State;

bool has(const std::vector<std::string>& paths, const std::string& path) {
  return std::find(paths.begin(), paths.end(), path) != paths.end();
}

// A file that was changed once more: the first change is in it, and cannot be told from the second.
Result<bool> is_moved_on(const TreeChange& change, const TreeChange::Part& part,
                         const WorkTree& tree) {
  if (part.with.kind == TreeNode::Kind::folder) return false;
  const bool without = TRY(change.holds(tree.root(), part, State::without));
  return !without;
}

// Before the next commit all that is not as it was without the change is pending; behind it, what
// git lists.
Result<bool> is_pending(const TryRecord& record, const TreeChange& change, const WorkTree& tree,
                        const WorkTree::Differences& differences) {
  const bool same_head = record.head == tree.head();
  for (const TreeChange::Part* part : change.differing()) {
    const bool differs =
        same_head || has(differences.changed, part->path) || has(differences.untracked, part->path);
    if (!differs) continue;
    const bool held = TRY(change.holds(tree.root(), *part, State::with));
    if (held) return true;
    if (!same_head) continue;
    const bool moved_on = TRY(is_moved_on(change, *part, tree));
    if (moved_on) return true;
  }
  if (!change.has_index() || !change.differing().empty()) return false;
  return index_holds(tree, record, change, State::with);
}

bool is_file(const TreeNode& node) {
  return node.kind == TreeNode::Kind::file || node.kind == TreeNode::Kind::link;
}

// Whether no commit can have settled what became of a file: git knows it neither now nor, where it
// is gone, at the commit of then.
Result<bool> is_in_no_commit(const TryRecord& record, const TreeChange& change,
                             const WorkTree& tree) {
  const std::set<std::string> tracked = TRY(tree.tracked());
  std::optional<std::set<std::string>> then;
  for (const TreeChange::Part* part : change.differing()) {
    if (!is_file(part->without) && !is_file(part->with)) continue;
    if (tracked.contains(part->path)) continue;
    const bool held = TRY(change.holds(tree.root(), *part, State::with));
    if (!held) continue;
    if (is_file(part->with)) return true;
    if (!then) {
      const auto paths = tree.tracked_at(record.head);
      if (!paths) return true;  // that commit is gone: better kept than lost
      then = *paths;
    }
    if (!then->contains(part->path)) return true;
  }
  return false;
}

Result<bool> is_of(const PendingTry& pending, const WorkTree& tree, const std::string& path) {
  for (const TreeChange::Part* part : pending.change.differing()) {
    if (part->path == path) return pending.change.holds(tree.root(), *part, State::with);
  }
  return false;
}

Result<bool> is_again(const PendingTry& newest, const PendingTry& older) {
  std::map<std::string, const TreeChange::Part*> parts;
  for (const TreeChange::Part* part : newest.change.differing()) parts[part->path] = part;
  for (const TreeChange::Part* part : older.change.differing()) {
    const auto same = parts.find(part->path);
    if (same == parts.end() || !(same->second->with == part->with)) continue;
    // The saved files are as the paths of a tree are.
    const bool held =
        TRY(newest.change.holds(older.change.folder_of(State::with), *same->second, State::with));
    if (held) return true;
  }
  return false;
}

}  // namespace

Result<std::vector<PendingTry>> below_newest(std::vector<PendingTry> pending) {
  std::vector<PendingTry> below;
  for (std::size_t i = 1; i < pending.size(); ++i) {
    const bool again = TRY(is_again(pending.front(), pending[i]));
    if (!again) below.push_back(std::move(pending[i]));
  }
  return below;
}

Result<std::vector<PendingTry>> pending_tries(const Tries& tries, const WorkTree& tree,
                                              const WorkTree::Differences& differences,
                                              PendingFiles files) {
  std::vector<PendingTry> found;
  std::vector<TryRecord> records = TRY(tries.all());
  std::reverse(records.begin(), records.end());
  for (TryRecord& record : records) {
    if (record.place != TryRecord::Place::in_tree) continue;
    TreeChange change = TRY(TreeChange::open(tries.folder_of(record)));
    bool pending = TRY(is_pending(record, change, tree, differences));
    if (!pending && files == PendingFiles::all)
      pending = TRY(is_in_no_commit(record, change, tree));
    if (pending) found.push_back({std::move(record), std::move(change)});
  }
  return found;
}

Result<bool> can_be_taken_back(const PendingTry& pending, const WorkTree& tree) {
  const std::vector<std::string> strangers = TRY(pending.change.strangers(tree.root()));
  if (!strangers.empty()) return false;
  if (!pending.change.has_index()) return true;
  for (const State state : {State::without, State::with}) {
    const bool held = TRY(index_holds(tree, pending.record, pending.change, state));
    if (held) return true;
  }
  return false;
}

Result<std::optional<std::string>> path_beyond(const std::vector<PendingTry>& pending,
                                               const WorkTree& tree,
                                               const WorkTree::Differences& differences) {
  for (const std::string& path : differences.changed) {
    bool known = false;
    for (const PendingTry& one : pending) {
      if (!known) known = TRY(is_of(one, tree, path));
    }
    if (!known) return std::optional<std::string>(path);
  }
  return std::optional<std::string>();
}

}  // namespace culprit
