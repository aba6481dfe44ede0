#include "workbench/try_restore.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <sstream>

#include "repo/file_second.h"
#include "repo/tree_copy.h"

namespace culprit {
namespace {

using State = TreeChange::State;
using Phase = TryRecord::Phase;
using Place = TryRecord::Place;

std::set<std::string> lines_of(const std::string& text) {
  std::set<std::string> lines;
  std::istringstream rest(text);
  for (std::string line; std::getline(rest, line);) lines.insert(line);
  return lines;
}

// Of two texts of an index: a path whose entry, "mode sha stage\tpath", is in one of them only.
std::string differing_path(const std::string& then, const std::string& now) {
  const std::set<std::string> before = lines_of(then);
  const std::set<std::string> after = lines_of(now);
  std::vector<std::string> changed;
  std::set_symmetric_difference(before.begin(), before.end(), after.begin(), after.end(),
                                std::back_inserter(changed));
  for (const std::string& line : changed) {
    const std::size_t tab = line.find('\t');
    if (tab != line.npos) return line.substr(tab + 1);
  }
  return "";
}

Error index_changed(const std::string& path) {
  Error made = error(Fault::usage, "{} since: index and files stay as they are",
                     path.empty() ? "the index was changed" : fmt::format("{} was staged", path));
  made.advice = "`git status` shows what is staged; the files of both states are kept";
  return made;
}

// With the index locked, so that nobody stages or commits from here on.
Status check_index(const TryRecord& record, const TreeChange& change, const WorkTree& tree,
                   const std::optional<std::string>& staged) {
  const std::string head = TRY(tree.head_now());
  if (!change.has_index() && !staged) return ok();
  if (head != record.head) return head_moved(record.head, head);
  const std::string now = TRY(tree.index_text(tree.index()));
  if (!change.has_index())
    return now == *staged ? ok() : Status(index_changed(differing_path(*staged, now)));
  for (const State state : {State::without, State::with}) {
    const bool held = TRY(index_holds(tree, record, change, state));
    if (held) return ok();
  }
  const std::string then = TRY(tree.index_text(change.index_of(State::with)));
  return index_changed(differing_path(then, now));
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
  return head_moved(record.head, tree.head());
}

}  // namespace

Error head_moved(const std::string& then, const std::string& now) {
  constexpr std::size_t shown = 12;
  return error(
      Fault::usage, "HEAD was moved since, from {} to {}: files and index stay as they are",
      then.empty() ? "none" : then.substr(0, shown), now.empty() ? "none" : now.substr(0, shown));
}

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

Result<PutRight> put_right(const Tries& tries, const WorkTree& tree) {
  PutRight done;
  const std::vector<TryRecord> records = TRY(tries.all());
  for (TryRecord record : records) {
    if (record.phase == Phase::ended) continue;
    if (!record.temporary.empty() && tries.has_made(record)) remove_tree(record.temporary);
    record.temporary.clear();
    if (record.phase == Phase::trials) {
      record.phase = Phase::ended;
      record.verdict = "interrupted";
      TRY(tries.write(record));
      done.notes.push_back(fmt::format("try {} was cut short; the tree is as it was", record.id));
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
      done.notes.push_back(given_up(record, brought.error()));
      done.given_up.push_back(record.id);
      continue;
    }
    done.notes.push_back(fmt::format("try {} was cut short; its change is taken back", record.id));
    const TreeNode found = TRY(node_at(change.found()));
    if (found.kind != TreeNode::Kind::absent)
      done.notes.push_back(fmt::format("what was saved at that moment is in {}", change.found()));
    done.restored.push_back(record.id);
  }
  return done;
}

}  // namespace culprit
