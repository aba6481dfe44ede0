#include "workbench/try_references.h"

#include <fmt/ranges.h>

namespace culprit {
namespace {

constexpr std::string_view stash = "refs/stash";
constexpr std::size_t named_max = 5;

Error stashed(const std::string& command) {
  Error made =
      error(Fault::usage,
            "the git stash of its copy holds what {} put away, and goes with the copy", command);
  made.advice =
      "git stash in the tree first, and try the rest; or end the command with git stash "
      "pop";
  return made;
}

}  // namespace

Result<std::string> merge_left(const WorkTree& tree, const WorkTree& copy,
                               const std::string& command) {
  const std::set<std::string> before = TRY(tree.unmerged());
  const std::set<std::string> after = TRY(copy.unmerged());
  for (const std::string& path : after) {
    if (before.contains(path)) continue;
    Error made = error(Fault::usage, "{} leaves {} in conflict", command, path);
    made.advice = "what is tried has to be resolved: git checkout --theirs " + path + ", say";
    return made;
  }
  const std::string what = copy.under_way();
  // A revert is a commit like any other.
  if (what.empty() || what == "revert" || what == tree.under_way()) return std::string();
  return fmt::format(
      "git {} is under way in the copy, and stays there: of a command come files and the index, "
      "and git commit makes a commit of one parent of them",
      what);
}

Result<std::string> references_left(World& world, const std::string& before,
                                    const std::string& after, const std::string& command) {
  const WorkTree::References then = TRY(WorkTree::references(world, before));
  const WorkTree::References now = TRY(WorkTree::references(world, after));
  for (const std::string& one : now.stashes) {
    if (!then.stashes.contains(one)) return stashed(command);
  }
  std::vector<std::string> left;
  for (const auto& [name, commit] : now.commits) {
    const auto found = then.commits.find(name);
    const bool same = found != then.commits.end() && found->second == commit;
    // A commit on the branch that is checked out is what the command is for.
    if (!same && name != stash && name != then.branch) left.push_back(name);
  }
  if (left.empty()) return std::string();
  const std::size_t all = left.size();
  if (all > named_max) left.resize(named_max);
  return fmt::format("{}{} stay behind in the copy: what comes of a command is files and the index",
                     fmt::join(left, ", "),
                     all > named_max ? fmt::format(" and {} more", all - named_max) : "");
}

}  // namespace culprit
