#include <algorithm>

#include "repo/comment_free.h"
#include "repo/git_state.h"
#include "repo/git_trees.h"

// What commits do to the files that a build reads, told by the ids of trees.
namespace culprit {
namespace {

// Enough to tell a commit of comments; what changes more files does more than that.
constexpr std::size_t compared_files_max = 50;
constexpr git_object_size_t compared_bytes_max = 1024 * 1024;

std::string_view bytes_of(const git_oid& id) {
  return {reinterpret_cast<const char*>(id.id), GIT_OID_RAWSZ};
}

void add_to(TreeMark& mark, const TreeDelta& delta) {
  const auto mode = [](const TreeSide& side) { return static_cast<std::uint32_t>(side.mode); };
  if (delta.after) mark.add(delta.path, mode(*delta.after), bytes_of(delta.after->id));
  if (delta.before) mark.remove(delta.path, mode(*delta.before), bytes_of(delta.before->id));
}

GitTree tree_at(const Repository::State& state, const std::string& sha) {
  git_oid id;
  if (git_oid_fromstr(&id, sha.c_str()) != 0) return nullptr;
  const GitCommit commit = commit_with(state, id);
  git_tree* tree = nullptr;
  if (!commit || git_commit_tree(&tree, commit.get()) != 0) return nullptr;
  return GitTree(tree);
}

// Empty: the first commit of a history.
std::string first_parent_of(const Repository::State& state, const std::string& sha) {
  git_oid id;
  if (git_oid_fromstr(&id, sha.c_str()) != 0) return "";
  const GitCommit commit = commit_with(state, id);
  if (!commit || git_commit_parentcount(commit.get()) == 0) return "";
  return sha_of(*git_commit_parent_id(commit.get(), 0));
}

std::vector<TreeDelta> read_by(const std::vector<TreeDelta>& deltas, const PathFilter& filter) {
  std::vector<TreeDelta> read;
  for (const TreeDelta& delta : deltas) {
    if (filter.reads(delta.path)) read.push_back(delta);
  }
  return read;
}

std::optional<std::string> text_of(const Repository::State& state, const TreeSide& side) {
  git_blob* found = nullptr;
  if (side.mode != GIT_FILEMODE_BLOB && side.mode != GIT_FILEMODE_BLOB_EXECUTABLE) return {};
  if (git_blob_lookup(&found, state.repository, &side.id) != 0) return {};
  const GitBlob blob(found);
  if (static_cast<git_object_size_t>(git_blob_rawsize(found)) > compared_bytes_max) return {};
  return std::string(static_cast<const char*>(git_blob_rawcontent(found)),
                     static_cast<std::size_t>(git_blob_rawsize(found)));
}

bool comments_only(const Repository::State& state, const TreeDelta& delta) {
  if (!delta.before || !delta.after || delta.before->mode != delta.after->mode) return false;
  const auto before = text_of(state, *delta.before);
  const auto after = text_of(state, *delta.after);
  if (!before || !after) return false;
  const auto old_code = comment_free(*before, delta.path);
  return old_code && old_code == comment_free(*after, delta.path);
}

CommitTouch::What what_of(const Repository::State& state, const std::vector<TreeDelta>& read,
                          std::size_t changed) {
  if (changed == 0) return CommitTouch::What::nothing;
  if (read.empty()) return CommitTouch::What::beside;
  const bool comments = read.size() <= compared_files_max &&
                        std::all_of(read.begin(), read.end(), [&](const TreeDelta& delta) {
                          return comments_only(state, delta);
                        });
  return comments ? CommitTouch::What::comments : CommitTouch::What::code;
}

}  // namespace

Result<std::vector<CommitTouch>> Repository::touches(
    const std::vector<std::string>& shas, const std::vector<std::vector<std::uint32_t>>& parents,
    const std::string& base, const PathFilter& filter) const {
  std::vector<CommitTouch> all(shas.size());
  for (std::size_t i = 0; i < shas.size(); ++i) {
    const GitTree after = tree_at(*state_, shas[i]);
    if (!after) return libgit2_error(*state_, "reading commit " + shas[i]);
    const std::string parent = first_parent_of(*state_, shas[i]);
    const std::vector<TreeDelta> changed =
        tree_deltas(*state_, tree_at(*state_, parent).get(), after.get());
    CommitTouch& touch = all[i];
    touch.files = changed.size();
    touch.what = what_of(*state_, read_by(changed, filter), changed.size());
    // The mark of its first parent is known, or it counts from the base. Of a merge into GOOD's
    // side only the other parent may be in question.
    const bool known = !parents[i].empty() && shas[parents[i].front()] == parent;
    if (known) touch.mark = all[parents[i].front()].mark;
    const std::vector<TreeDelta> since =
        known ? changed : tree_deltas(*state_, tree_at(*state_, base).get(), after.get());
    // That documents are not read is a guess, enough for a suspicion but not for leaving out a
    // test.
    const auto marked = filter.given() ? read_by(since, filter) : since;
    for (const TreeDelta& delta : marked) add_to(touch.mark, delta);
  }
  return all;
}

}  // namespace culprit
