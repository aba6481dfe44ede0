#include "repo/submodules.h"

#include <filesystem>
#include <map>
#include <system_error>

namespace culprit {
namespace {
namespace fs = std::filesystem;
constexpr int levels_max = 8;  // of submodules within submodules

struct Submodule {
  std::string name;
  std::string path;
  std::string url;
  std::string sha;
};

// Of `git config -z --get-regexp`: "submodule.NAME.path", a line end, the value.
void read_setting(const std::string& line, std::map<std::string, Submodule>& found) {
  constexpr std::string_view start = "submodule.";
  const std::size_t end = line.find('\n');
  if (!line.starts_with(start) || end == line.npos) return;
  const std::size_t dot = line.rfind('.', end);
  if (dot == line.npos || dot <= start.size()) return;
  const std::string name = line.substr(start.size(), dot - start.size());
  const std::string key = line.substr(dot + 1, end - dot - 1);
  Submodule& one = found[name];
  one.name = name;
  if (key == "path") one.path = line.substr(end + 1);
  if (key == "url") one.url = line.substr(end + 1);
}

// The commit that the worktree's own commit wants there; empty: none.
Result<std::string> wanted_at(const GitProgram& git, const std::string& worktree,
                              const std::string& path) {
  const std::string listed =
      TRY(git.text({"--literal-pathspecs", "ls-files", "--stage", "--", path}, worktree));
  constexpr std::string_view gitlink = "160000 ";
  if (!listed.starts_with(gitlink)) return std::string();
  return listed.substr(gitlink.size(), listed.find(' ', gitlink.size()) - gitlink.size());
}

// A path that leaves the worktree is nobody's submodule.
bool stays_inside(const std::string& path) {
  const fs::path normal = fs::path(path).lexically_normal();
  return !path.empty() && normal.is_relative() && *normal.begin() != "..";
}

Result<std::vector<Submodule>> submodules_of(const GitProgram& git, const std::string& worktree) {
  const Ran ran = TRY(git.ran(
      {"config", "-z", "-f", ".gitmodules", "--get-regexp", "^submodule\\..*\\.(path|url)$"},
      worktree));
  std::map<std::string, Submodule> found;
  for (const std::string& line : text_lines(ran.out, '\0')) read_setting(line, found);
  std::vector<Submodule> all;
  for (auto& [name, one] : found) {
    if (!stays_inside(one.path) || !stays_inside(name)) continue;
    one.sha = TRY(wanted_at(git, worktree, one.path));
    if (!one.sha.empty()) all.push_back(one);
  }
  return all;
}

// "../lib" is seen from where the repository itself came from.
Result<std::string> address_of(const GitProgram& git, const std::string& worktree,
                               const Submodule& one) {
  const Ran known = TRY(git.ran({"config", fmt::format("submodule.{}.url", one.name)}, worktree));
  if (known.exit_code == 0) return known.out.substr(0, known.out.find('\n'));
  if (!one.url.starts_with("./") && !one.url.starts_with("../")) return one.url;
  const Ran origin = TRY(git.ran({"config", "remote.origin.url"}, worktree));
  std::string base = origin.out.substr(0, origin.out.find('\n'));
  std::string_view rest = one.url;
  while (rest.starts_with("./") || rest.starts_with("../")) {
    const bool up = rest.starts_with("../");
    rest.remove_prefix(up ? 3 : 2);
    if (up) base = base.substr(0, base.find_last_of("/:"));
  }
  return fmt::format("{}/{}", base, rest);
}

// Of a git folder; where the checkout that it names is gone, it is read all the same.
bool has_commit(const GitProgram& git, const std::string& folder, const std::string& sha) {
  std::error_code ignored;
  if (!fs::is_directory(folder, ignored)) return false;
  const Result<Ran> ran =
      git.ran({"--git-dir=" + folder, "--work-tree=" + folder, "cat-file", "-e", sha + "^{commit}"},
              folder);
  return ran && ran->exit_code == 0;
}

// From where no repository is found around it.
Status clone_into(const GitProgram& git, const Submodule& one, const std::string& address,
                  const SubmoduleHost& target) {
  std::error_code ignored;
  fs::remove_all(target.worktree, ignored);
  if (has_commit(git, target.common, one.sha)) {
    return git.done(
        {"clone", "--quiet", "--no-checkout", "--shared", target.common, target.worktree}, "/");
  }
  const Ran ran =
      TRY(git.ran_with({"GIT_PROTOCOL_FROM_USER=0"},
                       {"clone", "--quiet", "--no-checkout", address, target.worktree}, "/"));
  if (ran.exit_code == 0) return ok();
  Error made =
      error(Fault::unavailable, "the submodule {} cannot be had from {}", one.path, address);
  made.advice = "git submodule update --init --recursive   in your checkout: its copy is used then";
  return made;
}

Status fill(const GitProgram& git, const SubmoduleHost& host, Leftovers leftovers,
            int levels_left) {
  std::error_code ignored;
  if (levels_left == 0 || !fs::exists(host.worktree + "/.gitmodules", ignored)) return ok();
  const GitProgram here = git.at(host.git_folder, host.worktree);
  const std::vector<Submodule> all = TRY(submodules_of(here, host.worktree));
  for (const Submodule& one : all) {
    const SubmoduleHost inner = {host.worktree + "/" + one.path,
                                 host.worktree + "/" + one.path + "/.git",
                                 host.common + "/modules/" + one.name};
    if (!has_commit(git, inner.git_folder, one.sha)) {
      const std::string address = TRY(address_of(here, host.worktree, one));
      TRY(clone_into(git, one, address, inner));
    }
    const GitProgram in_it = git.at(inner.git_folder, inner.worktree);
    for (const char* lock : {"index.lock", "HEAD.lock"})
      fs::remove(fs::path(inner.git_folder) / lock, ignored);
    TRY(in_it.done({"checkout", "--quiet", "--force", "--detach", one.sha}, inner.worktree)
            .during("filling the submodule {}", one.path));
    if (leftovers == Leftovers::removed) TRY(in_it.done({"clean", "-ffdxq"}, inner.worktree));
    TRY(fill(git, inner, leftovers, levels_left - 1));
  }
  return ok();
}

}  // namespace

Status fill_submodules(const GitProgram& git, const SubmoduleHost& host, Leftovers leftovers) {
  return fill(git, host, leftovers, levels_max);
}

}  // namespace culprit
