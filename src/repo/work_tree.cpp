#include "repo/work_tree.h"

#include <cerrno>

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <sstream>

#include "repo/tree_copy.h"

namespace culprit {
namespace {

constexpr std::size_t alternates_bytes_max = 1 << 20;
constexpr std::size_t files_max = 10'000'000;                      // of refs or new objects
constexpr std::uint64_t part_bytes_max = std::uint64_t{64} << 20;  // git-svn, git-annex have more

// git without what the user's shell or settings would have it do besides.
std::vector<std::string> git_in(const std::string& folder, const std::vector<std::string>& words,
                                const std::vector<std::string>& settings = {}) {
  std::vector<std::string> command = {"env", "LC_ALL=C", "GIT_OPTIONAL_LOCKS=0"};
  for (const char* name : {"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY",
                           "GIT_COMMON_DIR", "GIT_NAMESPACE", "GIT_PREFIX"}) {
    command.insert(command.begin() + 1, {"-u", name});
  }
  command.insert(command.end(), settings.begin(), settings.end());
  command.insert(command.end(), {"git", "-C", folder, "-c", "core.fsmonitor=false", "-c",
                                 "core.untrackedCache=false", "-c", "core.splitIndex=false", "-c",
                                 "submodule.recurse=false", "-c", "core.hooksPath=/dev/null"});
  command.insert(command.end(), words.begin(), words.end());
  return command;
}

std::string first_line(std::string_view text) {
  std::string_view line = text.substr(0, text.find('\n'));
  if (line.starts_with("fatal: ")) line.remove_prefix(7);
  return std::string(line);
}

Result<std::string> said(World& world, const std::vector<std::string>& command) {
  Ran ran = TRY(world.run(command, ""));
  if (ran.exit_code == 0) return std::move(ran.out);
  const auto git = std::find(command.begin(), command.end(), "git");
  std::string words;
  for (auto at = git; at != command.end(); ++at) {
    if (*at == "-c" || *at == "-C") {
      ++at;
    } else {
      words += (words.empty() ? "" : " ") + *at;
    }
  }
  return error(Fault::unavailable, "`{}` fails: {}", words, first_line(ran.error));
}

std::string line_of(std::string text) {
  while (text.ends_with('\n')) text.pop_back();
  return text;
}

bool is_one_of(std::string_view name, std::initializer_list<std::string_view> names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// What a copy has by other ways, or must not have.
bool is_left_behind(const std::string& name) {
  return is_one_of(name, {"objects", "logs", "lfs", "hooks", "modules", "worktrees", "index",
                          "commondir", "gitdir", "locked", "gc.pid"}) ||
         name.ends_with(".lock") || name.find(".culprit-try-") != name.npos;
}

// In the folder of all checkouts: of the main one (HEAD, MERGE_HEAD, BISECT_LOG).
bool is_of_one_checkout(const std::string& name) {
  const bool shouts = name.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ_") == name.npos;
  return shouts || name.starts_with("rebase-") || name.starts_with("sharedindex.") ||
         is_one_of(name, {"sequencer", "config.worktree"});
}

// A part of git's folder, where there is one; a file or all of a folder.
Status copy_part(const std::string& from, const std::string& to) {
  const TreeNode node = TRY(node_at(from));
  if (node.kind == TreeNode::Kind::absent) return ok();
  TRY(copy_node(from, node, to));
  if (node.kind != TreeNode::Kind::folder) return ok();
  TreeLimits limits;
  limits.entries_max = files_max;
  const TreeListing listing = TRY(list_tree(from, limits));
  return copy_tree(from, listing, to);
}

std::string of_status(std::string_view& text) {
  const std::size_t end = std::min(text.find('\0'), text.size());
  std::string record(text.substr(0, end));
  text.remove_prefix(std::min(end + 1, text.size()));
  return record;
}

std::set<std::string> paths_of(std::string_view text) {
  std::set<std::string> paths;
  while (!text.empty()) paths.insert(of_status(text));
  return paths;
}

// Behind so many spaces; the path is the last word and may have spaces itself.
std::string path_behind(const std::string& record, int words) {
  std::size_t at = 0;
  for (int i = 0; i < words && at != record.npos; ++i) at = record.find(' ', at + 1);
  return at == record.npos ? "" : record.substr(at + 1);
}

// "1 XY sub mH mI mW hH hI path", "2 XY sub mH mI mW hH hI score path\0from", "u ...", "? path".
WorkTree::Differences read_status(std::string_view text) {
  constexpr int before_path = 8;
  constexpr int before_renamed = 9;
  constexpr int before_unmerged = 10;
  WorkTree::Differences found;
  while (!text.empty()) {
    const std::string record = of_status(text);
    if (record.size() < 3) continue;
    if (record[0] == '?') found.untracked.push_back(record.substr(2));
    if (record[0] == 'u') found.unmerged.push_back(path_behind(record, before_unmerged));
    if (record[0] != '1' && record[0] != '2') continue;
    const bool renamed = record[0] == '2';
    found.changed.push_back(path_behind(record, renamed ? before_renamed : before_path));
    if (record.size() > 5 && record[5] == 'S') found.submodules.push_back(found.changed.back());
    if (renamed) found.changed.push_back(of_status(text));
  }
  std::sort(found.changed.begin(), found.changed.end());
  return found;
}

// ":100644 100644 SHA SHA M\0path\0": the second of each, where there is one; a line for each.
std::string staged_blobs(std::string_view text) {
  std::string names;
  while (!text.empty()) {
    const std::string record = of_status(text);
    of_status(text);  // the path
    std::istringstream words(record);
    std::string word;
    for (int i = 0; i < 4; ++i) words >> word;
    const bool none = word.find_first_not_of('0') == word.npos;
    if (!none) names += word + "\n";
  }
  return names;
}

// Of `ls-files --debug`: what lies below an entry are times and sizes, and its flags.
std::string without_memory(std::string_view text) {
  std::string kept;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const bool remembered = line.starts_with("  ");
    const std::size_t flags = line.find("flags: ");
    if (remembered && flags == line.npos) continue;
    kept += remembered ? line.substr(flags) : line;
    kept += '\n';
  }
  return kept;
}

// What only some users may read is of no use to git either.
Status copy_readable(const std::string& from, const std::string& to) {
  Status copied = copy_part(from, to);
  return copied || copied.error().fault == Fault::denied ? ok() : std::move(copied);
}

// What includes others is in the list with what it includes; what is of the place is the copy's.
bool is_of_the_place(std::string_view key) {
  return key.starts_with("include") || key.starts_with("extensions.") ||
         is_one_of(key, {"core.worktree", "core.bare", "core.repositoryformatversion"});
}

// As git reads it in a list of lines: a word of C, where it is no line.
std::string line_of_path(const std::string& path) {
  if (path.find('\n') == path.npos) return path + "\n";
  std::string text = "\"";
  for (const char byte : path) {
    if (byte == '"' || byte == '\\') text += '\\';
    text += byte == '\n' ? "\\n" : std::string(1, byte);
  }
  return text + "\"\n";
}

Status point_to_objects(World& world, const std::string& objects, const std::string& elsewhere,
                        const std::string& folder) {
  // git-lfs looks for its files beside each of these places.
  TRY(make_folders(folder + "/.git/objects/info"));
  TRY(make_folders(folder + "/.git/objects/pack"));
  std::string text = line_of_path(objects) + line_of_path(elsewhere);
  // What they borrow themselves: from where they lie, which is elsewhere for the copy.
  const std::string borrowed = objects + "/info/alternates";
  std::string lines;
  if (world.info(borrowed)) lines = TRY(world.read(borrowed, alternates_bytes_max));
  std::istringstream rest(lines);
  for (std::string line; std::getline(rest, line);) {
    if (line.empty() || line[0] == '/' || line[0] == '#' || line[0] == '"') continue;
    text += line_of_path(std::filesystem::path(objects + "/" + line).lexically_normal());
  }
  return world.write(folder + "/.git/objects/info/alternates", text);
}

}  // namespace

Result<std::string> WorkTree::asked(const std::vector<std::string>& words) const {
  return said(*world_, git_in(root_, words));
}

Result<WorkTree> WorkTree::open(World& world, const std::string& folder) {
  WorkTree tree(world);
  tree.root_ = folder;
  Result<std::string> root = tree.asked({"rev-parse", "--show-toplevel"});
  if (!root || line_of(*root).empty()) {
    Error made = error(Fault::usage, "{} is in no checkout of git", folder);
    made.advice = "a try is of a change to a git working tree: cd into one";
    if (!root) made.during.push_back(root.error().what);
    return made;
  }
  tree.root_ = line_of(std::move(*root));
  const std::vector<std::string> absolute = {"rev-parse", "--path-format=absolute"};
  const auto path_of = [&](std::vector<std::string> what) -> Result<std::string> {
    what.insert(what.begin(), absolute.begin(), absolute.end());
    std::string text = TRY(tree.asked(what));
    return line_of(std::move(text));
  };
  tree.folder_ = TRY(path_of({"--git-dir"}));
  tree.common_ = TRY(path_of({"--git-common-dir"}));
  tree.index_ = TRY(path_of({"--git-path", "index"}));
  tree.head_ = TRY(tree.head_now());
  return tree;
}

Result<std::string> WorkTree::head_now() const {
  const Ran ran =
      TRY(world_->run(git_in(root_, {"rev-parse", "--verify", "-q", "HEAD^{commit}"}), ""));
  return ran.exit_code == 0 ? line_of(ran.out) : std::string();
}

std::string WorkTree::under_way() const {
  // A rebase picks commits, so it comes first; `git am` keeps its state as an old rebase does.
  const std::pair<const char*, const char*> marks[] = {
      {"rebase-apply/applying", "am"},     {"rebase-merge", "rebase"},
      {"rebase-apply", "rebase"},          {"MERGE_HEAD", "merge"},
      {"CHERRY_PICK_HEAD", "cherry-pick"}, {"REVERT_HEAD", "revert"}};
  for (const auto& [name, what] : marks) {
    if (world_->info(folder_ + "/" + name)) return what;
  }
  return "";
}

Result<WorkTree::Differences> WorkTree::differences() const {
  const std::string text = TRY(asked({"status", "--porcelain=v2", "-z", "--untracked-files=all",
                                      "--no-renames", "--ignore-submodules=untracked"}));
  return read_status(text);
}

Result<std::set<std::string>> WorkTree::tracked() const {
  const std::string text = TRY(asked({"ls-files", "-z"}));
  return paths_of(text);
}

Result<std::set<std::string>> WorkTree::tracked_at(const std::string& commit) const {
  if (commit.empty()) return std::set<std::string>();
  const std::string text =
      TRY(asked({"ls-tree", "-r", "-z", "--name-only", "--full-tree", commit}));
  return paths_of(text);
}

// "100644 SHA 2\tpath".
Result<std::set<std::string>> WorkTree::unmerged() const {
  const std::string text = TRY(asked({"ls-files", "-u", "-z", "--full-name"}));
  std::set<std::string> paths;
  for (std::string_view rest = text; !rest.empty();) {
    const std::string record = of_status(rest);
    paths.insert(record.substr(record.find('\t') + 1));
  }
  return paths;
}

void WorkTree::refresh_index() const {
  // By the user's own settings: the index is written, and keeps its kind.
  const std::vector<std::string> command = {
      "env",          "-u", "GIT_DIR",  "-u", "GIT_INDEX_FILE",
      "git",          "-C", root_,      "-c", "core.hooksPath=/dev/null",
      "update-index", "-q", "--refresh"};
  (void)world_->run(command, "");
  give_owner_of(folder_, index_);  // it is a file of root's otherwise, who may run this
}

Result<std::string> WorkTree::index_text(const std::string& index_file) const {
  const std::string text = TRY(said(*world_, git_in(root_, {"ls-files", "--stage", "--debug"},
                                                    {"GIT_INDEX_FILE=" + index_file})));
  return without_memory(text);
}

// What lies in the folder of all checkouts and belongs into a copy: not the checkouts themselves,
// which some have below a bare repository.
Result<std::vector<std::string>> WorkTree::parts() const {
  const std::string text = TRY(asked({"worktree", "list", "--porcelain"}));
  const std::string below = "worktree " + common_ + "/";
  std::set<std::string> checkouts;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with(below))
      checkouts.insert(line.substr(below.size(), line.find('/', below.size()) - below.size()));
  }
  std::vector<std::string> names = TRY(world_->list(common_));
  std::erase_if(names, [&](const std::string& name) {
    return is_left_behind(name) || checkouts.contains(name) ||
           (common_ != folder_ && is_of_one_checkout(name));
  });
  return names;
}

