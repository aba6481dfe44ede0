#include <algorithm>
#include <thread>

#include <malloc.h>

#include "repo/comment_free.h"
#include "repo/git_state.h"
#include "repo/git_trees.h"

// What commits do to the files that a build reads, told by the ids of trees.
namespace culprit {
namespace {

// Enough to tell a commit of comments; what changes more files does more than that.
constexpr std::size_t compared_files_max = 50;
constexpr git_object_size_t compared_bytes_max = 1024 * 1024;
constexpr std::size_t commits_a_thread_min = 200;  // 20 ms; a thread and its repository take 1 ms
constexpr std::size_t threads_max = 8;

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

struct Question {
  const std::vector<std::string>& shas;
  const std::vector<std::vector<std::uint32_t>>& parents;
  const std::string& base;
  const PathFilter& filter;
};

// What one commit does; its mark is what it adds to that of its first parent, or to the base's.
struct Found {
  CommitTouch touch;
  std::optional<std::uint32_t> parent;  // nothing: it counts from the base
};

Result<Found> found_at(const Repository::State& state, const Question& question, std::size_t i) {
  const GitTree after = tree_at(state, question.shas[i]);
  if (!after) return libgit2_error(state, "reading commit " + question.shas[i]);
  const std::string parent = first_parent_of(state, question.shas[i]);
  const std::vector<TreeDelta> changed =
      tree_deltas(state, tree_at(state, parent).get(), after.get());
  Found found;
  found.touch.files = changed.size();
  found.touch.what = what_of(state, read_by(changed, question.filter), changed.size());
  // Of a merge into GOOD's side only the other parent may be in question.
  const std::vector<std::uint32_t>& parents = question.parents[i];
  if (!parents.empty() && question.shas[parents.front()] == parent) found.parent = parents.front();
  const std::vector<TreeDelta> since =
      found.parent ? changed : tree_deltas(state, tree_at(state, question.base).get(), after.get());
  // That documents are not read is a guess, enough for a suspicion but not for leaving out a test.
  const auto marked = question.filter.given() ? read_by(since, question.filter) : since;
  for (const TreeDelta& delta : marked) add_to(found.touch.mark, delta);
  return found;
}

// Commits that follow each other share what was unpacked for them.
struct Part {
  std::size_t first = 0;
  std::size_t end = 0;
};

Status find_part(const Repository::State& state, const Question& question, Part part,
                 std::vector<Found>& all) {
  for (std::size_t i = part.first; i < part.end; ++i) {
    Found found = TRY(found_at(state, question, i));
    all[i] = std::move(found);
  }
  return ok();
}

std::vector<Part> parts_of(std::size_t commits) {
  const std::size_t useful = commits / commits_a_thread_min + 1;
  const std::size_t cores = std::max(1U, std::thread::hardware_concurrency());
  const std::size_t count = std::min({useful, cores, threads_max});
  std::vector<Part> parts;
  for (std::size_t i = 0; i < count; ++i)
    parts.push_back({commits * i / count, commits * (i + 1) / count});
  return parts;
}

}  // namespace

// A thread for each part, also where there is one: what is unpacked of 20,000 commits, 200 MB, then
// has a heap of its own, which is gone afterwards. In this thread's it would leave holes among what
// stays, and each process that is started copies the tables of that memory: 20 ms, five times a
// run.
Result<std::vector<CommitTouch>> Repository::touches(
    const std::vector<std::string>& shas, const std::vector<std::vector<std::uint32_t>>& parents,
    const std::string& base, const PathFilter& filter) const {
  const Question question{shas, parents, base, filter};
  std::vector<Found> found(shas.size());
  std::vector<Part> parts = parts_of(shas.size());
  std::vector<Status> ended(parts.size(), ok());
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    threads.emplace_back([&, i] {
      const Result<Repository> own = open(state_->path);  // libgit2's objects are one thread's
      ended[i] = own ? find_part(*own->state_, question, parts[i], found) : own.error();
    });
  }
  for (std::thread& thread : threads) thread.join();
  ::malloc_trim(0);
  for (const Status& status : ended) {
    if (!status) return status.error();
  }
  std::vector<CommitTouch> all;
  for (Found& one : found) {
    if (one.parent) one.touch.mark += all[*one.parent].mark;
    all.push_back(one.touch);
  }
  return all;
}

}  // namespace culprit
