#include "workbench/user_folder.h"

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "base/usage_error.h"

namespace culprit {

namespace fs = std::filesystem;

namespace {

// Where interpreters, linkers and compilers look for code.
constexpr const char* searched[] = {
    "PYTHONPATH",      "NODE_PATH",    "CLASSPATH", "PERL5LIB",       "RUBYLIB",
    "LD_LIBRARY_PATH", "LIBRARY_PATH", "CPATH",     "C_INCLUDE_PATH", "CPLUS_INCLUDE_PATH"};

}  // namespace

void UserFolder::find(const std::string& checkout, const std::string& repository,
                      const std::string& commit) {
  repository_ = repository;
  commit_ = commit;
  std::error_code failed;
  const fs::path top = fs::canonical(checkout, failed);
  const fs::path here = fs::canonical(world_.working_directory(), failed);
  const fs::path relative = here.lexically_relative(top);
  if (checkout.empty() || relative.empty() || *relative.begin() == "..") return;
  checkout_ = top.string();
  if (relative != ".") subfolder_ = relative.string();
}

Result<std::string> UserFolder::inside(const std::string& path) const {
  const fs::path relative = (fs::path(subfolder_) / path).lexically_normal();
  if (relative.is_absolute() || relative.empty() || *relative.begin() == "..") {
    return usage_error(fmt::format("{} lies outside of the repository", path),
                       "name a path within it");
  }
  std::string made = relative.string();
  if (made.ends_with('/')) made.pop_back();
  return made;
}

bool UserFolder::holds(const std::string& program, const std::vector<std::string>& commits) const {
  const std::string folder = world_.working_directory() + "/";
  if (world_.info(folder + program)) return true;
  const Result<std::string> path = inside(program);
  return path && std::any_of(commits.begin(), commits.end(), [&](const std::string& commit) {
           const Result<Ran> there =
               git_.ran({"cat-file", "-e", commit + ":" + *path}, repository_);
           return !there || there->exit_code == 0;
         });
}

// Whether git does not know it, though nothing tells git to ignore it.
bool UserFolder::untracked(const std::string& path) const {
  if (checkout_.empty()) {
    const Result<Ran> there = git_.ran({"cat-file", "-e", commit_ + ":" + path}, repository_);
    return !there || there->exit_code != 0;
  }
  const Result<Ran> ran =
      git_.ran({"ls-files", "--others", "--exclude-standard", "--", path}, checkout_);
  return ran && !ran->out.empty();
}

// What is ignored has mostly been built: a build at each commit makes it there. Without one, a
// command that git ignores can come from here only.
bool UserFolder::comes_from_here(const std::string& path, std::size_t word, Built built) const {
  if (untracked(path)) return true;
  if (word > 0 || built == Built::at_each_commit || checkout_.empty()) return false;
  const Result<Ran> ran = git_.ran({"check-ignore", "--quiet", "--", path}, checkout_);
  return ran && ran->exit_code == 0;
}

// Whether what git tracks differs here from HEAD.
bool UserFolder::changed_here(const std::string& path) const {
  if (checkout_.empty()) return false;
  const Result<Ran> ran =
      git_.ran({"status", "--porcelain", "--untracked-files=no", "--", path}, checkout_);
  return ran && ran->exit_code == 0 && !ran->out.empty();
}

void UserFolder::add_copies(std::vector<std::string>& words, Built built) {
  for (std::size_t i = 0; i < words.size(); ++i) {
    std::string& word = words[i];
    const bool plain_program = i == 0 && word.find('/') == word.npos;
    if (!checkout_.empty() && word.starts_with(checkout_ + "/"))
      notes_.push_back(
          fmt::format("{} is yours, at every commit: name it by a relative path", word));
    if (word.empty() || word.front() == '/' || word.front() == '-' || plain_program) continue;
    std::error_code ignored;
    const std::string source = world_.working_directory() + "/" + word;
    if (!fs::is_regular_file(source, ignored)) continue;
    const Result<std::string> path = inside(word);
    if (!path) word = fs::canonical(source, ignored).string();
    if (!path) continue;
    if (comes_from_here(*path, i, built)) {
      copies_.push_back({*path, source});
    } else if (changed_here(*path)) {
      notes_.push_back(fmt::format(
          "{} has changes that are not committed: each commit is tested with its own", *path));
    }
  }
}

std::map<std::string, std::string> UserFolder::search_paths() {
  std::map<std::string, std::string> found;
  if (checkout_.empty()) return found;
  for (const char* name : searched) {
    const std::string value = world_.environment(name);
    for (std::size_t from = 0; from < value.size();) {
      const std::size_t to = std::min(value.find(':', from), value.size());
      const std::string folder =
          fs::path(value.substr(from, to - from)).lexically_normal().string();
      from = to + 1;
      if (folder != checkout_ && !folder.starts_with(checkout_ + "/")) continue;
      const Result<Ran> tracked = git_.ran({"ls-files", "--", folder}, checkout_);
      if (tracked && !tracked->out.empty()) {
        found[name] = value;
        notes_.push_back(fmt::format("{} names {}: each commit's own is taken", name, folder));
      } else {
        notes_.push_back(
            fmt::format("{} names {}, which no commit holds: every test sees yours", name, folder));
      }
    }
  }
  return found;
}

}  // namespace culprit