Result<std::vector<std::string>> WorkTree::large_parts() const {
  std::vector<std::string> large;
  const std::vector<std::string> names = TRY(parts());
  for (const std::string& name : names) {
    const TreeNode node = TRY(node_at(common_ + "/" + name));
    if (node.kind != TreeNode::Kind::folder) continue;
    if (is_one_of(name, {"refs", "reftable", "info"})) continue;
    TreeLimits limits;
    limits.bytes_max = part_bytes_max;
    const auto listing = list_tree(common_ + "/" + name, limits);
    if (!listing && listing.error().fault == Fault::usage) large.push_back(name);
  }
  return large;
}

// Of a linked worktree: what is its own.
Status WorkTree::copy_checkout(const std::string& made) const {
  const std::vector<std::string> names = TRY(world_->list(folder_));
  for (const std::string& name : names) {
    if (is_left_behind(name) || is_one_of(name, {"refs", "info"})) continue;
    remove_tree(made + "/" + name);
    TRY(copy_readable(folder_ + "/" + name, made + "/" + name));
  }
  const std::string sparse = "/info/sparse-checkout";
  remove_tree(made + sparse);
  if (world_->info(folder_ + sparse)) TRY(make_folders(made + "/info"));
  return copy_part(folder_ + sparse, made + sparse);
}

