#include "workbench/bisect_checks.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <system_error>

#include "base/usage_error.h"
#include "repo/path_filter.h"
#include "workbench/next_steps.h"

namespace culprit {

Status check_words(const BisectRequest& request) {
  if (request.command.empty()) {
    return usage_error("bisect needs a command that tells good from bad",
                       "culprit bisect GOOD BAD -- ./test.sh");
  }
  if (request.good.empty() || request.bad.empty()) {
    return usage_error("bisect needs a commit that was GOOD and one that is BAD",
                       "culprit bisect v1.8 v1.9 -- ./test.sh");
  }
  if (request.confidence < 0.5 || request.confidence >= 1) {
    return usage_error(fmt::format("no confidence of {}", request.confidence), "--confidence 0.95");
  }
  if (request.rates && request.rates->good >= request.rates->bad) {
    return usage_error("GOOD fails as often as BAD by --rates", "--rates 0.05,0.6   GOOD's first");
  }
  return ok();
}

Result<std::vector<std::string>> paths_from_top(const UserFolder& here,
                                                std::vector<std::string> paths) {
  for (std::string& path : paths) {
    const bool from_here =
        path == "." || path == ".." || path.starts_with("./") || path.starts_with("../");
    if (!from_here) continue;
    path = TRY(here.inside(path));
    if (path == ".") return std::vector<std::string>();
  }
  return paths;
}

Status check_paths(const GitProgram& git, const BisectRequest& request,
                   const std::vector<std::string>& commits) {
  std::vector<std::string> unmatched = request.paths;
  for (const std::string& sha : commits) {
    if (unmatched.empty()) return ok();
    const std::string listed = TRY(
        git.text({"ls-tree", "-r", "-z", "--name-only", "--full-tree", sha}, request.repository));
    for (const std::string& path : text_lines(listed, '\0')) {
      std::erase_if(unmatched,
                    [&](const std::string& one) { return PathFilter({one}).reads(path); });
    }
  }
  if (unmatched.empty()) return ok();
  return usage_error(
      fmt::format("--paths {} matches no file of {}", unmatched.front(), request.bad),
      "name folders or files from the top of the repository: --paths src");
}

namespace {

// "make check" as one word, which no shell takes apart.
Status check_no_line(const UserFolder& here, const std::string& program,
                     const std::vector<std::string>& commits) {
  if (program.find(' ') == program.npos) return ok();
  std::error_code unknown;
  if (std::filesystem::exists(program, unknown) || here.holds(program, commits)) return ok();
  return usage_error(fmt::format("there is no program called \"{}\"", program),
                     "for a shell: -- sh -c " + shell_quoted(program));
}

}  // namespace

Status check_program(const UserFolder& here, const BisectRequest& request,
                     const std::vector<std::string>& commits) {
  const std::string& program = request.command.front();
  const bool relative = program.find('/') != program.npos && program.front() != '/';
  const bool made = !request.build.empty() || !request.links.empty() || !request.kept.empty();
  if (request.command.size() == 1 && !(relative && made))
    TRY(check_no_line(here, program, commits));
  if (!relative || made || here.holds(program, commits)) return ok();
  return usage_error(
      fmt::format("the command cannot be run: there is no {}, here or at BAD", program),
      "write it: exit 0 where all is well, 1 where it is not; git need not know it");
}

// A line end would be the end of the path in what git writes of worktrees.
Status check_repository(World& world, const GitProgram& git, const std::string& repository) {
  namespace fs = std::filesystem;
  const Ran ran =
      TRY(git.ran({"rev-parse", "--path-format=absolute", "--git-common-dir"}, repository));
  if (ran.exit_code == 0 && text_lines(ran.out).size() > 1) {
    return usage_error(
        "the path of the repository has a line end in it, and worktrees need one "
        "without",
        "rename the folder, or git clone . DIR, then --repo DIR");
  }
  if (repository != ".") return ok();
  const Ran own = TRY(git.ran({"rev-parse", "--absolute-git-dir"}, repository));
  const Ran top = TRY(git.ran({"rev-parse", "--show-toplevel"}, repository));
  const auto differs = [&](const char* name, const Ran& found) {
    const std::string value = world.environment(name);
    if (value.empty()) return false;
    fs::path named = fs::path(world.working_directory()) / value;
    // A `.git` that is a file names a folder elsewhere, which git finds.
    const Result<Ran> meant =
        git.ran({"--git-dir=" + value, "rev-parse", "--absolute-git-dir"}, repository);
    std::error_code unknown;
    if (fs::is_regular_file(named, unknown) && meant && meant->exit_code == 0)
      named = text_lines(meant->out).front();
    return found.exit_code != 0 || !fs::equivalent(named, text_lines(found.out).front(), unknown);
  };
  for (const auto& [name, found] : {std::pair("GIT_DIR", own), std::pair("GIT_WORK_TREE", top)}) {
    if (!differs(name, found)) continue;
    return usage_error(fmt::format("{} names {}, which is not the repository of this folder", name,
                                   world.environment(name)),
                       fmt::format("unset {}, and name the repository by --repo DIR", name));
  }
  return ok();
}

Status check_writable(const GitProgram& git, const std::string& repository) {
  namespace fs = std::filesystem;
  const std::string said = TRY(git.text({"rev-parse", "--git-common-dir"}, repository));
  const std::vector<std::string> lines = text_lines(said);
  if (lines.empty()) return ok();
  const fs::path common = fs::path(repository) / lines.front();
  std::error_code unknown;
  const bool begun = fs::exists(common / "worktrees", unknown);
  const fs::path written = begun ? common / "worktrees" : common;
  const bool refused = ::access(written.c_str(), W_OK) != 0 && (errno == EROFS || errno == EACCES);
  if (!refused) return ok();
  Error made =
      error(Fault::denied, "worktrees need a repository that can be written, and {} cannot",
            written.lexically_normal().string());
  made.advice = fmt::format("git clone {} DIR, then --repo DIR", repository);
  return made;
}

}  // namespace culprit
