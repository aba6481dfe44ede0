#include "workbench/try_restore.h"

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

}  // namespace

Result<bool> index_holds(const WorkTree& tree, const TryRecord& record, const TreeChange& change,
                         State state) {
  if (tree.head() != record.head) return false;
  const std::string now = TRY(tree.index_text(tree.index()));
  const std::string then = TRY(tree.index_text(change.index_of(state)));
  return now == then;
}

Status bring_state(const Tries& tries, TryRecord& record, const TreeChange& change,
                   const WorkTree& tree, State to) {
  bool index_known = !change.has_index();
  for (const State state : {State::without, State::with}) {
    if (!index_known) index_known = TRY(index_holds(tree, record, change, state));
  }
  if (!index_known) return index_changed();
  const std::vector<std::string> strangers = TRY(change.strangers(tree.root()));
  if (strangers.empty()) {
    TRY(change.sync());
    record.phase = Phase::owing;
    TRY(tries.write(record));
  }
  TRY(change.bring({tree.root(), tree.index(), to}));
  record.phase = Phase::ended;
  record.place = to == State::with ? Place::in_tree : Place::elsewhere;
  return tries.write(record);
}

Result<std::vector<std::string>> put_right(const Tries& tries, const WorkTree& tree,
                                           std::vector<std::string>& restored) {
  std::vector<std::string> notes;
  const std::vector<TryRecord> records = TRY(tries.all());
  for (TryRecord record : records) {
    if (record.phase == Phase::ended || record.root != tree.root()) continue;
    if (!record.temporary.empty()) remove_tree(record.temporary);
    record.temporary.clear();
    if (record.phase == Phase::trials) {
      record.phase = Phase::ended;
      record.verdict = "interrupted";
      const bool kept = TreeChange::open(tries.folder_of(record)).has_value();
      if (record.origin == TryRecord::Origin::tree && kept) record.place = Place::in_tree;
      TRY(tries.write(record));
      notes.push_back(fmt::format("try {} was cut short; the tree is as it was", record.id));
      continue;
    }
    const TreeChange change = TRY(TreeChange::open(tries.folder_of(record)));
    TRY(bring_state(tries, record, change, tree, State::without)
            .during("taking back the change of try {}, which was cut short", record.id));
    notes.push_back(fmt::format("try {} was cut short; its change is taken back", record.id));
    restored.push_back(record.id);
  }
  return notes;
}

}  // namespace culprit