// All that hold in the tree, as git takes them from the environment.
Result<std::vector<std::string>> WorkTree::settings() const {
  const std::string text = TRY(asked({"config", "-z", "--list", "--includes"}));
  std::vector<std::string> words;
  std::size_t count = 0;
  for (std::string_view rest = text; !rest.empty();) {
    const std::string record = of_status(rest);
    const std::size_t end = std::min(record.find('\n'), record.size());
    const std::string key = record.substr(0, end);
    if (key.empty() || is_of_the_place(key)) continue;
    words.push_back(fmt::format("GIT_CONFIG_KEY_{}={}", count, key));
    const std::string value = end == record.size() ? "true" : record.substr(end + 1);
    words.push_back(fmt::format("GIT_CONFIG_VALUE_{}={}", count++, value));
  }
  words.push_back(fmt::format("GIT_CONFIG_COUNT={}", count));
  return words;
}

Status WorkTree::copy_repository(const std::string& folder, const std::string& objects_seen) const {
  const std::string made = folder + "/.git";
  TRY(make_folders(made));
  const std::vector<std::string> large = TRY(large_parts());
  const std::vector<std::string> names = TRY(parts());
  for (const std::string& name : names) {
    if (std::find(large.begin(), large.end(), name) != large.end()) continue;
    TRY(copy_readable(common_ + "/" + name, made + "/" + name));
  }
  TRY(make_folders(made + "/refs"));
  if (common_ != folder_) TRY(copy_checkout(made));
  TRY(copy_part(index_, made + "/index"));
  TRY(make_folders(made + "/logs/refs"));  // of stashes
  TRY(copy_part(folder_ + "/logs/HEAD", made + "/logs/HEAD"));
  TRY(copy_part(common_ + "/logs/refs/stash", made + "/logs/refs/stash"));
  TRY(point_to_objects(*world_, objects(), objects_seen, folder));
  for (const char* setting : {"core.worktree", "core.hooksPath", "core.bare"}) {
    for (const char* file : {"config", "config.worktree"}) {
      const std::string path = made + "/" + file;
      if (!world_->info(path)) continue;
      TRY(world_->run({"git", "config", "--file", path, "--unset-all", setting}, ""));
    }
  }
  // An index in two files would be of use in the copy only.
  TRY(said(*world_, {"git", "config", "--file", made + "/config", "core.splitIndex", "false"}));
  if (head_.empty()) return ok();
  const std::string head =
      TRY(said(*world_, git_in(folder, {"rev-parse", "--verify", "HEAD^{commit}"}))
              .during("copying the repository of {}", root_));
  if (line_of(head) != head_)
    return error(Fault::unavailable, "{} is at another commit now", root_);
  return ok();
}

