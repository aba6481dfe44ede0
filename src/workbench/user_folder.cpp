#include "workbench/user_folder.h"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <system_error>

#include "base/usage_error.h"

namespace culprit {

namespace fs = std::filesystem;

namespace {

// Where interpreters, linkers and compilers look for code.
constexpr const char* searched[] = {
    "PYTHONPATH",      "NODE_PATH",    "CLASSPATH", "PERL5LIB",       "RUBYLIB",
    "LD_LIBRARY_PATH", "LIBRARY_PATH", "CPATH",     "C_INCLUDE_PATH", "CPLUS_INCLUDE_PATH"};

// As git tells: a zero byte near the beginning.
bool binary(const std::string& path) {
  constexpr std::size_t looked_at = 8000;
  std::string text(looked_at, ' ');
  std::ifstream(path, std::ios::binary).read(text.data(), looked_at);
  return text.find('\0') != text.npos;
}

// Whether the text names that folder, or something in it: "cd FOLDER && ./t", "-I=FOLDER/include".
bool names(const std::string& text, const std::string& folder) {
  if (folder.empty()) return false;
  for (std::size_t at = text.find(folder); at != text.npos; at = text.find(folder, at + 1)) {
    const std::size_t end = at + folder.size();
    const char next = end < text.size() ? text[end] : '/';
    const auto letter = static_cast<unsigned char>(next);
    if (std::isalnum(letter) == 0 && std::string_view("_-.+~").find(next) == std::string_view::npos)
      return true;
  }
  return false;
}

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
  fs::path called = world_.environment("PWD");
  if (!called.is_absolute() || fs::canonical(called, failed) != here) return;
  for (const fs::path& part : fs::path(subfolder_)) {
    if (called.filename() != part) return;
    called = called.parent_path();
  }
  called_ = called.string();
}

// A whole path, as it is called in the checkout; empty: it lies outside. What it names itself may
// be a symbolic link.
std::string UserFolder::within(const fs::path& path) const {
  if (checkout_.empty()) return "";
  const fs::path whole = path.has_filename() ? path : path.parent_path();
  std::error_code failed;
  const fs::path folder = fs::weakly_canonical(whole.parent_path(), failed);
  const fs::path relative = (folder / whole.filename()).lexically_relative(checkout_);
  return relative.empty() || *relative.begin() == ".." ? "" : relative.string();
}

Result<std::string> UserFolder::inside(const std::string& path) const {
  fs::path relative = (fs::path(subfolder_) / path).lexically_normal();
  if (relative.is_absolute()) relative = within(relative);
  if (relative.empty() || *relative.begin() == "..") {
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
  const Result<Ran> ran = git_.ran(
      {"--literal-pathspecs", "ls-files", "--others", "--exclude-standard", "--", path}, checkout_);
  return ran && !ran->out.empty();
}

// What is ignored has mostly been built: a build at each commit makes it there. Without one, a
// command that git ignores can come from here only. No build reads what was compiled or linked
// before, but many leave it as it is.
bool UserFolder::comes_from_here(const std::string& path, std::size_t word, Words whose) const {
  if (untracked(path)) return whose != Words::build || !binary(checkout_ + "/" + path);
  if (word > 0 || whose != Words::command || checkout_.empty()) return false;
  return ignored(path, checkout_);
}

// check-ignore takes no --literal-pathspecs; behind "./" a name is one.
bool UserFolder::ignored(const std::string& path, const std::string& folder) const {
  const Result<Ran> ran = git_.ran({"check-ignore", "--quiet", "--", "./" + path}, folder);
  return ran && ran->exit_code == 0;
}

bool UserFolder::shared(const std::string& path) const {
  return std::any_of(links_.begin(), links_.end(), [&](const WorktreeExtra& one) {
    return path == one.path || path.starts_with(one.path + "/");
  });
}

// Whether what git tracks differs here from HEAD.
bool UserFolder::changed_here(const std::string& path) const {
  if (checkout_.empty()) return false;
  const Result<Ran> ran =
      git_.ran({"--literal-pathspecs", "status", "--porcelain", "--untracked-files=no", "--", path},
               checkout_);
  return ran && ran->exit_code == 0 && !ran->out.empty();
}

Status UserFolder::add_link(const std::string& path) {
  std::error_code failed;
  const fs::path source = fs::canonical(fs::path(world_.working_directory()) / path, failed);
  if (failed)
    return usage_error(fmt::format("there is no {} to link", path), "--link node_modules");
  const std::string inner = TRY(inside(path));
  links_.push_back({inner, source.string()});
  return ok();
}

// A path of the checkout within a word is the user's own at every commit.
void UserFolder::note_own_path(const std::string& word) {
  const std::string inner = word.starts_with('/') ? within(word) : "";
  const bool whole = !inner.empty() && inner != "." && word.find(' ') == word.npos;
  if (whole && shared(inner)) return;
  if (!whole && !names(word, checkout_) && !names(word, called_)) return;
  const std::string& folder = names(word, checkout_) || called_.empty() ? checkout_ : called_;
  const std::string text = fmt::format("{} is yours, at every commit: name it by a relative path",
                                       whole ? word : folder);
  if (std::find(notes_.begin(), notes_.end(), text) == notes_.end()) notes_.push_back(text);
}

void UserFolder::add_copies(std::vector<std::string>& words, Words whose) {
  using Needed = WorktreeExtra::Needed;
  const Needed needed = whose == Words::built_command ? Needed::after_build : Needed::at_once;
  for (std::size_t i = 0; i < words.size(); ++i) {
    std::string& word = words[i];
    const bool plain_program = i == 0 && word.find('/') == word.npos;
    if (!checkout_.empty()) note_own_path(word);
    if (word.empty() || word.front() == '/' || word.front() == '-' || plain_program) continue;
    std::error_code ignored;
    const std::string source = world_.working_directory() + "/" + word;
    if (!fs::is_regular_file(source, ignored)) continue;
    const Result<std::string> path = inside(word);
    if (!path) word = fs::canonical(source, ignored).string();
    if (!path || shared(*path)) continue;
    const auto same = [&](const WorktreeExtra& one) { return one.path == *path; };
    if (std::any_of(copies_.begin(), copies_.end(), same)) continue;
    if (comes_from_here(*path, i, whose)) {
      const bool itself = i == 0 && whose == Words::command;
      copies_.push_back({*path, source, needed, itself});
    } else if (changed_here(*path)) {
      notes_.push_back(fmt::format(
          "{} has changes that are not committed: each commit is tested with its own", *path));
    }
  }
}

std::string UserFolder::ignored_folder(const std::vector<std::string>& words) const {
  for (const std::string& word : words) {
    std::error_code unknown;
    const fs::path path = word;
    const bool here = path.is_relative() && path.has_parent_path() &&
                      fs::exists(world_.working_directory() / path, unknown);
    fs::path top;
    for (auto part = path.begin(); here && std::next(part) != path.end(); ++part) {
      top /= *part;
      if (ignored(top.string(), world_.working_directory())) return top.string();
    }
  }
  return "";
}

std::map<std::string, std::string> UserFolder::search_paths() {
  std::map<std::string, std::string> found;
  if (checkout_.empty()) return found;
  for (const char* name : searched) {
    const std::string value = world_.environment(name);
    std::vector<std::string> folders;
    bool each_commits = false;
    for (std::size_t from = 0; from < value.size();) {
      const std::size_t to = std::min(value.find(':', from), value.size());
      folders.push_back(value.substr(from, to - from));
      from = to + 1;
      std::error_code failed;
      const fs::path whole = folders.back();
      const std::string folder = fs::weakly_canonical(whole, failed).string();
      if (!whole.is_absolute() || (folder != checkout_ && !folder.starts_with(checkout_ + "/")))
        continue;
      const Result<Ran> tracked =
          git_.ran({"--literal-pathspecs", "ls-files", "--", folder}, checkout_);
      const bool held = tracked && !tracked->out.empty();
      notes_.push_back(
          held ? fmt::format("{} names {}: each commit's own is taken", name, folder)
               : fmt::format("{} names {}, which no commit holds: every test sees yours", name,
                             folder));
      if (held) folders.back() = folder;
      each_commits = each_commits || held;
    }
    if (each_commits) found[name] = fmt::format("{}", fmt::join(folders, ":"));
  }
  return found;
}

}  // namespace culprit
