#include "repo/built_files.h"

#include <sys/stat.h>

#include <algorithm>
#include <functional>
#include <system_error>

#include "repo/tree_copy.h"

namespace culprit {
namespace {

namespace fs = std::filesystem;
using Type = fs::file_type;

// Of a command line: what git says of them is kept to a bound, and so is a line.
constexpr std::size_t paths_asked = 100;
constexpr std::uintmax_t aside_bytes_max = std::uintmax_t{256} << 20;  // of one worktree

constexpr std::size_t tracked_max = 10'000;  // files that a build may change, of one worktree
constexpr unsigned permissions = 07777;

bool is_git_folder(const std::string& path) { return path.ends_with("/.git"); }

std::string parent_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == path.npos ? "" : path.substr(0, slash);
}

Result<std::vector<std::string>> asked(const GitProgram& git, const std::string& worktree,
                                       std::vector<std::string> words,
                                       const std::vector<std::string>& paths) {
  std::vector<std::string> all;
  for (std::size_t from = 0; from < paths.size(); from += paths_asked) {
    std::vector<std::string> command = words;
    const std::size_t to = std::min(from + paths_asked, paths.size());
    command.insert(command.end(), paths.begin() + static_cast<std::ptrdiff_t>(from),
                   paths.begin() + static_cast<std::ptrdiff_t>(to));
    const std::string text = TRY(git.text(command, worktree));
    for (std::string& path : text_lines(text, '\0')) all.push_back(std::move(path));
  }
  return all;
}

}  // namespace

BuiltFiles::Stamp BuiltFiles::stamp_of(const std::string& path) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0) return {Type::not_found};
  const unsigned mode = status.st_mode & permissions;
  if (S_ISDIR(status.st_mode)) return {Type::directory, 0, 0, 0, mode};
  if (S_ISLNK(status.st_mode)) {
    std::error_code ignored;
    const std::string target = fs::read_symlink(path, ignored).string();
    return {Type::symlink, static_cast<std::int64_t>(std::hash<std::string>()(target))};
  }
  const Type type = S_ISREG(status.st_mode) ? Type::regular : Type::unknown;
  return {type, status.st_mtim.tv_sec, status.st_mtim.tv_nsec, status.st_size, mode};
}

// The folder of git itself is no file of a build's; that of a submodule counts as one.
Result<BuiltFiles::Listing> BuiltFiles::listed(const std::string& worktree) {
  constexpr Stamp git_folder = {Type::directory, 0, 0, 0, 0755};
  Listing all;
  std::error_code failed;
  auto at = fs::recursive_directory_iterator(worktree,
                                             fs::directory_options::skip_permission_denied, failed);
  for (; !failed && at != fs::recursive_directory_iterator(); at.increment(failed)) {
    const std::string& path = at->path().native();
    const bool of_git = is_git_folder(path);
    if (of_git) at.disable_recursion_pending();
    if (of_git && at.depth() == 0) continue;
    all.emplace(path.substr(worktree.size() + 1), of_git ? git_folder : stamp_of(path));
  }
  if (failed) return error(Fault::unavailable, "cannot list {}: {}", worktree, failed.message());
  return all;
}

void BuiltFiles::keep_aside(const std::string& aside, const std::set<std::string>& unsteady) {
  remove_tree(aside);
  if (unsteady.empty()) return;
  std::error_code failed;
  fs::create_directory(aside, failed);
  std::uintmax_t bytes = 0;
  for (const std::string& path : unsteady) {
    const auto found = files_.find(path);
    if (found == files_.end() || found->second.type != Type::regular) continue;
    bytes += static_cast<std::uintmax_t>(found->second.size);
    if (bytes > aside_bytes_max) return;
    const std::string copy = fmt::format("{}/{}", aside, aside_.size());
    const std::string from = worktree_ + "/" + path;
    if (fs::copy_file(from, copy, failed)) {
      fs::last_write_time(copy, fs::last_write_time(from, failed), failed);
      aside_[path] = copy;
    }
  }
}

Result<BuiltFiles> BuiltFiles::of(const std::string& worktree, const std::string& sha,
                                  const std::string& aside, const std::set<std::string>& unsteady) {
  BuiltFiles made;
  made.worktree_ = worktree;
  made.sha_ = sha;
  made.aside_folder_ = aside;
  made.files_ = TRY(listed(worktree));
  made.keep_aside(aside, unsteady);
  return made;
}

bool BuiltFiles::keep_one_tracked(const std::string& path) {
  const std::string from = worktree_ + "/" + path;
  const std::string copy = fmt::format("{}/tracked-{}", aside_folder_, tracked_.size());
  const Type type = stamp_of(from).type;
  if (type == Type::directory) return true;  // a submodule
  if (type == Type::not_found) {
    tracked_[path] = "";
    return true;
  }
  std::error_code failed;
  fs::copy(from, copy, fs::copy_options::copy_symlinks, failed);
  if (failed) return false;
  if (type == Type::regular) fs::last_write_time(copy, fs::last_write_time(from, failed), failed);
  tracked_[path] = copy;
  return true;
}

Result<bool> BuiltFiles::keep_tracked(const GitProgram& git) {
  const std::string text = TRY(git.text({"ls-files", "-m", "-z"}, worktree_));
  std::error_code failed;
  if (!text.empty()) fs::create_directory(aside_folder_, failed);
  std::uintmax_t bytes = 0;
  for (const std::string& path : text_lines(text, '\0')) {
    if (tracked_.count(path) != 0) continue;  // git names one that is deleted twice
    bytes += static_cast<std::uintmax_t>(stamp_of(worktree_ + "/" + path).size);
    const bool much = bytes > aside_bytes_max || tracked_.size() >= tracked_max;
    if (much || !keep_one_tracked(path)) return false;
  }
  return true;
}