Status WorkTree::keep_staged(const std::string& index_file, const std::string& kept) const {
  const std::vector<std::string> settings = {"GIT_INDEX_FILE=" + index_file};
  const std::string text =
      TRY(said(*world_, git_in(root_,
                               {"diff-index", "--cached", "--raw", "--no-renames", "--no-abbrev",
                                "--ignore-submodules=all", "-z", "HEAD"},
                               settings)));
  const std::string names = staged_blobs(text);
  if (names.empty()) return ok();
  const std::string packs = kept + "/objects/pack";
  TRY(make_folders(packs));
  TRY(world_->write(kept + "/staged", names));
  std::vector<std::string> command = {"sh", "-c", "exec \"$@\" < \"$0\"", kept + "/staged"};
  const std::vector<std::string> git = git_in(root_, {"pack-objects", "-q", packs + "/pack"});
  command.insert(command.end(), git.begin(), git.end());
  TRY(said(*world_, command).during("keeping what is staged"));
  return ok();
}

Result<WorkTree::References> WorkTree::references(World& world, const std::string& folder) {
  const std::string named = TRY(
      said(world, git_in(folder, {"for-each-ref", "--format=%(objectname) %(refname)%00%(HEAD)"})));
  References found;
  std::istringstream lines(named);
  for (std::string line; std::getline(lines, line);) {
    const std::size_t end = line.find('\0');
    const std::size_t space = line.find(' ');
    if (end == line.npos || space > end) continue;
    const std::string name = line.substr(space + 1, end - space - 1);
    found.commits[name] = line.substr(0, space);
    if (line.ends_with('*')) found.branch = name;
  }
  const std::string stashed = TRY(said(world, git_in(folder, {"stash", "list", "--format=%H"})));
  std::istringstream shas(stashed);
  for (std::string sha; std::getline(shas, sha);) found.stashes.insert(sha);
  return found;
}

