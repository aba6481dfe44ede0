#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "contrast/enclosing.h"
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

// Headers and neighbours of so many hunks are read; who changes more changes the whole file.
constexpr std::size_t hunks_told_max = 40;
constexpr std::size_t nearby_lines = 3;             // each way, as in a diff that people read
constexpr std::size_t nearby_bytes_max = 4 * 1024;  // of a file

void read_hunk(git_patch* patch, std::size_t index, FileDiff& file, std::size_t& left, Diff& diff) {
  const git_diff_hunk* hunk = nullptr;
  std::size_t lines = 0;
  if (git_patch_get_hunk(&hunk, &lines, patch, index) != 0) return;
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

void add_line(std::string& text, std::string_view line, std::size_t bytes_max) {
  if (line.empty() || text.size() + line.size() > bytes_max) return;
  text += line;
  text += '\n';
}

// The functions that the hunks stand in, each once, and the lines around them. A hunk that only
// removes stands behind its `new_start`.
void read_surroundings(git_patch* patch, std::string_view content, FileDiff& file,
                       std::size_t& left) {
  const std::vector<std::string_view> lines = lines_of(content);
  std::set<std::string_view> told;
  for (std::size_t i = 0; i < std::min(git_patch_num_hunks(patch), hunks_told_max); ++i) {
    const git_diff_hunk* hunk = nullptr;
    if (git_patch_get_hunk(&hunk, nullptr, patch, i) != 0) return;
    const auto start = static_cast<std::size_t>(hunk->new_start);
    const auto count = static_cast<std::size_t>(hunk->new_lines);
    const std::size_t first = std::max<std::size_t>(1, count == 0 ? start + 1 : start);
    std::vector<std::string_view> headers = enclosing_headers(lines, first);
    if (headers.empty()) headers.push_back(section_of(*hunk));
    for (std::string_view header : headers) {
      if (told.insert(header).second)
        add_line(file.context, header, std::min(left, nearby_bytes_max));
    }
    const std::size_t from = first > nearby_lines ? first - nearby_lines : 1;
    const std::size_t to = std::min(lines.size() + 1, first + count + nearby_lines);
    for (std::size_t line = from; line < to; ++line) {
      if (line < first || line >= first + count)
        add_line(file.nearby, lines[line - 1], nearby_bytes_max);
    }
  }
  left -= std::min(left, file.context.size());
}

GitBlob blob_of(git_repository* repository, const git_diff_file& side) {
  git_blob* found = nullptr;
  const bool text = side.mode == GIT_FILEMODE_BLOB || side.mode == GIT_FILEMODE_BLOB_EXECUTABLE ||
                    side.mode == GIT_FILEMODE_LINK;
  if (!text || git_oid_is_zero(&side.id) != 0) return nullptr;
  if (git_blob_lookup(&found, repository, &side.id) != 0) return nullptr;
  return GitBlob(found);
}

bool is_text(const GitBlob& blob) {
  return !blob || (git_blob_rawsize(blob.get()) <= static_cast<git_object_size_t>(blob_bytes_max) &&
                   git_blob_is_binary(blob.get()) == 0);
}

git_diff_options plain_options() {
  git_diff_options options{};
  git_diff_options_init(&options, GIT_DIFF_OPTIONS_VERSION);
  options.context_lines = 0;
  options.max_size = blob_bytes_max;
  return options;
}

// Binary files and submodules have no hunks worth reading: their path says what changed.
void read_file(git_repository* repository, const git_diff_delta& delta, FileDiff& file, Room& room,
               Diff& diff) {
  const GitBlob before = blob_of(repository, delta.old_file);
  const GitBlob after = blob_of(repository, delta.new_file);
  if ((!before && !after) || !is_text(before) || !is_text(after)) return;
  const git_diff_options options = plain_options();
  git_patch* found = nullptr;
  if (git_patch_from_blobs(&found, before.get(), nullptr, after.get(), nullptr, &options) != 0) {
    return;
  }
  const GitPatch patch(found);
  const std::size_t allowed = std::min(room.left, room.per_file);
  std::size_t left = allowed;
  for (std::size_t i = 0; i < git_patch_num_hunks(patch.get()); ++i) {
    read_hunk(patch.get(), i, file, left, diff);
  }
  if (before && after) {
    const std::string_view content(static_cast<const char*>(git_blob_rawcontent(after.get())),
                                   static_cast<std::size_t>(git_blob_rawsize(after.get())));
    read_surroundings(patch.get(), content, file, left);
  }
  room.left -= allowed - left;
}

const char* path_of(const git_diff_delta& delta) {
  return delta.new_file.path != nullptr ? delta.new_file.path : delta.old_file.path;
}

Diff read_diff(git_repository* repository, git_diff* changes, const DiffLimits& limits) {
  Diff diff;
  diff.files_total = git_diff_num_deltas(changes);
  Room room{limits.bytes_max, std::max<std::size_t>(1, limits.bytes_max / share_of_a_file)};
  if (diff.files_total == 1) room.per_file = limits.bytes_max;
  const std::size_t count = std::min(diff.files_total, limits.files_max);
  for (std::size_t i = 0; i < count; ++i) {
    const git_diff_delta* delta = git_diff_get_delta(changes, i);
    FileDiff file;
    file.path = path_of(*delta);
    if (room.left > 0) read_file(repository, *delta, file, room, diff);
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

Result<GitDiff> compared(const Repository::State& state, git_tree* before, git_tree* after,
                         const std::string& revision) {
  const git_diff_options options = plain_options();
  git_diff* found = nullptr;
  if (git_diff_tree_to_tree(&found, state.repository, before, after, &options) != 0) {
    return libgit2_error(state, "comparing commit " + revision + " with its parent");
  }
  return GitDiff(found);
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
  std::map<int, std::string> added;
  std::multiset<std::string> removed;
};

std::map<std::string, Difference> differences(git_repository* repository, git_diff* changes) {
  std::map<std::string, Difference> files;
  for (std::size_t i = 0; i < git_diff_num_deltas(changes); ++i) {
    const git_diff_delta* delta = git_diff_get_delta(changes, i);
    const GitBlob before = blob_of(repository, delta->old_file);
    const GitBlob after = blob_of(repository, delta->new_file);
    Difference& difference = files[path_of(*delta)];
    if (!is_text(before) || !is_text(after)) continue;
    const git_diff_options options = plain_options();
    const auto note = [](const git_diff_delta* /*of*/, const git_diff_hunk* /*in*/,
                         const git_diff_line* line, void* to) {
      auto& noted = *static_cast<Difference*>(to);
      std::string text(line->content, line->content_len);
      if (line->origin == GIT_DIFF_LINE_ADDITION) noted.added.emplace(line->new_lineno, text);
      if (line->origin == GIT_DIFF_LINE_DELETION) noted.removed.insert(std::move(text));
      return 0;
    };
    git_diff_blobs(before.get(), nullptr, after.get(), nullptr, &options, nullptr, nullptr, nullptr,
                   note, &difference);
  }
  return files;
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
  const GitDiff changes = TRY(compared(*state_, before.tree.get(), after.get(), revision));
  find_renames(changes.get());
  return read_diff(state_->repository, changes.get(), limits);
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
    const GitDiff changes = TRY(compared(*state_, before.get(), after.get(), revision));
    if (git_diff_num_deltas(changes.get()) > limits.files_max) return diff;
    sides.push_back(differences(state_->repository, changes.get()));
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
