#include "workbench/try_restore.h"

#include <algorithm>

#include "repo/file_second.h"
#include "repo/tree_copy.h"

namespace culprit {
namespace {

using State = TreeChange::State;
using Phase = TryRecord::Phase;
using Place = TryRecord::Place;

Error index_changed() {
  Error made = error(Fault::usage, "the index or HEAD was changed since: they stay as they are");
  made.advice = "`git status` shows what is staged; the files of both states are kept";
  return made;
}

// With the index locked, so that nobody stages or commits from here on.
Status check_index(const TryRecord& record, const TreeChange& change, const WorkTree& tree,
                   const std::optional<std::string>& staged) {
  const std::string head = TRY(tree.head_now());
  if (!change.has_index()) {
    if (!staged) return ok();
    const std::string now = TRY(tree.index_text(tree.index()));
    return head == record.head && now == *staged ? ok() : Status(index_changed());
  }
  if (head != record.head) return index_changed();
  for (const State state : {State::without, State::with}) {
    const bool held = TRY(index_holds(tree, record, change, state));
    if (held) return ok();
  }
  return index_changed();
}

Error owed(const TryRecord& record, Error why) {
  why.during.push_back(
      fmt::format("taking back the change of try {}, which was cut short", record.id));
  if (why.advice.empty())
    why.advice =
        fmt::format("culprit try --restore {} --forget leaves the tree as it is", record.id);
  return why;
}

// What stands in the tree is somebody's, or nothing can be done about it: it is a debt no more.
std::string given_up(const TryRecord& record, const Error& why) {
  return fmt::format(
      "try {} was cut short, and its change cannot be taken back: {}; both states are in "
      ".culprit/tries/{}",
      record.id, why.what, record.id);
}

// What was derived a moment ago from a file that is replaced is not to look fresh beside another of
// its size.
void outlast_replaced(const TreeChange& change, const WorkTree& tree) {
  FileSecond newest = never_written;
  const FileSecond now = file_second_now();
  for (const TreeChange::Part* part : change.differing()) {
    if (part->without.kind != part->with.kind || part->without.size != part->with.size) continue;
    const FileSecond second = second_of(tree.root() + "/" + part->path);
    if (second <= now) newest = std::max(newest, second);
  }
  outlast(newest);
}

// A commit says what is wanted, also of what the change is made of.
Status pay(const Tries& tries, TryRecord& record, const TreeChange& change, const WorkTree& tree) {
  if (tree.head() == record.head)
    return bring_state(tries, record, change, tree, State::without, {});
  change.free_index(tree.index());
  return error(Fault::usage, "HEAD was moved since");
}

}  // namespace

Result<bool> index_holds(const WorkTree& tree, const TryRecord& record, const TreeChange& change,
                         State state) {
  if (tree.head() != record.head) return false;
  const std::string now = TRY(tree.index_text(tree.index()));
  const std::string then = TRY(tree.index_text(change.index_of(state)));
  return now == then;
}

Status bring_state(const Tries& tries, TryRecord& record, const TreeChange& change,
                   const WorkTree& tree, State to, const std::optional<std::string>& staged) {
  TreeChange::Bringing order;
  order.root = tree.root();
  order.index = tree.index();
  order.to = to;
  order.begins = [&]() -> Status {
    TRY(check_index(record, change, tree, staged));
    TRY(change.sync());
    record.phase = Phase::owing;
    return tries.write(record);
  };
  order.undone = [&] {
    record.phase = Phase::ended;
    record.place = to == State::with ? Place::elsewhere : Place::in_tree;
  };
  outlast_replaced(change, tree);
  if (Status brought = change.bring(order); !brought) {
    TRY(tries.write(record));
    return brought;
  }
  record.phase = Phase::ended;
  record.place = to == State::with ? Place::in_tree : Place::elsewhere;
  // Of a command's change the index comes back as it was, byte for byte.
  if (record.origin == TryRecord::Origin::tree) tree.refresh_index();
  return tries.write(record);
}

Result<std::vector<std::string>> put_right(const Tries& tries, const WorkTree& tree,
                                           std::vector<std::string>& restored) {
  std::vector<std::string> notes;
  const std::vector<TryRecord> records = TRY(tries.all());
  for (TryRecord record : records) {
    if (record.phase == Phase::ended) continue;
    if (!record.temporary.empty() && tries.has_made(record)) remove_tree(record.temporary);
    record.temporary.clear();
    if (record.phase == Phase::trials) {
      record.phase = Phase::ended;
      record.verdict = "interrupted";
      TRY(tries.write(record));
      notes.push_back(fmt::format("try {} was cut short; the tree is as it was", record.id));
      continue;
    }
    const TreeChange change = TRY(TreeChange::open(tries.folder_of(record)));
    const Status brought = pay(tries, record, change, tree);
    if (!brought) {
      const bool refused = brought.error().fault == Fault::usage;
      if (!refused && record.phase == Phase::owing) return owed(record, brought.error());
      record.phase = Phase::ended;
      record.place = Place::in_tree;
      TRY(tries.write(record));
      notes.push_back(given_up(record, brought.error()));
      continue;
    }
    notes.push_back(fmt::format("try {} was cut short; its change is taken back", record.id));
    const TreeNode found = TRY(node_at(change.found()));
    if (found.kind != TreeNode::Kind::absent)
      notes.push_back(fmt::format("what was saved at that moment is in {}", change.found()));
    restored.push_back(record.id);
  }
  return notes;
}

}  // namespace culprit
