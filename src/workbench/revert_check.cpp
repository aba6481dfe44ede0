#include "workbench/revert_check.h"

#include <filesystem>
#include <system_error>

namespace culprit {
namespace {

constexpr std::size_t patch_bytes_max = 256 << 20;

}  // namespace

Result<RevertCheck> check_revert(World& world, Worktrees& worktrees, const std::string& sha,
                                 std::size_t parents, const std::string& at) {
  RevertCheck check;
  const std::string worktree = TRY(worktrees.add(at));
  const std::string objects = worktrees.root() + "/objects";
  std::error_code ignored;
  std::filesystem::create_directories(objects, ignored);
  const std::vector<std::string> elsewhere = {
      "GIT_OBJECT_DIRECTORY=" + objects,
      "GIT_ALTERNATE_OBJECT_DIRECTORIES=" + worktrees.common() + "/objects"};
  std::vector<std::string> revert = {"revert", "--no-commit"};
  if (parents > 1) revert.insert(revert.end(), {"-m", "1"});
  revert.push_back(sha);
  const GitProgram git = worktrees.git_in(worktree);
  const Ran ran = TRY(git.ran_with(elsewhere, revert, worktree));
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
