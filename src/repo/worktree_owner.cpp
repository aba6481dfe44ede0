#include "repo/worktree_owner.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <set>
#include <system_error>
#include <utility>

#include "repo/tree_copy.h"

namespace culprit {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view folder_prefix = "culprit-bisect-";
constexpr std::string_view worktree_prefix = "culprit-";
constexpr const char* owner_name = "owner";
constexpr std::string_view owner_start = "culprit bisect on ";
// A folder without a lock that is older than that was left before it got one.
constexpr auto making_max = std::chrono::minutes(1);
// What another one registered and nobody touched for so long is abandoned: a switch touches it.
constexpr auto foreign_max = std::chrono::hours(7 * 24);

Error cannot_make(const std::string& path, int code) {
  Error made = error(code == EACCES || code == EROFS ? Fault::denied : Fault::unavailable,
                     "cannot make {}: {}", path, std::strerror(code));
  made.advice = "--worktrees DIR, or TMPDIR, names a folder with room for checkouts";
  return made;
}

std::string host_name() {
  char name[256] = {};
  return ::gethostname(name, sizeof name - 1) == 0 ? name : "unknown";
}

// -1: somebody living has it, or it cannot be opened.
int taken_lock(const fs::path& path) {
  const int opened = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
  if (opened >= 0 && ::flock(opened, LOCK_EX | LOCK_NB) == 0) return opened;
  if (opened >= 0) ::close(opened);
  return -1;
}

// Whether nobody living owns the folder any more. One that is just being made is owned.
bool abandoned(const fs::path& root) {
  std::error_code ignored;
  if (!fs::exists(root / owner_name, ignored)) {
    const auto age = fs::file_time_type::clock::now() - fs::last_write_time(root, ignored);
    return age > making_max;
  }
  const int lock = taken_lock(root / owner_name);
  if (lock < 0) return false;
  ::close(lock);
  return true;
}

bool untouched(const fs::path& registration) {
  std::error_code ignored;
  const auto newest = std::max(fs::last_write_time(registration, ignored),
                               fs::last_write_time(registration / "HEAD", ignored));
  return fs::file_time_type::clock::now() - newest > foreign_max;
}

bool abandoned(const RegisteredWorktree& one) {
  const fs::path root = one.worktree.parent_path();
  std::error_code ignored;
  if (fs::exists(root, ignored)) return abandoned(root);
  return first_line(one.registration / "locked") == owner_text() || untouched(one.registration);
}

// Folders of this repository that no registration names any more.
void add_unregistered(const fs::path& common, const fs::path& folder, std::set<fs::path>& roots) {
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(folder, ignored)) {
    if (!entry.path().filename().string().starts_with(folder_prefix)) continue;
    const bool of_this = first_line(entry.path() / owner_name) == common.string();
    const bool bare = !fs::exists(entry.path() / owner_name, ignored);
    if ((of_this || bare) && abandoned(entry.path())) roots.insert(entry.path());
  }
}

}  // namespace

std::string first_line(const fs::path& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  return line;
}

// A folder of /tmp is another one on another host, after a start of this one, and in a container.
std::string owner_text() {
  std::error_code ignored;
  return fmt::format("{}{}, boot {}, {}", owner_start, host_name(),
                     first_line("/proc/sys/kernel/random/boot_id"),
                     fs::read_symlink("/proc/self/ns/mnt", ignored).string());
}

// The owner's file gets its name when it is locked and says whose it is, so that nobody takes the
// folder for an abandoned one.
Result<OwnedFolder> OwnedFolder::make(const std::string& folder, const fs::path& common) {
  OwnedFolder made;
  if (folder.find('\n') != folder.npos)  // git writes paths a line each
    return error(Fault::usage, "the folder of worktrees has a line end in its name: {}", folder);
  std::string pattern = fmt::format("{}/{}XXXXXX", folder, folder_prefix);
  if (::mkdtemp(pattern.data()) == nullptr) return cannot_make(pattern, errno);
  made.root = pattern;
  const std::string part = (made.root / "owner.part").string();
  made.lock_ = ::open(part.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (made.lock_ < 0 || ::flock(made.lock_, LOCK_EX | LOCK_NB) != 0)
    return cannot_make(part, errno);
  const std::string text = common.string() + "\n";
  if (::write(made.lock_, text.data(), text.size()) != static_cast<ssize_t>(text.size()) ||
      ::rename(part.c_str(), (made.root / owner_name).c_str()) != 0) {
    return cannot_make(part, errno);
  }
  return made;
}

OwnedFolder::OwnedFolder(OwnedFolder&& other) noexcept
    : root(std::move(other.root)), lock_(std::exchange(other.lock_, -1)) {}

OwnedFolder& OwnedFolder::operator=(OwnedFolder&& other) noexcept {
  std::swap(root, other.root);
  std::swap(lock_, other.lock_);
  return *this;
}

OwnedFolder::~OwnedFolder() {
  if (lock_ >= 0) ::close(lock_);
}

std::string OwnedFolder::name_of_worktree(std::size_t number) const {
  const std::string random = root.filename().string().substr(folder_prefix.size());
  return fmt::format("{}{}-{}", worktree_prefix, random, number);
}

std::vector<RegisteredWorktree> registered_worktrees(const fs::path& common) {
  std::vector<RegisteredWorktree> found;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(common / "worktrees", ignored)) {
    const std::string name = entry.path().filename().string();
    if (!name.starts_with(worktree_prefix)) continue;
    if (!first_line(entry.path() / "locked").starts_with(owner_start)) continue;
    const fs::path link = first_line(entry.path() / "gitdir");
    if (link.filename() != ".git") continue;
    const fs::path worktree = link.parent_path();
    const std::string root = worktree.parent_path().filename().string();
    if (root.starts_with(folder_prefix)) found.push_back({entry.path(), worktree});
  }
  return found;
}

void remove_registration(const fs::path& common, const fs::path& registration) {
  std::error_code ignored;
  remove_tree(registration);
  fs::remove(common / "worktrees", ignored);  // where it is empty, as git itself does
}

void remove_registrations_below(const fs::path& common, const fs::path& root) {
  std::error_code ignored;
  if (fs::exists(root, ignored)) return;
  std::vector<fs::path> found;
  for (const auto& entry : fs::directory_iterator(common / "worktrees", ignored)) {
    const std::string link = first_line(entry.path() / "gitdir");
    const fs::path place = (entry.path() / link).lexically_normal();  // git may write either
    if (!link.empty() && place.string().starts_with(root.string() + "/"))
      found.push_back(entry.path());
  }
  for (const fs::path& registration : found) remove_registration(common, registration);
}

void remove_abandoned(const fs::path& common, const fs::path& folder) {
  std::set<fs::path> roots;
  for (const RegisteredWorktree& one : registered_worktrees(common)) {
    if (!abandoned(one)) continue;
    remove_tree(one.worktree);
    remove_registration(common, one.registration);
    roots.insert(one.worktree.parent_path());
  }
  add_unregistered(common, folder, roots);
  std::error_code ignored;
  for (const fs::path& root : roots) {
    // Without its owner's name it was just made: then it is empty, or nobody's business.
    const bool bare = !fs::exists(root / owner_name, ignored);
    if (bare) fs::remove(root, ignored);
    if (!bare) remove_tree(root);
    remove_registrations_below(common, root);
  }
}

}  // namespace culprit