Status BuiltFiles::put_back_tracked(const GitProgram& git) const {
  if (tracked_.empty()) return ok();
  const std::string text =
      TRY(git.text({"diff", "--name-only", "--no-renames", "-z", sha_, "HEAD"}, worktree_));
  const std::vector<std::string> lines = text_lines(text, '\0');
  const std::set<std::string> others(lines.begin(), lines.end());
  for (const auto& [path, copy] : tracked_) {
    const std::string there = worktree_ + "/" + path;
    if (others.count(path) != 0) continue;
    std::error_code failed;
    remove_tree(there);
    if (copy.empty()) continue;
    fs::create_directories(parent_of(there), failed);
    fs::copy(copy, there, fs::copy_options::copy_symlinks, failed);
    if (failed) return error(Fault::unavailable, "cannot write {}: {}", there, failed.message());
    if (stamp_of(there).type == Type::regular)
      fs::last_write_time(there, fs::last_write_time(copy, failed), failed);
  }
  return ok();
}

// By the index, by the commit that was built, and by the submodules, which git itself calls
// inactive here. Folders are known by their files: what is in one may be too much to list.
Result<std::set<std::string>> BuiltFiles::tracked(const GitProgram& git, const Listing& of_them,
                                                  std::vector<std::string> paths) const {
  std::erase_if(paths,
                [&](const std::string& path) { return of_them.at(path).type == Type::directory; });
  std::vector<std::string> all =
      TRY(asked(git, worktree_,
                {"--literal-pathspecs", "ls-files", "-z", "--with-tree=" + sha_, "--"}, paths));
  std::error_code ignored;
  if (fs::exists(worktree_ + "/.gitmodules", ignored)) {
    const std::vector<std::string> inner =
        TRY(asked(git, worktree_,
                  {"--literal-pathspecs", "-c", "submodule.active=.", "ls-files", "-z",
                   "--recurse-submodules", "--"},
                  paths));
    all.insert(all.end(), inner.begin(), inner.end());
  }
  std::set<std::string> known(all.begin(), all.end());
  for (const std::string& path : all) {
    for (std::string at = parent_of(path); !at.empty(); at = parent_of(at)) known.insert(at);
  }
  return known;
}

bool BuiltFiles::put_back(const std::string& path) const {
  const Stamp& built = files_.at(path);
  const std::string there = worktree_ + "/" + path;
  std::error_code failed;
  const auto mode = static_cast<fs::perms>(built.mode);
  const bool folder = built.type == Type::directory;
  if (!folder || stamp_of(there).type != Type::directory) remove_tree(there);
  if (folder) {
    fs::create_directories(there, failed);
    fs::permissions(there, mode, failed);
    return !failed;
  }
  const auto copy = aside_.find(path);
  if (copy == aside_.end()) return false;
  if (!fs::copy_file(copy->second, there, failed)) return false;
  fs::last_write_time(there, fs::last_write_time(copy->second, failed), failed);
  fs::permissions(there, mode, failed);
  return stamp_of(there) == built;
}

// Paths of `all` that `other` has not, or has otherwise; a folder before what is in it.
std::vector<std::string> BuiltFiles::differing(const Listing& all, const Listing& other) {
  std::vector<std::string> found;
  for (const auto& [path, stamp] : all) {
    const auto there = other.find(path);
    if (there == other.end() || !(there->second == stamp)) found.push_back(path);
  }
  return found;
}

bool BuiltFiles::only_mode_differs(const Stamp& one, Stamp other) {
  other.mode = one.mode;
  return one == other;
}

// Of what is there still. A folder comes before what is in it, which is not seen otherwise. Of what
// is tracked too: a checkout looks at no more of it than whether it can be run.
void BuiltFiles::restore_modes() const {
  for (const auto& [path, built] : files_) {
    if (built.type == Type::symlink || is_git_folder(path)) continue;
    const std::string there = worktree_ + "/" + path;
    const Stamp now = stamp_of(there);
    if (now.type != built.type || now.mode == built.mode || !only_mode_differs(built, now))
      continue;
    std::error_code ignored;
    fs::permissions(there, static_cast<fs::perms>(built.mode), ignored);
  }
}

Result<std::vector<std::string>> BuiltFiles::undo(const GitProgram& git) const {
  TRY(put_back_tracked(git));
  restore_modes();
  const Listing now = TRY(listed(worktree_));
  const std::vector<std::string> changed = differing(files_, now);
  std::vector<std::string> fresh = differing(now, files_);
  std::erase_if(fresh, [&](const std::string& path) { return files_.count(path) != 0; });
  const std::set<std::string> fresh_tracked = TRY(tracked(git, now, fresh));
  for (const std::string& path : fresh) {
    // A submodule's own git folder comes with it.
    const bool of_submodule = is_git_folder(path) && fresh_tracked.count(parent_of(path)) != 0;
    if (fresh_tracked.count(path) == 0 && !of_submodule) remove_tree(worktree_ + "/" + path);
  }
  const std::set<std::string> changed_tracked = TRY(tracked(git, files_, changed));
  std::vector<std::string> lost;
  for (const std::string& path : changed) {
    if (changed_tracked.count(path) == 0 && !put_back(path)) lost.push_back(path);
  }
  return lost;
}

}  // namespace culprit
