#include "repo/tree_change.h"

#include <cerrno>
#include <cstdio>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>

#include "repo/tree_copy.h"
#include "repo/tree_parts.h"

namespace culprit {
namespace {

constexpr unsigned owner_all = 0700;
constexpr unsigned owner_reads = 0400;
using Kind = TreeNode::Kind;
using State = TreeChange::State;

std::string parts_file(const std::string& folder) { return folder + "/parts"; }

TreeNode node_in(const TreeListing& listing, const std::string& path) {
  const auto found = listing.nodes.find(path);
  return found == listing.nodes.end() ? TreeNode{} : found->second;
}

Result<bool> same_content(const TreeChange::Trees& trees, const std::string& path,
                          const TreeNode& without, const TreeNode& with) {
  if (!(without == with)) return false;
  if (with.kind != Kind::file) return true;
  return same_bytes(trees.without + "/" + path, trees.with + "/" + path);
}

Result<std::set<std::string>> differing_paths(const TreeChange::Trees& trees,
                                              const TreeListing& without, const TreeListing& with) {
  std::set<std::string> paths;
  for (const auto& [path, node] : with.nodes) {
    const bool same = TRY(same_content(trees, path, node_in(without, path), node));
    if (!same) paths.insert(path);
  }
  for (const auto& [path, node] : without.nodes) {
    if (!with.nodes.contains(path)) paths.insert(path);
  }
  return paths;
}

// With the folders on the way: their modes have to be known where something in them is replaced.
std::set<std::string> with_folders(const std::set<std::string>& paths) {
  std::set<std::string> all = paths;
  for (std::string path : paths) {
    for (std::size_t end = path.rfind('/'); end != path.npos; end = path.rfind('/')) {
      path.resize(end);
      if (!all.insert(path).second) break;
    }
  }
  return all;
}

Status write_whole(const std::string& path, const std::string& text) {
  const std::string made = path + ".new";
  const int file = ::open(made.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (file < 0) return path_error("cannot write", made, errno);
  bool good = true;
  for (std::size_t done = 0; good && done < text.size();) {
    const ssize_t wrote = ::write(file, text.data() + done, text.size() - done);
    good = wrote > 0 || (wrote < 0 && errno == EINTR);
    if (wrote > 0) done += static_cast<std::size_t>(wrote);
  }
  const int code = errno;
  ::close(file);
  if (!good) return path_error("cannot write", made, code);
  if (::rename(made.c_str(), path.c_str()) != 0) return path_error("cannot write", path, errno);
  return ok();
}

Result<std::string> text_in(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return path_error("cannot read", path, errno);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

Error of_another(const std::string& path) {
  Error made = error(Fault::usage, "{} was changed since: it stays as it is", path);
  made.advice = "the states from before and after the change are kept beside the case";
  return made;
}

// One state on its way into a tree.
class Bringer {
 public:
  Bringer(const TreeChange& change, const std::vector<TreeChange::Part>& parts,
          const TreeChange::Bringing& order, std::string stage)
      : change_(change), parts_(parts), order_(order), stage_(std::move(stage)) {}

  Status run();

 private:
  std::string path_of(const TreeChange::Part& part) const { return order_.root + "/" + part.path; }
  void step() const {
    if (order_.step) order_.step();
  }
  Status open_folders() const;
  Status remove(const TreeChange::Part& part) const;
  Status put(const TreeChange::Part& part) const;
  Status put_whole(const TreeChange::Part& part, const TreeNode& wanted) const;
  Status put_across(const TreeChange::Part& part, const TreeNode& wanted) const;
  bool across(const TreeChange::Part& part) const;
  Status close_folder(const TreeChange::Part& part) const;
  Status put_index() const;

  const TreeChange& change_;
  const std::vector<TreeChange::Part>& parts_;
  const TreeChange::Bringing& order_;
  std::string stage_;
};

// What a mode forbids is allowed while it lasts; close_folder() takes it back.
Status Bringer::open_folders() const {
  for (const TreeChange::Part& part : parts_) {
    const TreeNode now = TRY(node_in_tree(order_.root, part.path));
    if (now.kind != Kind::folder || (now.mode & owner_all) == owner_all) continue;
    step();
    if (::chmod(path_of(part).c_str(), now.mode | owner_all) != 0)
      return path_error("cannot open", path_of(part), errno);
  }
  return ok();
}

// What is in the way of the state, from within outwards.
Status Bringer::remove(const TreeChange::Part& part) const {
  const TreeNode now = TRY(node_in_tree(order_.root, part.path));
  const Kind wanted = part.at(order_.to).kind;
  const bool replaced =
      wanted != Kind::folder && wanted != Kind::absent && now.kind != Kind::folder;
  if (now.kind == Kind::absent || now.kind == wanted || replaced) return ok();
  step();
  if (now.kind != Kind::folder) {
    if (::unlink(path_of(part).c_str()) != 0)
      return path_error("cannot remove", path_of(part), errno);
    return ok();
  }
  if (::rmdir(path_of(part).c_str()) == 0) return ok();
  // Something that is not of the change lies in it: it may stay, unless a file has to stand there.
  if ((errno == ENOTEMPTY || errno == EEXIST) && wanted == Kind::absent) return ok();
  return path_error("cannot remove", path_of(part), errno);
}

// Where something else is mounted nothing can be renamed to: the whole file is made beside its
// place.
Status Bringer::put_across(const TreeChange::Part& part, const TreeNode& wanted) const {
  const std::string saved = change_.folder_of(order_.to) + "/" + part.path;
  const std::string beside = path_of(part) + ".culprit-try";
  TRY(copy_node(saved, wanted, beside, CopiedTime::now));
  if (::rename(beside.c_str(), path_of(part).c_str()) != 0)
    return path_error("cannot write", path_of(part), errno);
  return ok();
}

Status Bringer::put_whole(const TreeChange::Part& part, const TreeNode& wanted) const {
  const std::string saved = change_.folder_of(order_.to) + "/" + part.path;
  step();
  ::unlink(stage_.c_str());
  TRY(copy_node(saved, wanted, stage_, CopiedTime::now));
  step();
  if (::rename(stage_.c_str(), path_of(part).c_str()) == 0) return ok();
  if (errno != EXDEV) return path_error("cannot write", path_of(part), errno);
  return put_across(part, wanted);
}

// Whether a path lies on another file system than what was saved of it.
bool Bringer::across(const TreeChange::Part& part) const {
  struct stat of_folder {};
  struct stat of_saved {};
  const std::string path = path_of(part);
  return ::stat(path.substr(0, path.rfind('/')).c_str(), &of_folder) == 0 &&
         ::stat(change_.folder_of(order_.to).c_str(), &of_saved) == 0 &&
         of_folder.st_dev != of_saved.st_dev;
}

Status Bringer::put(const TreeChange::Part& part) const {
  const TreeNode& wanted = part.at(order_.to);
  if (wanted.kind == Kind::absent) return ok();
  if (wanted.kind == Kind::folder) {
    const TreeNode now = TRY(node_in_tree(order_.root, part.path));
    if (now.kind == Kind::folder) return ok();
    step();
    return copy_node("", wanted, path_of(part));
  }
  if (across(part)) ::unlink((path_of(part) + ".culprit-try").c_str());  // of one that was killed
  const bool held = TRY(change_.holds(order_.root, part, order_.to));
  return held ? ok() : put_whole(part, wanted);
}

Status Bringer::close_folder(const TreeChange::Part& part) const {
  const TreeNode& wanted = part.at(order_.to);
  const TreeNode now = TRY(node_in_tree(order_.root, part.path));
  if (wanted.kind != Kind::folder || now.kind != Kind::folder || now.mode == wanted.mode)
    return ok();
  step();
  if (::chmod(path_of(part).c_str(), wanted.mode) != 0)
    return path_error("cannot change", path_of(part), errno);
  return ok();
}

// By git's own protocol: whoever holds `index.lock` may replace the index. Ours is a second name of
// a whole file, so that after a kill it is known as ours.
Status Bringer::put_index() const {
  if (order_.index.empty() || !change_.has_index()) return ok();
  const std::string made = order_.index + ".culprit-try";
  const std::string lock = order_.index + ".lock";
  struct stat of_made {};
  struct stat of_lock {};
  const bool left = ::stat(made.c_str(), &of_made) == 0 && ::stat(lock.c_str(), &of_lock) == 0 &&
                    of_made.st_ino == of_lock.st_ino;
  step();
  if (left) ::unlink(lock.c_str());
  ::unlink(made.c_str());
  const std::string saved = change_.index_of(order_.to);
  const TreeNode wanted = TRY(node_at(saved));
  if (wanted.kind == Kind::absent) {  // there was no index yet
    if (::unlink(order_.index.c_str()) != 0 && errno != ENOENT)
      return path_error("cannot remove", order_.index, errno);
    return ok();
  }
  TRY(copy_node(saved, wanted, made, CopiedTime::now));
  step();
  if (::link(made.c_str(), lock.c_str()) != 0) {
    const int code = errno;
    ::unlink(made.c_str());
    Error failed = path_error("cannot lock the index with", lock, code);
    failed.advice = "is git running there? If not, remove that file; then: culprit try --restore";
    return failed;
  }
  step();
  if (::rename(lock.c_str(), order_.index.c_str()) != 0)
    return path_error("cannot write", order_.index, errno);
  step();
  ::unlink(made.c_str());
  return ok();
}

Status Bringer::run() {
  TRY(open_folders());
  for (auto part = parts_.rbegin(); part != parts_.rend(); ++part) {
    TRY(remove(*part));
  }
  for (const TreeChange::Part& part : parts_) {
    TRY(put(part));
  }
  TRY(put_index());
  for (auto part = parts_.rbegin(); part != parts_.rend(); ++part) {
    TRY(close_folder(*part));
  }
  return ok();
}

}  // namespace

bool TreeChange::Part::differs() const { return with.kind != Kind::folder || !(with == without); }

TreeChange::TreeChange(std::string folder, std::vector<Part> parts)
    : folder_(std::move(folder)), parts_(std::move(parts)) {}

std::string TreeChange::folder_of(State state) const {
  return folder_ + (state == State::with ? "/with" : "/without");
}

std::string TreeChange::index_of(State state) const { return folder_of(state) + ".index"; }

std::vector<const TreeChange::Part*> TreeChange::differing() const {
  std::vector<const Part*> found;
  for (const Part& part : parts_) {
    if (part.differs()) found.push_back(&part);
  }
  return found;
}

Result<TreeChange> TreeChange::save(const Trees& trees, const std::string& folder) {
  const TreeListing without = TRY(list_tree(trees.without, trees.limits));
  const TreeListing with = TRY(list_tree(trees.with, trees.limits));
  const std::set<std::string> paths = TRY(differing_paths(trees, without, with));
  std::vector<Part> parts;
  for (const std::string& path : with_folders(paths)) {
    parts.push_back({path, node_in(without, path), node_in(with, path)});
  }
  const bool has_index = !trees.with_index.empty();
  TreeChange made(folder, std::move(parts));
  made.index_ = has_index;
  for (const State state : {State::without, State::with}) {
    const std::string& root = state == State::with ? trees.with : trees.without;
    const std::string into = made.folder_of(state);
    TRY(make_folders(into));
    for (const Part& part : made.parts_) {
      TreeNode readable = part.at(state);
      readable.mode |= readable.kind == Kind::file ? owner_reads : 0;
      TRY(copy_node(root + "/" + part.path, readable, into + "/" + part.path));
    }
    const std::string& index = state == State::with ? trees.with_index : trees.without_index;
    if (!has_index) continue;
    const TreeNode node = TRY(node_at(index));
    TRY(copy_node(index, node, made.index_of(state)));
  }
  TRY(write_whole(parts_file(folder), text_of(made.parts_)));
  return made;
}

Result<TreeChange> TreeChange::open(const std::string& folder) {
  const std::string text = TRY(text_in(parts_file(folder)));
  std::vector<Part> parts = TRY(read_parts(text).during("reading {}", parts_file(folder)));
  TreeChange made(folder, std::move(parts));
  const TreeNode without = TRY(node_at(made.index_of(State::without)));
  const TreeNode with = TRY(node_at(made.index_of(State::with)));
  made.index_ = without.kind == Kind::file || with.kind == Kind::file;
  return made;
}

Result<bool> TreeChange::holds(const std::string& root, const Part& part, State state) const {
  const TreeNode& wanted = part.at(state);
  const TreeNode now = TRY(node_in_tree(root, part.path));
  if (!(now == wanted)) return false;
  if (wanted.kind != Kind::file) return true;
  return same_bytes(root + "/" + part.path, folder_of(state) + "/" + part.path);
}

Result<std::vector<std::string>> TreeChange::strangers(const std::string& root) const {
  std::vector<std::string> found;
  for (const Part& part : parts_) {
    const TreeNode now = TRY(node_in_tree(root, part.path));
    // Folders change their modes on the way, and what changes its kind is absent for a moment.
    const bool folder = part.with.kind == Kind::folder || part.without.kind == Kind::folder;
    if (now.kind == Kind::folder && folder) continue;
    if (now.kind == Kind::absent && part.with.kind != part.without.kind) continue;
    const bool without = TRY(holds(root, part, State::without));
    if (without) continue;
    const bool with = TRY(holds(root, part, State::with));
    if (!with) found.push_back(part.path);
  }
  return found;
}

Status TreeChange::sync() const {
  const int file = ::open(folder_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (file < 0) return path_error("cannot read", folder_, errno);
  const int failed = ::syncfs(file) == 0 ? 0 : errno;
  ::close(file);
  return failed == 0 ? ok() : Status(path_error("cannot write", folder_, failed));
}

Status TreeChange::bring(const Bringing& order) const {
  const std::vector<std::string> others = TRY(strangers(order.root));
  if (!others.empty()) return of_another(others.front());
  return Bringer(*this, parts_, order, folder_ + "/stage").run();
}

}  // namespace culprit
