#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "contrast/enclosing.h"
#include "repo/file_diff.h"
#include "repo/git_state.h"
#include "repo/git_trees.h"
#include "repo/line_diff.h"

// What a commit changed, as bounded text.
namespace culprit {
namespace {

// A blob beyond this is taken as binary: nobody wrote it by hand.
constexpr git_object_size_t blob_bytes_max = 1024 * 1024;

// One file may take a quarter of a commit's text, so that a lock file leaves room for the rest.
constexpr std::size_t share_of_a_file = 4;

GitBlob blob_of(git_repository* repository, const std::optional<TreeSide>& side) {
  git_blob* found = nullptr;
  if (!side) return nullptr;
  const bool text = side->mode == GIT_FILEMODE_BLOB || side->mode == GIT_FILEMODE_BLOB_EXECUTABLE ||
                    side->mode == GIT_FILEMODE_LINK;
  if (!text || git_blob_lookup(&found, repository, &side->id) != 0) return nullptr;
  return GitBlob(found);
}

bool is_text(const GitBlob& blob) {
  return !blob || (static_cast<git_object_size_t>(git_blob_rawsize(blob.get())) <= blob_bytes_max &&
                   git_blob_is_binary(blob.get()) == 0);
}

std::optional<std::string_view> content_of(const GitBlob& blob) {
  if (!blob) return std::nullopt;
  return std::string_view(static_cast<const char*>(git_blob_rawcontent(blob.get())),
                          static_cast<std::size_t>(git_blob_rawsize(blob.get())));
}

// Binary files and submodules have no lines worth reading: their path says what changed. Returns
// the bytes read.
std::size_t read_file(git_repository* repository, const TreeDelta& delta, std::size_t bytes_max,
                      FileDiff& file, Diff& diff) {
  if (!delta.before) file.fate = FileFate::created;
  if (!delta.after) file.fate = FileFate::removed;
  if (bytes_max == 0) return 0;
  const GitBlob before = blob_of(repository, delta.before);
  const GitBlob after = blob_of(repository, delta.after);
  if ((!before && !after) || !is_text(before) || !is_text(after)) return 0;
  const LineCounts counts = read_file_diff(content_of(before), content_of(after), bytes_max, file);
  diff.insertions += counts.added;
  diff.deletions += counts.removed;
  return file.added.size() + file.removed.size() + file.fresh.size() + file.context.size();
}

Diff read_diff(git_repository* repository, const std::vector<TreeDelta>& changes,
               const DiffLimits& limits) {
  Diff diff;
  diff.files_total = changes.size();
  std::size_t left = limits.bytes_max;
  std::size_t per_file = std::max<std::size_t>(1, limits.bytes_max / share_of_a_file);
  if (diff.files_total == 1) per_file = limits.bytes_max;
  const std::size_t count = std::min(diff.files_total, limits.files_max);
  for (std::size_t i = 0; i < count; ++i) {
    FileDiff file;
    file.path = changes[i].path;
    left -= read_file(repository, changes[i], std::min(left, per_file), file, diff);
    diff.files.push_back(std::move(file));
  }
  return diff;
}

// The tree before a commit: its first parent's; null for the first commit of a history, and for
// the one at which a shallow clone was cut, where everything would seem to be its work.
struct Before {
  GitTree tree;
  bool cut = false;
};

Before tree_before(const Repository::State& state, const git_commit* commit) {
  if (git_commit_parentcount(commit) == 0) return {};
  const GitCommit parent = commit_with(state, *git_commit_parent_id(commit, 0));
  git_tree* tree = nullptr;
  if (!parent || git_commit_tree(&tree, parent.get()) != 0) return {nullptr, true};
  return {GitTree(tree), false};
}

Result<GitTree> tree_of(const Repository::State& state, git_commit* commit,
                        const std::string& revision) {
  git_tree* found = nullptr;
  if (commit == nullptr || git_commit_tree(&found, commit) != 0) {
    return libgit2_error(state, "reading commit " + revision);
  }
  return GitTree(found);
}

// What stands in one file of a merge and in none of one parent's: new lines by their number,
// removed ones by their text.
struct Difference {
  std::map<std::size_t, std::string> added;
  std::multiset<std::string> removed;
};

Difference difference_of(git_repository* repository, const TreeDelta& delta) {
  Difference difference;
  const GitBlob before = blob_of(repository, delta.before);
  const GitBlob after = blob_of(repository, delta.after);
  if (!is_text(before) || !is_text(after)) return difference;
  const auto old_lines = lines_of(content_of(before).value_or(std::string_view{}));
  const auto new_lines = lines_of(content_of(after).value_or(std::string_view{}));
  const auto with_end = [](std::string_view line) { return std::string(line) + '\n'; };
  for (const LineHunk& hunk : line_hunks(old_lines, new_lines, WhiteSpace::counts)) {
    for (std::size_t i = 0; i < hunk.old_count; ++i) {
      difference.removed.insert(with_end(old_lines[hunk.old_begin + i]));
    }
    for (std::size_t i = 0; i < hunk.new_count; ++i) {
      const std::size_t line = hunk.new_begin + i;
      difference.added.emplace(line, with_end(new_lines[line]));
    }
  }
  return difference;
}

FileDiff common_to(const std::string& path, const Difference& first, const Difference& second) {
  constexpr std::size_t letters_min = 8;  // "}" is removed everywhere
  FileDiff file;
  file.path = path;
  for (const auto& [number, text] : first.added) {
    if (second.added.count(number) > 0) file.added += text;
  }
  for (const std::string& text : first.removed) {
    if (text.size() > letters_min && second.removed.count(text) > 0) file.removed += text;
  }
  return file;
}

}  // namespace

Result<Diff> Repository::diff(const std::string& revision, const DiffLimits& limits) const {
  const git_oid id = TRY(commit_named(*state_, revision));
  const GitCommit commit = commit_with(*state_, id);
  const GitTree after = TRY(tree_of(*state_, commit.get(), revision));
  const Before before = tree_before(*state_, commit.get());
  if (before.cut) {
    Error cut = error(Fault::missing, "the parent of commit {} is not in this clone", revision);
    cut.advice = "git -C " + state_->path + " fetch --unshallow";
    return cut;
  }
  const auto changes = tree_deltas_with_moves(*state_, before.tree.get(), after.get());
  return read_diff(state_->repository, changes, limits);
}

Result<Diff> Repository::merged(const std::string& revision, const DiffLimits& limits) const {
  const git_oid id = TRY(commit_named(*state_, revision));
  const GitCommit commit = commit_with(*state_, id);
  const GitTree after = TRY(tree_of(*state_, commit.get(), revision));
  Diff diff;
  std::vector<std::map<std::string, Difference>> sides;
  for (unsigned i = 0; i < std::min(2U, git_commit_parentcount(commit.get())); ++i) {
    const GitCommit parent = commit_with(*state_, *git_commit_parent_id(commit.get(), i));
    if (!parent) return diff;
    const GitTree before = TRY(tree_of(*state_, parent.get(), revision));
    const auto changes = tree_deltas(*state_, before.get(), after.get());
    if (changes.size() > limits.files_max) return diff;
    auto& side = sides.emplace_back();
    for (const TreeDelta& delta : changes) {
      side.emplace(delta.path, difference_of(state_->repository, delta));
    }
  }
  if (sides.size() < 2) return diff;
  for (const auto& [path, difference] : sides[0]) {
    const auto other = sides[1].find(path);
    if (other == sides[1].end()) continue;
    FileDiff file = common_to(path, difference, other->second);
    if (file.added.empty() && file.removed.empty()) continue;
    file.added.resize(std::min(file.added.size(), limits.bytes_max));
    file.removed.resize(std::min(file.removed.size(), limits.bytes_max));
    diff.files.push_back(std::move(file));
  }
  diff.files_total = diff.files.size();
  return diff;
}

}  // namespace culprit
