#include "repo/worktree_extras.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <system_error>

#include "repo/tree_copy.h"

namespace culprit {
namespace {

namespace fs = std::filesystem;
using Needed = WorktreeExtra::Needed;

// The folders of a path, as folders of the worktree itself: a commit may have a symbolic link
// there, and what is written through it is written outside.
void make_parents(const fs::path& worktree, const std::string& path) {
  std::error_code ignored;
  fs::path at = worktree;
  for (const fs::path& part : fs::path(path).parent_path()) {
    at /= part;
    const fs::file_type type = fs::symlink_status(at, ignored).type();
    if (type != fs::file_type::directory) fs::remove(at, ignored);
  }
  fs::create_directories(at, ignored);
}

bool lies_at(const fs::path& path) {
  std::error_code ignored;
  return fs::symlink_status(path, ignored).type() != fs::file_type::not_found;
}

bool tracked(const GitProgram& git, const fs::path& worktree, const std::string& path) {
  const Result<Ran> ran = git.ran({"--literal-pathspecs", "ls-files", "--", path}, worktree);
  return ran && ran->exit_code == 0 && !ran->out.empty();
}

std::string text_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

bool same_file(const fs::path& one, const fs::path& other) {
  std::error_code failed;
  const fs::file_status status = fs::symlink_status(other, failed);
  return status.type() == fs::file_type::regular &&
         status.permissions() == fs::status(one, failed).permissions() &&
         fs::last_write_time(one, failed) == fs::last_write_time(other, failed) &&
         fs::file_size(one, failed) == fs::file_size(other, failed) &&
         text_of(one) == text_of(other);
}

}  // namespace

Status WorktreeExtras::keep(const fs::path& folder) {
  for (WorktreeExtra& one : copies_) {
    const fs::path kept = folder / one.path;
    std::error_code failed;
    fs::create_directories(kept.parent_path(), failed);
    fs::copy_file(one.source, kept, fs::copy_options::overwrite_existing, failed);
    if (failed) {
      return error(Fault::unavailable, "cannot copy {}: {}", one.source, failed.message());
    }
    one.source = kept.string();
  }
  return ok();
}

Status WorktreeExtras::give_links(const fs::path& worktree, const GitProgram& git) {
  for (const WorktreeExtra& one : links_) {
    const fs::path link = worktree / one.path;
    std::error_code failed;
    if (fs::read_symlink(link, failed) == one.source) continue;  // given before
    if (lies_at(link)) {
      const std::lock_guard locked(mutex_);
      if (tracked(git, worktree, one.path)) tracked_links_.insert(one.path);
      continue;
    }
    make_parents(worktree, one.path);
    fs::create_symlink(one.source, link, failed);
    if (failed) {
      return error(Fault::unavailable, "cannot link {}: {}", one.path, failed.message());
    }
  }
  return ok();
}

Status WorktreeExtras::give_copy(const fs::path& worktree, const WorktreeExtra& one) {
  const fs::path copy = worktree / one.path;
  std::error_code failed;
  {
    const std::lock_guard locked(mutex_);
    if (!one.expected) copied_.insert(one.path);
  }
  if (same_file(one.source, copy)) return ok();
  make_parents(worktree, one.path);
  remove_tree(copy);  // a symbolic link itself, not what it names
  fs::copy_file(one.source, copy, failed);
  if (failed) {
    return error(Fault::unavailable, "cannot copy {} to {}: {}", one.source, worktree.string(),
                 failed.message());
  }
  fs::last_write_time(copy, fs::last_write_time(one.source, failed), failed);
  return ok();
}

Status WorktreeExtras::give_where(const std::string& worktree, const Wanted& wanted) {
  std::set<std::string> given;
  for (const WorktreeExtra& one : copies_) {
    if (!wanted(one)) continue;
    TRY(give_copy(worktree, one));
    given.insert(one.path);
  }
  const std::lock_guard locked(mutex_);
  given_[worktree] = std::move(given);
  return ok();
}

Status WorktreeExtras::give(const std::string& worktree, const GitProgram& git) {
  TRY(give_links(worktree, git));
  return give_where(worktree,
                    [](const WorktreeExtra& one) { return one.needed == Needed::at_once; });
}

Status WorktreeExtras::complete(const std::string& worktree, const GitProgram& git) {
  TRY(give_links(worktree, git));
  return give_where(worktree, [&](const WorktreeExtra& one) {
    const fs::path there = fs::path(worktree) / one.path;
    if (one.needed == Needed::at_once) return same_file(one.source, there);  // else it was built
    return !lies_at(there) || tracked(git, worktree, one.path);
  });
}

Status WorktreeExtras::give_again(const std::string& worktree, const GitProgram& git) {
  std::set<std::string> given;
  {
    const std::lock_guard locked(mutex_);
    given = given_[worktree];
  }
  TRY(give_links(worktree, git));
  for (const WorktreeExtra& one : copies_) {
    if (given.count(one.path) != 0) TRY(give_copy(worktree, one));
  }
  return ok();
}

std::vector<std::string> WorktreeExtras::notes() const {
  const std::lock_guard locked(mutex_);
  std::vector<std::string> all;
  for (const std::string& path : tracked_links_)
    all.push_back(fmt::format("{} is tracked at some commits: those keep their own", path));
  if (!copied_.empty()) {
    all.push_back(
        fmt::format("in no commit, and so yours at every commit: {}", fmt::join(copied_, ", ")));
  }
  return all;
}

}  // namespace culprit
