#include "workbench/try_kept.h"

#include <algorithm>
#include <limits>
#include <set>

#include "base/usage_error.h"
#include "repo/lent_objects.h"
#include "repo/tree_copy.h"
#include "workbench/try_pending.h"
#include "workbench/try_record.h"
#include "workbench/try_restore.h"

namespace culprit {
namespace {

using State = TreeChange::State;

bool has(const std::vector<std::string>& ids, const std::string& id) {
  return std::find(ids.begin(), ids.end(), id) != ids.end();
}

constexpr std::size_t unpruned_max = 10;  // of those that only take room

Result<Restored> restore_without(const Tries& tries, const WorkTree& tree, const std::string& id) {
  PutRight before = TRY(put_right(tries, tree));
  Restored done;
  done.ids = std::move(before.restored);
  done.notes = std::move(before.notes);
  const bool owed = !done.ids.empty() && done.ids.front() == id;
  if (owed) return done;
  const bool settled = id.empty() && !done.notes.empty();
  const WorkTree::Differences differences = TRY(tree.differences());
  const PendingFiles files = id.empty() ? PendingFiles::listed : PendingFiles::all;
  std::vector<PendingTry> pending = TRY(pending_tries(tries, tree, differences, files));
  for (const PendingTry& one : pending) {
    if (has(before.given_up, one.record.id)) done.partly.push_back(one.record.id);
  }
  if (settled) return done;
  for (PendingTry& one : pending) {
    if (!id.empty() && one.record.id != id) continue;
    TRY(bring_state(tries, one.record, one.change, tree, State::without, {})
            .during("taking back the change of try {}", one.record.id));
    done.ids.push_back(one.record.id);
    return done;
  }
  if (!id.empty()) {
    return usage_error(fmt::format("the change of try {} is not in the tree, or committed", id),
                       "culprit case show lists what was tried; git revert takes back a commit");
  }
  return done;
}

Result<bool> stands(const TryRecord& record, const TreeChange& change, const WorkTree& tree) {
  for (const TreeChange::Part* part : change.differing()) {
    const bool held = TRY(change.holds(tree.root(), *part, State::with));
    if (!held) return false;
  }
  // Behind a commit the index of then says nothing.
  if (!change.has_index() || tree.head() != record.head) return true;
  return index_holds(tree, record, change, State::with);
}

// A patch knows nothing of the index, nor of where HEAD is.
Error with_patch(const Tries& tries, const TryRecord& record, Error why) {
  why.during.push_back(fmt::format("bringing back the change of try {}", record.id));
  const auto patch = node_at(tries.folder_of(record) + "/change.patch");
  if (patch && patch->kind == TreeNode::Kind::file && why.advice.empty()) {
    why.advice = fmt::format(
        "git apply .culprit/tries/{}/change.patch, in the root of the tree, brings its files back",
        record.id);
  }
  if (why.advice.empty())
    why.advice = fmt::format("its files are in .culprit/tries/{}/with", record.id);
  return why;
}

// What stands there already is not owed for a moment: a kill would have it taken out.
Status bring_back(const Tries& tries, TryRecord& record, const TreeChange& change,
                  const WorkTree& tree) {
  const bool there = TRY(stands(record, change, tree));
  if (there) {
    record.place = TryRecord::Place::in_tree;
    return tries.write(record);
  }
  Status brought = bring_state(tries, record, change, tree, State::with, {});
  return brought ? ok() : Status(with_patch(tries, record, std::move(brought).error()));
}

Result<Restored> restore_with(const Tries& tries, const WorkTree& tree, const std::string& id) {
  Restored done;
  done.to = Restored::To::with;
  PutRight before = TRY(put_right(tries, tree));
  done.notes = std::move(before.notes);
  const std::vector<TryRecord> records = TRY(tries.all());
  for (TryRecord record : records) {
    if (record.id != id) continue;
    const TreeChange change = TRY(TreeChange::open(tries.folder_of(record)));
    TRY(lend_kept_objects(tries.folder_of(record) + "/repository", tree.repository()));
    Status brought = bring_back(tries, record, change, tree);
    if (!brought) return brought.error();
    done.ids.push_back(id);
    return done;
  }
  return usage_error(fmt::format("there is no try {}", id), "culprit try --restore N --with");
}

}  // namespace

Result<Restored> restore_try(World& world, const std::string& id, Restored::To to) {
  const WorkTree tree = TRY(WorkTree::open(world, world.working_directory()));
  const Tries tries = TRY(Tries::open(world, tree.root()));
  Result<Restored> done =
      to == Restored::To::with ? restore_with(tries, tree, id) : restore_without(tries, tree, id);
  tries.give_to_owner(tree.root());
  return done;
}

Status forget_try(World& world, const std::string& id) {
  const WorkTree tree = TRY(WorkTree::open(world, world.working_directory()));
  const Tries tries = TRY(Tries::open(world, tree.root()));
  const std::vector<TryRecord> records = TRY(tries.all());
  for (TryRecord record : records) {
    if (record.id != id) continue;
    const auto change = TreeChange::open(tries.folder_of(record));
    if (change) change->free_index(tree.index());
    record.phase = TryRecord::Phase::ended;
    record.place = TryRecord::Place::elsewhere;
    return tries.write(record);
  }
  return usage_error(fmt::format("there is no try {}", id), "culprit try --restore N --forget");
}

Result<Pruned> prune_tries(World& world) {
  const WorkTree tree = TRY(WorkTree::open(world, world.working_directory()));
  const Tries tries = TRY(Tries::open(world, tree.root()));
  const std::vector<TryRecord> records = TRY(tries.all());
  std::set<std::string> kept;
  for (std::size_t i = records.size(); i > 0 && records.size() - i < unpruned_max; --i)
    kept.insert(records[i - 1].id);
  const WorkTree::Differences differences = TRY(tree.differences());
  const std::vector<PendingTry> pending =
      TRY(pending_tries(tries, tree, differences, PendingFiles::all));
  for (const PendingTry& one : pending) kept.insert(one.record.id);
  Pruned done;
  TreeLimits limits;
  limits.bytes_max = std::numeric_limits<std::uint64_t>::max();
  for (const TryRecord& record : records) {
    if (kept.contains(record.id) || record.phase != TryRecord::Phase::ended) continue;
    const auto listing = list_tree(tries.folder_of(record), limits);
    if (listing) done.bytes += listing->bytes;
    remove_tree(tries.folder_of(record));
    ++done.removed;
  }
  done.kept = records.size() - done.removed;
  return done;
}

}  // namespace culprit