Status WorkTree::reset_copy(const std::string& folder) const {
  const std::vector<std::string> of_tree = TRY(settings());
  // The copy's files have other inodes and times of change than the index remembers, and the same
  // times and sizes: those alone are compared, or all of it would be read.
  const std::vector<std::string> minimal = {"-c", "core.checkStat=minimal", "-c",
                                            "core.trustctime=false"};
  std::vector<std::string> refresh = minimal;
  refresh.insert(refresh.end(), {"update-index", "-q", "--refresh"});
  // A file that was only touched is written anew otherwise, with another mode and time. Exit 1:
  // some of them differ, which is why we are here.
  TRY(world_->run(git_in(folder, refresh, of_tree), ""));
  std::vector<std::string> words = minimal;
  words.insert(words.end(), {"reset", "-q", "--hard", "HEAD"});
  TRY(said(*world_, git_in(folder, words, of_tree)));
  return ok();
}

Result<std::string> WorkTree::patch(World& world, const std::string& without,
                                    const std::string& with, const std::string& scratch) {
  // No conversion of line ends, no filter: the bytes of the tree as they are.
  const std::vector<std::string> settings = {"GIT_CONFIG_GLOBAL=/dev/null",
                                             "GIT_CONFIG_SYSTEM=/dev/null", "GIT_DIR=" + scratch};
  TRY(said(world, git_in("/", {"init", "-q", "--bare", scratch})));
  TRY(make_folders(scratch + "/info"));
  TRY(world.write(scratch + "/info/attributes", "* -text -filter -ident -working-tree-encoding\n"));
  std::vector<std::string> trees;
  for (const std::string& folder : {without, with}) {
    const auto git = [&](const std::vector<std::string>& words) {
      std::vector<std::string> all = {"-c", "core.bare=false", "--work-tree=" + folder};
      all.insert(all.end(), words.begin(), words.end());
      return said(world, git_in(folder, all, settings));
    };
    TRY(git({"read-tree", "--empty"}));
    TRY(git({"add", "-A", "-f", "."}));
    std::string tree = TRY(git({"write-tree"}));
    trees.push_back(line_of(std::move(tree)));
  }
  return said(world, git_in(scratch,
                            {"diff", "--binary", "--full-index", "--no-color", "--no-ext-diff",
                             "--src-prefix=a/", "--dst-prefix=b/", trees[0], trees[1]},
                            settings));
}

}  // namespace culprit
