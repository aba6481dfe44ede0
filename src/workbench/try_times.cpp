#include "workbench/try_times.h"

#include <algorithm>
#include <vector>

namespace culprit {
namespace {

constexpr auto file = TreeNode::Kind::file;

bool of_equal_size(const TreeChange::Part& part) {
  return part.without.kind == file && part.with.kind == file && part.without.size == part.with.size;
}

Status touch_all(const std::string& root, const std::set<std::string>& paths) {
  for (const std::string& path : paths) {
    TRY(touch(root + "/" + path));
  }
  return ok();
}

}  // namespace

Result<TryTimes> TryTimes::of(const std::string& root, const TreeLimits& limits,
                              std::set<std::string> tracked) {
  TryTimes made;
  made.tracked_ = std::move(tracked);
  const FileSecond now = file_second_now();
  const TreeListing listing = TRY(list_tree(root, limits));
  for (const auto& [path, node] : listing.nodes) {
    if (node.kind != file) continue;
    const FileSecond second = second_of(root + "/" + path);
    if (second <= now) made.newest_ = std::max(made.newest_, second);
    if (!made.tracked_.contains(path)) ++made.derived_[second];
  }
  return made;
}

void TryTimes::outlast() const { culprit::outlast(newest_); }

bool TryTimes::may_be_stale(const TreeChange::Part& part, FileSecond second) const {
  if (!of_equal_size(part)) return false;
  const auto found = derived_.find(second);
  const std::size_t itself = tracked_.contains(part.path) ? 0 : 1;
  return found != derived_.end() && found->second > itself;
}

Status TryTimes::set_apart(const TreeChange& change, const TryTrees& trees, State made) const {
  const State found = made == State::with ? State::without : State::with;
  const std::string made_root = trees.root(made);
  const std::string found_root = trees.root(found);
  std::set<std::string> stale;
  std::set<std::string> old;
  for (const TreeChange::Part* part : change.differing()) {
    if (part->at(made).kind != file) continue;
    const FileSecond before = second_of(found_root + "/" + part->path);
    if (may_be_stale(*part, before)) stale.insert(part->path);
    const FileSecond second = second_of(made_root + "/" + part->path);
    if (second <= newest_ || second == before) old.insert(part->path);
  }
  if (!stale.empty() || !old.empty()) culprit::outlast(newest_);
  TRY(touch_all(found_root, stale));
  FileSecond last = newest_;
  for (const std::string& path : stale) {
    const FileSecond second = second_of(found_root + "/" + path);
    last = std::max(last, second);
    if (second == second_of(made_root + "/" + path)) old.insert(path);
  }
  if (!old.empty()) culprit::outlast(last);
  return touch_all(made_root, old);
}

}  // namespace culprit
