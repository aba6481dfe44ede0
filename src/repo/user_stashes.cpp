#include "repo/user_stashes.h"

#include <algorithm>
#include <system_error>
#include <utility>

#include "repo/worktree_owner.h"

namespace culprit {
namespace {

namespace fs = std::filesystem;

// Zero: there is none, as where references are kept otherwise.
std::uintmax_t log_bytes(const fs::path& common) {
  std::error_code failed;
  const std::uintmax_t bytes = fs::file_size(common / "logs/refs/stash", failed);
  return failed ? 0 : bytes;
}

}  // namespace

UserStashes::UserStashes(GitProgram git, fs::path common)
    : git_(std::move(git)), common_(std::move(common)) {
  begun_with_ = listed();
  log_bytes_ = log_bytes(common_);
}

std::vector<UserStashes::Stash> UserStashes::listed() const {
  std::vector<Stash> all;
  const Result<Ran> ran = git_.ran(
      {"log", "-g", "--no-show-signature", "--format=%H %gs", "refs/stash", "--"}, common_);
  if (!ran || ran->exit_code != 0) return all;
  for (const std::string& line : text_lines(ran->out)) {
    const std::size_t space = std::min(line.find(' '), line.size());
    all.push_back({line.substr(0, space), space < line.size() ? line.substr(space + 1) : ""});
  }
  return all;
}

bool UserStashes::untouched() const {
  if (begun_with_.empty()) return true;
  return log_bytes_ != 0 && log_bytes(common_) == log_bytes_ &&
         first_line(common_ / "refs/stash") == begun_with_.front().sha;
}

void UserStashes::put_back() {
  const std::lock_guard locked(mutex_);
  if (untouched()) return;
  const std::vector<Stash> now = listed();
  for (auto one = begun_with_.rbegin(); one != begun_with_.rend(); ++one) {
    const auto same = [&](const Stash& other) { return other.sha == one->sha; };
    if (std::any_of(now.begin(), now.end(), same)) continue;
    const Status stored = git_.done(
        {"update-ref", "--create-reflog", "-m", one->text, "refs/stash", one->sha}, common_);
    if (stored) returned_.insert(fmt::format("{} ({})", one->sha.substr(0, 12), one->text));
  }
  log_bytes_ = log_bytes(common_);
}

std::vector<std::string> UserStashes::notes() const {
  const std::lock_guard locked(mutex_);
  if (returned_.empty()) return {};
  return {fmt::format("worktrees share your stashes, and the command took some; put back were {}",
                      fmt::join(returned_, ", "))};
}

}  // namespace culprit
