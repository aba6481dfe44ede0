#include <algorithm>
#include <utility>

#include "repo/git_state.h"

// What a commit changed, as bounded text.
namespace culprit {
namespace {

// A blob beyond this is taken as binary: nobody wrote it by hand.
constexpr git_off_t blob_bytes_max = 1024 * 1024;

// One file may take a quarter of a commit's text, so that a lock file leaves room for the rest.
constexpr std::size_t share_of_a_file = 4;

struct Room {
  std::size_t left;  // of the commit
  std::size_t per_file;
};

void append(std::string& text, std::string_view line, std::size_t& left) {
  if (line.size() > left) {
    left = 0;
    return;
  }
  text += line;
  left -= line.size();
}

// The section that git prints behind "@@ -1,2 +3,4 @@", or nothing.
std::string_view section_of(const git_diff_hunk& hunk) {
  const std::string_view header(hunk.header, hunk.header_len);
  const std::size_t end = header.find("@@", 2);
  if (end == std::string_view::npos) return {};
  std::string_view section = header.substr(end + 2);
  const std::size_t first = section.find_first_not_of(' ');
  return first == std::string_view::npos ? std::string_view{} : section.substr(first);
}

void read_hunk(git_patch* patch, std::size_t index, FileDiff& file, std::size_t& left, Diff& diff) {
  const git_diff_hunk* hunk = nullptr;
  std::size_t lines = 0;
  if (git_patch_get_hunk(&hunk, &lines, patch, index) != 0) return;
  append(file.context, section_of(*hunk), left);
  for (std::size_t i = 0; i < lines; ++i) {
    const git_diff_line* line = nullptr;
    if (git_patch_get_line_in_hunk(&line, patch, index, i) != 0) return;
    const std::string_view text(line->content, line->content_len);
    if (line->origin == GIT_DIFF_LINE_ADDITION) {
      ++diff.insertions;
      append(file.added, text, left);
    } else if (line->origin == GIT_DIFF_LINE_DELETION) {
      ++diff.deletions;
      append(file.removed, text, left);
    }
  }
}

// Binary files and submodules have no hunks worth reading: their path says what changed.
void read_file(git_patch* patch, FileDiff& file, Room& room, Diff& diff) {
  const git_diff_delta* delta = git_patch_get_delta(patch);
  if ((delta->flags & GIT_DIFF_FLAG_BINARY) != 0) return;
  if (delta->new_file.mode == GIT_FILEMODE_COMMIT) return;
  const std::size_t allowed = std::min(room.left, room.per_file);
  std::size_t left = allowed;
  for (std::size_t i = 0; i < git_patch_num_hunks(patch); ++i) {
    read_hunk(patch, i, file, left, diff);
  }
  room.left -= allowed - left;
}

Diff read_diff(git_diff* changes, const DiffLimits& limits) {
  Diff diff;
  diff.files_total = git_diff_num_deltas(changes);
  Room room{limits.bytes_max, std::max<std::size_t>(1, limits.bytes_max / share_of_a_file)};
  if (diff.files_total == 1) room.per_file = limits.bytes_max;
  const std::size_t count = std::min(diff.files_total, limits.files_max);
  for (std::size_t i = 0; i < count; ++i) {
    const git_diff_delta* delta = git_diff_get_delta(changes, i);
    const char* path =
        delta->new_file.path != nullptr ? delta->new_file.path : delta->old_file.path;
    FileDiff file{path, {}, {}, {}};
    if (room.left > 0) {
      git_patch* found = nullptr;
      if (git_patch_from_diff(&found, changes, i) == 0 && found != nullptr) {
        const GitPatch patch(found);
        read_file(patch.get(), file, room, diff);
      }
    }
    diff.files.push_back(std::move(file));
  }
  return diff;
}

// A file that only moved would otherwise look as if all of it had been written anew. Comparing
// contents is quadratic in the files that came and went, hence the limit.
void find_renames(git_diff* changes) {
  const auto count = [&](git_delta_t status) {
    return git_diff_num_deltas_of_type(changes, status);
  };
  if (count(GIT_DELTA_ADDED) == 0 || count(GIT_DELTA_DELETED) == 0) return;
  git_diff_find_options options{};
  git_diff_find_options_init(&options, GIT_DIFF_FIND_OPTIONS_VERSION);
  options.flags = GIT_DIFF_FIND_RENAMES;
  options.rename_limit = 100;
  git_diff_find_similar(changes, &options);
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

}  // namespace

Result<Diff> Repository::diff(const std::string& revision, const DiffLimits& limits) const {
  const git_oid id = TRY(commit_named(*state_, revision));
  const GitCommit commit = commit_with(*state_, id);
  git_tree* found = nullptr;
  if (!commit || git_commit_tree(&found, commit.get()) != 0) {
    return libgit2_error(*state_, "reading commit " + revision);
  }
  const GitTree after(found);
  const Before before = tree_before(*state_, commit.get());
  if (before.cut) {
    Error cut = error(Fault::missing, "the parent of commit {} is not in this clone", revision);
    cut.advice = "git -C " + state_->path + " fetch --unshallow";
    return cut;
  }
  git_diff_options options{};
  git_diff_options_init(&options, GIT_DIFF_OPTIONS_VERSION);
  options.context_lines = 0;
  options.max_size = blob_bytes_max;
  git_diff* compared = nullptr;
  if (git_diff_tree_to_tree(&compared, state_->repository, before.tree.get(), after.get(),
                            &options) != 0) {
    return libgit2_error(*state_, "comparing commit " + revision + " with its parent");
  }
  const GitDiff changes(compared);
  find_renames(changes.get());
  return read_diff(changes.get(), limits);
}

}  // namespace culprit
