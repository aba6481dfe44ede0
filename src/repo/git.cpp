#include "repo/git.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <utility>

#include "repo/git_state.h"

namespace culprit {
namespace {

// What git itself would not refuse to read, though libgit2 1.5 does not know the names: they
// change how objects are fetched or where settings stand, not what an object is.
constexpr std::array<const char*, 4> extensions = {"partialclone", "worktreeconfig",
                                                   "preciousobjects", "relativeworktrees"};

constexpr std::size_t object_bytes_kept = 256 * 1024;
constexpr ssize_t objects_bytes_max = 96 << 20;

// libgit2 counts how often it is started; once for the life of the program is enough.
void start_libgit2() {
  static const int started = [] {
    const int count = git_libgit2_init();
    std::array<const char*, 4> names = extensions;
    git_libgit2_opts(GIT_OPT_SET_EXTENSIONS, names.data(), names.size());
    // Another user's repository (a mounted volume in a container) is safe to read: nothing that
    // its configuration names is ever run here.
    git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, 0);
    // Recomputing the SHA-1 of every object read would cost more than all the rest.
    git_libgit2_opts(GIT_OPT_ENABLE_STRICT_HASH_VERIFICATION, 0);
    // What one commit wrote is what the next one changes: each file and folder is unpacked once.
    git_libgit2_opts(GIT_OPT_SET_CACHE_OBJECT_LIMIT, GIT_OBJECT_BLOB, object_bytes_kept);
    git_libgit2_opts(GIT_OPT_SET_CACHE_OBJECT_LIMIT, GIT_OBJECT_TREE, object_bytes_kept);
    git_libgit2_opts(GIT_OPT_SET_CACHE_MAX_SIZE, objects_bytes_max);
    return count;
  }();
  (void)started;
}

bool names_commit(git_repository* repository, const std::string& reference) {
  git_oid id;
  if (git_reference_name_to_id(&id, repository, reference.c_str()) != 0) return false;
  git_commit* commit = nullptr;
  if (git_commit_lookup(&commit, repository, &id) != 0) return false;
  git_commit_free(commit);
  return true;
}

// "refs/remotes/origin/HEAD" names another reference, whose short name is what people know.
std::string short_name(git_repository* repository, const std::string& reference) {
  git_reference* found = nullptr;
  if (git_reference_lookup(&found, repository, reference.c_str()) != 0) return reference;
  const GitReference first(found);
  git_reference* resolved = nullptr;
  if (git_reference_resolve(&resolved, first.get()) != 0) return reference;
  const GitReference last(resolved);
  return git_reference_shorthand(last.get());
}

std::string find_default_branch(git_repository* repository) {
  for (const char* reference : {"refs/remotes/origin/HEAD", "refs/heads/main", "refs/heads/master",
                                "refs/remotes/origin/main", "refs/remotes/origin/master"}) {
    if (names_commit(repository, reference)) return short_name(repository, reference);
  }
  return "HEAD";
}

Error cannot_open(const std::string& path) {
  const git_error* last = git_error_last();
  const std::string why = last == nullptr ? "" : last->message;
  std::error_code ignored;
  if (!std::filesystem::exists(path, ignored)) {
    Error missing = error(Fault::missing, "no such folder: {}", path);
    missing.advice = "--repo DIR names a git checkout, or a folder inside one";
    return missing;
  }
  if (why.find("unsupported extension") != std::string::npos) {
    Error newer = error(Fault::malformed, "{} has a git format that cannot be read: {}", path, why);
    newer.advice = "clone it with the usual object format (sha1): git clone <url>";
    return newer;
  }
  if (why.find("could not find repository") == std::string::npos) {
    Error broken = error(Fault::malformed, "cannot open the git repository at {}: {}", path, why);
    broken.advice = "see whether git can read it: git -C " + path + " fsck";
    return broken;
  }
  Error none = error(Fault::missing, "no git repository at {}", path);
  none.advice = "--repo DIR names a git checkout, or a folder inside one";
  return none;
}

}  // namespace

void Repository::Closer::operator()(State* state) const {
  git_repository_free(state->repository);
  delete state;
}

Repository::Repository(std::unique_ptr<State, Closer> state) : state_(std::move(state)) {}

Result<Repository> Repository::open(const std::string& path) {
  start_libgit2();
  auto state = std::unique_ptr<State, Closer>(std::make_unique<State>().release());
  state->path = path;
  if (git_repository_open_ext(&state->repository, path.c_str(), 0, nullptr) != 0) {
    return cannot_open(path);
  }
  state->default_branch = find_default_branch(state->repository);
  state->shallow = git_repository_is_shallow(state->repository) == 1;
  return Repository(std::move(state));
}

const std::string& Repository::default_branch() const { return state_->default_branch; }

bool Repository::shallow() const { return state_->shallow; }

bool Repository::empty() const { return !commit_named(*state_, "").has_value(); }

Result<std::vector<Tag>> Repository::tags() const { return read_tags(*state_); }

std::optional<std::string> Repository::resolve(std::string_view revision) const {
  if (revision.empty()) return std::nullopt;
  const Result<git_oid> id = commit_named(*state_, revision);
  if (!id) return std::nullopt;
  return sha_of(*id);
}

Result<std::vector<std::string>> Repository::files_at(const std::string& revision,
                                                      std::size_t files_max) const {
  const git_oid id = TRY(commit_named(*state_, revision));
  const GitCommit commit = commit_with(*state_, id);
  git_tree* root = nullptr;
  if (!commit || git_commit_tree(&root, commit.get()) != 0) {
    return libgit2_error(*state_, "reading the files of " + revision);
  }
  const GitTree tree(root);
  struct Found {
    std::vector<std::string> paths;
    std::size_t files_max;
  } found{{}, files_max};
  const auto note = [](const char* folder, const git_tree_entry* entry, void* to) {
    auto& list = *static_cast<Found*>(to);
    if (list.paths.size() >= list.files_max) return -1;
    if (git_tree_entry_type(entry) == GIT_OBJECT_BLOB) {
      list.paths.push_back(std::string(folder) + git_tree_entry_name(entry));
    }
    return 0;
  };
  if (git_tree_walk(tree.get(), GIT_TREEWALK_PRE, note, &found) != 0 &&
      found.paths.size() < files_max) {
    return libgit2_error(*state_, "reading the files of " + revision);
  }
  return std::move(found.paths);
}

Result<std::string> Repository::content_at(const std::string& revision, const std::string& path,
                                           std::size_t bytes_max) const {
  const git_oid id = TRY(commit_named(*state_, revision));
  const GitCommit commit = commit_with(*state_, id);
  git_object* found = nullptr;
  if (!commit || git_object_lookup_bypath(&found, reinterpret_cast<git_object*>(commit.get()),
                                          path.c_str(), GIT_OBJECT_BLOB) != 0) {
    Error missing = error(Fault::missing, "no file {} at {}", path, revision);
    missing.advice = "git -C " + state_->path + " ls-tree -r --name-only " + revision;
    return missing;
  }
  const GitObject object(found);
  const auto* blob = reinterpret_cast<const git_blob*>(object.get());
  const auto size = static_cast<std::size_t>(git_blob_rawsize(blob));
  return std::string(static_cast<const char*>(git_blob_rawcontent(blob)),
                     std::min(size, bytes_max));
}

}  // namespace culprit
