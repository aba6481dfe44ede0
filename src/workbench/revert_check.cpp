#include "workbench/revert_check.h"

#include <filesystem>
#include <system_error>

namespace culprit {
namespace {

constexpr std::size_t patch_bytes_max = 256 << 20;

}  // namespace

Result<RevertCheck> check_revert(World& world, Worktrees& worktrees, const Revert& revert) {
  RevertCheck check;
  std::string worktree = revert.worktree;
  if (!worktree.empty() && !worktrees.switch_to(worktree, revert.at)) worktree.clear();
  if (worktree.empty()) worktree = TRY(worktrees.add(revert.at));
  const std::string objects = worktrees.root() + "/objects";
  std::error_code ignored;
  std::filesystem::create_directories(objects, ignored);
  const std::vector<std::string> elsewhere = {
      "GIT_OBJECT_DIRECTORY=" + objects,
      "GIT_ALTERNATE_OBJECT_DIRECTORIES=" + worktrees.common() + "/objects"};
  std::vector<std::string> words = {"revert", "--no-commit"};
  if (revert.parents > 1) words.insert(words.end(), {"-m", "1"});
  words.push_back(revert.sha);
  const GitProgram git = worktrees.git_in(worktree);
  const Ran ran = TRY(git.ran_with(elsewhere, words, worktree));
  check.clean = ran.exit_code == 0;
  if (check.clean) {
    // Into a file: what a program says is kept to a bound. And as git apply reads it, whatever the
    // user's settings are.
    const std::string file = worktrees.root() + "/revert.patch";
    TRY(git.ran_with(
        elsewhere,
        {"diff", "--cached", "--binary", "--no-ext-diff", "--no-textconv", "--no-color",
         "--src-prefix=a/", "--dst-prefix=b/", "--output=" + file, "HEAD"},
        worktree));
    check.patch = TRY(world.read(file, patch_bytes_max));
    check.needless = check.patch.empty();
  } else {
    const Ran unmerged =
        TRY(git.ran_with(elsewhere, {"diff", "--name-only", "--diff-filter=U"}, worktree));
    check.conflicts = text_lines(unmerged.out);
  }
  worktrees.remove(worktree);
  return check;
}

}  // namespace culprit
