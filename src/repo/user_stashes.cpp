#include "repo/user_stashes.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <system_error>
#include <utility>

#include "repo/tree_copy.h"

namespace culprit {
namespace {

namespace fs = std::filesystem;

constexpr const char* log_name = "logs/refs/stash";
constexpr const char* reference_name = "refs/stash";
constexpr const char* tables = "reftable";  // gitformat: where references are kept otherwise

// As git names it where no branch is checked out, which is so in every worktree of ours.
bool of_a_worktree(const std::string& text) {
  return text.starts_with("WIP on (no branch)") || text.starts_with("On (no branch)");
}

// git's own lock of the reference: while it is there, git changes neither that nor its log.
class ReferenceLock {
 public:
  explicit ReferenceLock(const fs::path& reference) : path_(reference.string() + ".lock") {
    const int made = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    held_ = made >= 0;
    if (held_) ::close(made);
  }
  ReferenceLock(const ReferenceLock&) = delete;
  ReferenceLock& operator=(const ReferenceLock&) = delete;
  ~ReferenceLock() {
    if (held_) ::unlink(path_.c_str());
  }
  bool held() const { return held_; }

  // The reference is that from then on, and free again.
  bool release_as(const std::string& sha, const fs::path& reference) {
    const bool written = static_cast<bool>(std::ofstream(path_) << sha << '\n' << std::flush);
    if (!written || std::rename(path_.c_str(), reference.c_str()) != 0) return false;
    held_ = false;
    return true;
  }

