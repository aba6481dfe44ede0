#include "repo/worktree_registration.h"

#include <fstream>
#include <iterator>
#include <system_error>
#include <vector>

#include "repo/tree_copy.h"

namespace culprit {
namespace {

namespace fs = std::filesystem;

std::string text_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// What a checkout itself writes, and objects that are dear: of submodules, and of a shared index.
bool ours(const std::string& name) {
  return name == "HEAD" || name == "index" || name == "logs" || name == "modules" ||
         name.starts_with("sharedindex.");
}

// Paths of files and folders below it that are not ours; a folder's before what is in it.
std::vector<fs::path> foreign(const fs::path& folder) {
  std::vector<fs::path> all;
  std::error_code failed;
  auto at = fs::recursive_directory_iterator(folder, fs::directory_options::skip_permission_denied,
                                             failed);
  for (; !failed && at != fs::recursive_directory_iterator(); at.increment(failed)) {
    const bool skipped = at.depth() == 0 && ours(at->path().filename().string());
    if (skipped) at.disable_recursion_pending();
    if (!skipped) all.push_back(at->path());
  }
  return all;
}

}  // namespace

WorktreeRegistration::WorktreeRegistration(fs::path folder) : folder_(std::move(folder)) {
  for (const fs::path& path : foreign(folder_)) {
    std::error_code ignored;
    const bool folder_itself = fs::is_directory(path, ignored);
    const std::string name = path.lexically_relative(folder_).string();
    files_[name] = folder_itself ? "" : text_of(path);
    if (folder_itself) folders_.insert(name);
  }
}

WorktreeRegistration::Stamp WorktreeRegistration::index() const {
  std::error_code failed;
  Stamp made;
  made.time = fs::last_write_time(folder_ / "index", failed);
  made.size = fs::file_size(folder_ / "index", failed);
  return made;
}

// What of the index a checkout does not look at, in few words: "H path" is a file as git has most,
// 'S' one outside of a sparse checkout, and small letters are those that somebody called unchanged.
Result<std::string> WorktreeRegistration::unseen(const GitProgram& git,
                                                 const std::string& worktree) const {
  constexpr const char* told = "alias.unseen=!git ls-files -v | grep '^[^H]' | cksum";
  return git.text({"-c", told, "unseen"}, worktree);
}

// git, too, writes through links: of its index, and of what is below a folder.
void WorktreeRegistration::remove_links_of_ours() const {
  std::error_code ignored;
  for (const char* name : {"HEAD", "index", "logs"}) {
    const fs::path path = folder_ / name;
    if (fs::symlink_status(path, ignored).type() != fs::file_type::symlink) continue;
    fs::remove(path, ignored);
    if (path.filename() == "HEAD") std::ofstream(path) << sha_ << '\n';  // else it is none of git's
  }
}

Status WorktreeRegistration::clear(const GitProgram& git, const std::string& worktree) {
  remove_links_of_ours();
  for (const fs::path& path : foreign(folder_)) {
    if (files_.count(path.lexically_relative(folder_).string()) == 0) remove_tree(path);
  }
  for (const auto& [name, text] : files_) {
    const fs::path path = folder_ / name;
    std::error_code ignored;
    const fs::file_type type = fs::symlink_status(path, ignored).type();
    if (folders_.count(name) != 0) {
      if (type != fs::file_type::directory) remove_tree(path);
      fs::create_directory(path, ignored);
      continue;
    }
    if (type == fs::file_type::regular && text_of(path) == text) continue;
    // A link would be written through, to wherever it leads.
    if (type != fs::file_type::regular) remove_tree(path);
    std::ofstream(path, std::ios::binary) << text;
  }
  if (sha_.empty() || index() == index_) return ok();
  const std::string now = TRY(unseen(git, worktree));
  if (now != unseen_) TRY(git.done({"read-tree", sha_}, worktree));
  return ok();
}

Status WorktreeRegistration::checked_out(const GitProgram& git, const std::string& worktree,
                                         const std::string& sha) {
  sha_ = sha;
  index_ = index();
  const bool sparse = files_.count("info/sparse-checkout") != 0;
  if (sparse) unseen_ = TRY(unseen(git, worktree));
  return ok();
}

}  // namespace culprit
