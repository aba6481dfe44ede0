#include "repo/git_trees.h"

#include <algorithm>
#include <cstring>
#include <string_view>
#include <utility>

namespace culprit {
namespace {

constexpr std::size_t folders_deep_max = 256;  // a tree that holds itself cannot be made

class Walk {
 public:
  explicit Walk(git_repository* repository) : repository_(repository) {}
  void compare(const git_tree* before, const git_tree* after);
  std::vector<TreeDelta> deltas = {};

 private:
  void meet(const git_tree_entry* before, const git_tree_entry* after);
  void enter(const git_tree_entry* before, const git_tree_entry* after);
  void tell(const git_tree_entry* before, const git_tree_entry* after);
  GitTree tree_of(const git_tree_entry* entry) const;

  git_repository* repository_;
  std::string folder_;  // with its '/'
  std::size_t deep_ = 0;
};

bool is_folder(const git_tree_entry* entry) {
  return entry != nullptr && git_tree_entry_type(entry) == GIT_OBJECT_TREE;
}

// As git sorts: a folder as if its name ended in '/'.
int order_of(const git_tree_entry* a, const git_tree_entry* b) {
  const std::string_view left = git_tree_entry_name(a);
  const std::string_view right = git_tree_entry_name(b);
  const std::size_t common = std::min(left.size(), right.size());
  const int order = std::memcmp(left.data(), right.data(), common);
  if (order != 0) return order;
  const auto next = [&](std::string_view name, const git_tree_entry* entry) {
    if (name.size() > common) return static_cast<int>(static_cast<unsigned char>(name[common]));
    return is_folder(entry) ? int{'/'} : 0;
  };
  return next(left, a) - next(right, b);
}

std::optional<TreeSide> side_of(const git_tree_entry* entry) {
  if (entry == nullptr || is_folder(entry)) return std::nullopt;
  return TreeSide{*git_tree_entry_id(entry), git_tree_entry_filemode(entry)};
}

void Walk::compare(const git_tree* before, const git_tree* after) {
  const std::size_t olds = before == nullptr ? 0 : git_tree_entrycount(before);
  const std::size_t news = after == nullptr ? 0 : git_tree_entrycount(after);
  std::size_t i = 0;
  std::size_t j = 0;
  while (i < olds || j < news) {
    const git_tree_entry* old_one = i < olds ? git_tree_entry_byindex(before, i) : nullptr;
    const git_tree_entry* new_one = j < news ? git_tree_entry_byindex(after, j) : nullptr;
    int order = old_one == nullptr ? 1 : -1;
    if (old_one != nullptr && new_one != nullptr) order = order_of(old_one, new_one);
    meet(order <= 0 ? old_one : nullptr, order >= 0 ? new_one : nullptr);
    i += order <= 0 ? 1 : 0;
    j += order >= 0 ? 1 : 0;
  }
}

void Walk::meet(const git_tree_entry* before, const git_tree_entry* after) {
  const bool same = before != nullptr && after != nullptr &&
                    git_oid_equal(git_tree_entry_id(before), git_tree_entry_id(after)) != 0 &&
                    git_tree_entry_filemode(before) == git_tree_entry_filemode(after);
  if (same) return;
  if (is_folder(before) || is_folder(after)) enter(before, after);
  tell(before, after);
}

GitTree Walk::tree_of(const git_tree_entry* entry) const {
  git_tree* tree = nullptr;
  if (!is_folder(entry)) return nullptr;
  if (git_tree_lookup(&tree, repository_, git_tree_entry_id(entry)) != 0) return nullptr;
  return GitTree(tree);
}

void Walk::enter(const git_tree_entry* before, const git_tree_entry* after) {
  if (deep_ == folders_deep_max) return;
  const std::size_t size = folder_.size();
  folder_ += git_tree_entry_name(after != nullptr ? after : before);
  folder_ += '/';
  ++deep_;
  compare(tree_of(before).get(), tree_of(after).get());
  --deep_;
  folder_.resize(size);
}

void Walk::tell(const git_tree_entry* before, const git_tree_entry* after) {
  TreeDelta delta;
  delta.before = side_of(before);
  delta.after = side_of(after);
  if (!delta.before && !delta.after) return;
  delta.path = folder_ + git_tree_entry_name(after != nullptr ? after : before);
  deltas.push_back(std::move(delta));
}

// Comparing contents is quadratic in the files that came and went, hence the limit.
GitDiff with_moves(const Repository::State& state, git_tree* before, git_tree* after) {
  git_diff* found = nullptr;
  if (git_diff_tree_to_tree(&found, state.repository, before, after, nullptr) != 0) return nullptr;
  GitDiff changes(found);
  git_diff_find_options options{};
  git_diff_find_options_init(&options, GIT_DIFF_FIND_OPTIONS_VERSION);
  options.flags = GIT_DIFF_FIND_RENAMES;
  options.rename_limit = 100;
  git_diff_find_similar(found, &options);
  return changes;
}

std::optional<TreeSide> side_of(const git_diff_file& file) {
  if (git_oid_is_zero(&file.id) != 0) return std::nullopt;
  return TreeSide{file.id, static_cast<git_filemode_t>(file.mode)};
}

}  // namespace

std::vector<TreeDelta> tree_deltas(const Repository::State& state, const git_tree* before,
                                   const git_tree* after) {
  Walk walk(state.repository);
  walk.compare(before, after);
  return std::move(walk.deltas);
}

std::vector<TreeDelta> tree_deltas_with_moves(const Repository::State& state, git_tree* before,
                                              git_tree* after) {
  std::vector<TreeDelta> deltas = tree_deltas(state, before, after);
  const auto any = [&](auto side) {
    return std::any_of(deltas.begin(), deltas.end(),
                       [&](const TreeDelta& delta) { return !(delta.*side); });
  };
  if (!any(&TreeDelta::before) || !any(&TreeDelta::after)) return deltas;
  const GitDiff changes = with_moves(state, before, after);
  if (!changes) return deltas;
  deltas.clear();
  for (std::size_t i = 0; i < git_diff_num_deltas(changes.get()); ++i) {
    const git_diff_delta* one = git_diff_get_delta(changes.get(), i);
    const char* path = one->new_file.path != nullptr ? one->new_file.path : one->old_file.path;
    deltas.push_back({path, side_of(one->old_file), side_of(one->new_file)});
  }
  return deltas;
}

}  // namespace culprit