 private:
  std::string path_;
  bool held_ = false;
};

template <typename Stashes>
bool holds(const Stashes& all, const std::string& sha) {
  return std::any_of(all.begin(), all.end(), [&](const auto& one) { return one.sha == sha; });
}

}  // namespace

UserStashes::UserStashes(GitProgram git, fs::path common)
    : git_(std::move(git)), common_(std::move(common)) {
  std::error_code ignored;
  in_a_log_ = !fs::exists(common_ / tables, ignored);
  seen_ = stamp();
  users_ = listed();
}

UserStashes::Stamp UserStashes::stamp() const {
  const fs::path path = in_a_log_ ? common_ / log_name : common_ / tables / "tables.list";
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return {};
  return {status.st_ino, status.st_size, status.st_mtim.tv_sec, status.st_mtim.tv_nsec};
}

// A line of the log: the stash before, this one, who and when, a tab, its text.
UserStashes::Stashes UserStashes::listed() const {
  if (!in_a_log_) return listed_by_git();
  Stashes all;
  std::ifstream log(common_ / log_name);
  for (std::string line; std::getline(log, line);) {
    const std::size_t tab = std::min(line.find('\t'), line.size());
    const std::size_t first = line.find(' ');
    const std::size_t second = first == line.npos ? line.npos : line.find(' ', first + 1);
    if (second == line.npos || second > tab) continue;
    all.push_back({line.substr(first + 1, second - first - 1),
                   tab < line.size() ? line.substr(tab + 1) : "",
                   line.substr(second + 1, tab - second - 1)});
  }
  return all;
}

UserStashes::Stashes UserStashes::listed_by_git() const {
  Stashes all;
  const Result<Ran> ran = git_.ran(
      {"log", "-g", "--no-show-signature", "--format=%H %gs", reference_name, "--"}, common_);
  if (!ran || ran->exit_code != 0) return all;
  for (const std::string& line : text_lines(ran->out)) {
    const std::size_t space = std::min(line.find(' '), line.size());
    all.push_back({line.substr(0, space), space < line.size() ? line.substr(space + 1) : "", ""});
  }
  std::reverse(all.begin(), all.end());
  return all;
}

// Each behind the one that it lies on, so that the order is the list's own.
void UserStashes::learn(const Stashes& now) {
  for (std::size_t i = 0; i < now.size(); ++i) {
    if (of_a_worktree(now[i].text) || holds(users_, now[i].sha)) continue;
    auto behind = users_.begin();
    for (auto at = users_.begin(); at != users_.end(); ++at) {
      const bool below = std::any_of(now.begin(), now.begin() + static_cast<std::ptrdiff_t>(i),
                                     [&](const Stash& other) { return other.sha == at->sha; });
      if (below || !holds(now, at->sha)) behind = at + 1;
    }
    users_.insert(behind, now[i]);
  }
}

void UserStashes::look() {
  const std::lock_guard locked(mutex_);
  const Stamp at = stamp();
  if (at == seen_) return;
  const Stashes now = listed();
  learn(now);
  // What is missing is put back after a run.
  if (!missing_some(now)) seen_ = at;
}

bool UserStashes::missing_some(const Stashes& now) const {
  return std::any_of(users_.begin(), users_.end(),
                     [&](const Stash& one) { return !holds(now, one.sha); });
}

UserStashes::Stashes UserStashes::completed(Stashes now) const {
  std::string below;
  for (const Stash& one : users_) {
    if (!holds(now, one.sha)) {
      const auto found = std::find_if(now.begin(), now.end(),
                                      [&](const Stash& other) { return other.sha == below; });
      now.insert(found == now.end() ? now.begin() : found + 1, one);
    }
    below = one.sha;
  }
  return now;
}

// What git does to rewrite a log: under the lock of its reference, and by a file that takes the
// place of the other, so that no stash is missing in between.
Status UserStashes::write(const Stashes& all) const {
  const fs::path log = common_ / log_name;
  const fs::path part = log.string() + ".lock";
  std::error_code failed;
  fs::create_directories(log.parent_path(), failed);
  {
    std::ofstream file(part, std::ios::binary);
    std::string before(all.front().sha.size(), '0');
    for (const Stash& one : all) {
      file << before << ' ' << one.sha << ' ' << one.who << '\t' << one.text << '\n';
      before = one.sha;
    }
    if (!file.flush()) return error(Fault::unavailable, "cannot write {}", part.string());
  }
  give_owner_of(log.string(), part.string());
  fs::rename(part, log, failed);
  if (failed) return error(Fault::unavailable, "cannot write {}", log.string());
  return ok();
}

// Where only git writes the list, what is missing comes to its top.
Status UserStashes::add_by_git(const Stashes& now) const {
  for (const Stash& one : users_) {
    if (holds(now, one.sha)) continue;
    TRY(git_.done({"update-ref", "--create-reflog", "-m", one.text, reference_name, one.sha},
                  common_));
  }
  return ok();
}

Status UserStashes::add_in_the_log() const {
  const fs::path reference = common_ / reference_name;
  ReferenceLock lock(reference);
  if (!lock.held()) return error(Fault::unavailable, "{} is locked", reference.string());
  const Stashes all = completed(listed());
  TRY(write(all));
  if (lock.release_as(all.back().sha, reference)) return ok();
  return error(Fault::unavailable, "cannot write {}", reference.string());
}

void UserStashes::put_back() {
  const std::lock_guard locked(mutex_);
  const Stamp at = stamp();
  if (at == seen_) return;
  const Stashes now = listed();
  learn(now);
  seen_ = at;
  if (!missing_some(now)) return;
  seen_ = {};  // looked at again, where it cannot be put back
  if (!(in_a_log_ ? add_in_the_log() : add_by_git(now))) return;
  seen_ = stamp();
  for (const Stash& one : users_) {
    if (holds(now, one.sha)) continue;
    returned_.insert(fmt::format("{} ({})", one.sha.substr(0, 12), one.text));
  }
}

std::vector<std::string> UserStashes::notes() const {
  const std::lock_guard locked(mutex_);
  if (returned_.empty()) return {};
  return {
      fmt::format("worktrees share your stashes, and the command, or you, took some; put back "
                  "were {}",
                  fmt::join(returned_, ", "))};
}

}  // namespace culprit
