#include "repo/submodules.h"

#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <system_error>

#include "repo/tree_copy.h"

namespace culprit {
namespace {
namespace fs = std::filesystem;
constexpr int levels_max = 8;                        // of submodules within submodules
constexpr const char* kept_state = "culprit-state";  // a file of ours in a clone's git folder

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

// What git keeps of a clone, in few words: its files by size and time, but for what every checkout
// writes, and for objects. A rebase, a sparse checkout, a stash, a setting change it.
std::string state_of(const std::string& git_folder) {
  std::map<std::string, std::string> files;
  std::error_code failed;
  auto at = fs::recursive_directory_iterator(git_folder,
                                             fs::directory_options::skip_permission_denied, failed);
  for (; !failed && at != fs::recursive_directory_iterator(); at.increment(failed)) {
    const std::string name = at->path().native().substr(git_folder.size() + 1);
    const bool skipped = name == "objects" || name == "logs" || name == "HEAD" || name == "index" ||
                         name == "lfs" || name == kept_state;
    if (skipped) at.disable_recursion_pending();
    struct stat status {};
    if (skipped || ::lstat(at->path().c_str(), &status) != 0 || S_ISDIR(status.st_mode)) continue;
    files[name] =
        fmt::format("{} {}.{}", status.st_size, status.st_mtim.tv_sec, status.st_mtim.tv_nsec);
  }
  std::string all;
  for (const auto& [name, stamp] : files) all += fmt::format("{} {}\n", stamp, name);
  return all;
}

bool as_it_was(const std::string& git_folder) {
  std::ifstream file(git_folder + "/" + kept_state, std::ios::binary);
  const std::string then((std::istreambuf_iterator<char>(file)), {});
  return then == state_of(git_folder);
}

// What git keeps of it is a fresh clone's again; its files stay, with what a build left there.
Status renew(const GitProgram& git, const Submodule& one, const std::string& address,
             const SubmoduleHost& target) {
  const SubmoduleHost fresh = {target.git_folder + "-fresh", target.git_folder + "-fresh/.git",
                               target.common};
  Status cloned = clone_into(git, one, address, fresh);
  std::error_code failed;
  if (cloned) {
    remove_tree(target.git_folder);
    fs::rename(fresh.git_folder, target.git_folder, failed);
  }
  remove_tree(fresh.worktree);
  if (cloned && failed)
    return error(Fault::unavailable, "cannot write {}: {}", target.git_folder, failed.message());
  return cloned;
}

// Whether it was cloned for that.
Result<bool> make_clone(const GitProgram& git, const GitProgram& of_host, const SubmoduleHost& host,
                        const Submodule& one, const SubmoduleHost& inner) {
  const bool there = has_commit(git, inner.git_folder, one.sha);
  if (there && as_it_was(inner.git_folder)) return false;
  const std::string address = TRY(address_of(of_host, host.worktree, one));
  TRY(there ? renew(git, one, address, inner) : clone_into(git, one, address, inner));
  return true;
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
    const bool cloned = TRY(make_clone(git, here, host, one, inner));
    const GitProgram in_it = git.at(inner.git_folder, inner.worktree);
    for (const char* lock : {"index.lock", "HEAD.lock"})
      fs::remove(fs::path(inner.git_folder) / lock, ignored);
    TRY(in_it.done({"checkout", "--quiet", "--force", "--detach", one.sha}, inner.worktree)
            .during("filling the submodule {}", one.path));
    if (cloned) std::ofstream(inner.git_folder + "/" + kept_state) << state_of(inner.git_folder);
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
