#include "repo/tree_change.h"

#include <cerrno>
#include <cstdio>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include <fmt/format.h>

#include "repo/tree_copy.h"
#include "repo/tree_parts.h"

namespace culprit {
namespace {

constexpr unsigned owner_all = 0700;
constexpr unsigned owner_reads = 0400;
using Kind = TreeNode::Kind;
using State = TreeChange::State;

std::string parts_file(const std::string& folder) { return folder + "/parts"; }

std::string mark_file(const std::string& folder) { return folder + "/mark"; }

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

Error of_another(const TreeChange& change, const std::string& path) {
  Error made = error(Fault::usage, "{} was changed since: it stays as it is", path);
  made.advice = fmt::format("diff {} {} shows it; what was before the change is kept there too",
                            change.folder_of(State::with) + "/" + path, path);
  return made;
}

State other_than(State state) { return state == State::with ? State::without : State::with; }

int rename_by(const std::string& from, const std::string& to, unsigned how) {
  return ::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), how);
}

// Some file systems know neither an exchange nor a rename that replaces nothing.
bool is_unknown(int code) { return code == EINVAL || code == ENOSYS; }

// One state on its way into a tree. A file leaves its place by being renamed, and is looked at
// before it is deleted: what was saved there a moment ago goes back.
class Bringer {
 public:
  // What `spared` names is somebody else's.
  Bringer(const TreeChange& change, const std::vector<TreeChange::Part>& parts,
          const TreeChange::Bringing& order, std::set<std::string> spared)
      : change_(change), parts_(parts), order_(order), spared_(std::move(spared)) {}

  Status run();

 private:
  std::string path_of(const TreeChange::Part& part) const { return order_.root + "/" + part.path; }
  std::string saved(const TreeChange::Part& part, State state) const {
    return change_.folder_of(state) + "/" + part.path;
  }
  void step() const {
    if (order_.step) order_.step();
  }
  Status settle_left() const;
  Status settle_left(const std::string& stage) const;
  Status keep(const std::string& stage) const;
  Result<bool> is_at(const std::string& place, const TreeChange::Part& part, State state) const;
  Result<bool> is_known(const std::string& place, const TreeChange::Part& part) const;
  Status open_folders();
  Status remove(const TreeChange::Part& part) const;
  Status remove_file(const TreeChange::Part& part) const;
  Status put(const TreeChange::Part& part) const;
  Status put_whole(const TreeChange::Part& part, const std::string& stage) const;
  Status put_new(const TreeChange::Part& part, const std::string& stage) const;
  Status exchange(const TreeChange::Part& part, const std::string& stage) const;
  std::string stage_of(const TreeChange::Part& part) const;
  Status close_folder(const TreeChange::Part& part) const;

  const TreeChange& change_;
  const std::vector<TreeChange::Part>& parts_;
  const TreeChange::Bringing& order_;
  std::set<std::string> spared_;
  std::map<std::string, unsigned> opened_;  // modes of folders, by path
};

Result<bool> Bringer::is_at(const std::string& place, const TreeChange::Part& part,
                            State state) const {
  const TreeNode& wanted = part.at(state);
  const TreeNode now = TRY(node_at(place));
  if (now.kind == Kind::absent || !(now == wanted)) return false;
  if (wanted.kind != Kind::file) return wanted.kind == Kind::link;
  return same_bytes(place, saved(part, state));
}

Result<bool> Bringer::is_known(const std::string& place, const TreeChange::Part& part) const {
  for (const State state : {State::without, State::with}) {
    const bool same = TRY(is_at(place, part, state));
    if (same) return true;
  }
  return false;
}

// Where it is in nobody's way.
Status Bringer::keep(const std::string& stage) const {
  TRY(make_folders(change_.found()));
  for (int number = 1;; ++number) {
    const std::string to = fmt::format("{}/{}", change_.found(), number);
    const TreeNode there = TRY(node_at(to));
    if (there.kind != Kind::absent) continue;
    if (::rename(stage.c_str(), to.c_str()) == 0) return ok();
    if (errno != EXDEV) return path_error("cannot keep", stage, errno);
    const TreeNode node = TRY(node_at(stage));
    TRY(copy_node(stage, node, to));
    ::unlink(stage.c_str());
    return ok();
  }
}

// Of one that was killed: half a file of ours, or what somebody saved at that very moment.
Status Bringer::settle_left(const std::string& stage) const {
  const TreeNode left = TRY(node_at(stage));
  if (left.kind == Kind::absent) return ok();
  bool known = false;
  for (const TreeChange::Part& part : parts_) {
    if (!known) known = TRY(is_known(stage, part));
  }
  if (!known) return keep(stage);
  return ::unlink(stage.c_str()) == 0 ? ok() : Status(path_error("cannot remove", stage, errno));
}

Status Bringer::settle_left() const {
  TRY(settle_left(change_.stage()));
  for (const TreeChange::Part& part : parts_) {
    const std::string stage = change_.stage_beside(path_of(part));
    const TreeNode left = TRY(node_in_tree(order_.root, stage.substr(order_.root.size() + 1)));
    if (left.kind != Kind::absent) TRY(settle_left(stage));
  }
  return ok();
}

// Where something else is mounted nothing can be renamed to: a file is made beside its place then.
std::string Bringer::stage_of(const TreeChange::Part& part) const {
  struct stat of_folder {};
  struct stat of_stage {};
  const std::string path = path_of(part);
  const bool across = ::stat(path.substr(0, path.rfind('/')).c_str(), &of_folder) == 0 &&
                      ::stat(change_.folder_of(order_.to).c_str(), &of_stage) == 0 &&
                      of_folder.st_dev != of_stage.st_dev;
  return across ? change_.stage_beside(path) : change_.stage();
}

// What a mode forbids is allowed while it lasts; close_folder() takes it back.
Status Bringer::open_folders() {
  for (const TreeChange::Part& part : parts_) {
    const TreeNode now = TRY(node_in_tree(order_.root, part.path));
    if (now.kind != Kind::folder || (now.mode & owner_all) == owner_all) continue;
    step();
    if (::chmod(path_of(part).c_str(), now.mode | owner_all) != 0)
      return path_error("cannot open", path_of(part), errno);
    opened_[part.path] = now.mode;
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
  if (now.kind != Kind::folder) return remove_file(part);
  if (::rmdir(path_of(part).c_str()) == 0) return ok();
  // Something that is not of the change lies in it: it may stay, unless a file has to stand there.
  if ((errno == ENOTEMPTY || errno == EEXIST) && wanted == Kind::absent) return ok();
  return path_error("cannot remove", path_of(part), errno);
}

Status Bringer::remove_file(const TreeChange::Part& part) const {
  const std::string path = path_of(part);
  std::string stage = stage_of(part);
  int moved = rename_by(path, stage, 0);
  if (moved != 0 && errno == EXDEV) {
    stage = change_.stage_beside(path);
    moved = rename_by(path, stage, 0);
  }
  if (moved != 0) return path_error("cannot remove", path, errno);
  step();
  const Result<bool> known = is_known(stage, part);
  if (known && *known) return ::unlink(stage.c_str()) == 0 ? ok() : settle_left(stage);
  if (::link(stage.c_str(), path.c_str()) == 0)
    ::unlink(stage.c_str());
  else
    TRY(keep(stage));
  return of_another(change_, part.path);
}

Status Bringer::put_new(const TreeChange::Part& part, const std::string& stage) const {
  const std::string path = path_of(part);
  if (rename_by(stage, path, RENAME_NOREPLACE) == 0) return ok();
  int code = errno;
  if (is_unknown(code) && ::link(stage.c_str(), path.c_str()) == 0) {
    ::unlink(stage.c_str());
    return ok();
  }
  if (is_unknown(code)) code = errno;
  ::unlink(stage.c_str());
  if (code == EEXIST) return of_another(change_, part.path);
  return path_error("cannot write", path, code);
}

Status Bringer::exchange(const TreeChange::Part& part, const std::string& stage) const {
  const std::string path = path_of(part);
  if (rename_by(stage, path, RENAME_EXCHANGE) != 0) {
    const int code = errno;
    const Result<bool> same = is_at(path, part, other_than(order_.to));
    const bool may = is_unknown(code) && same && *same;
    if (may && ::rename(stage.c_str(), path.c_str()) == 0) return ok();
    ::unlink(stage.c_str());
    if (same && !*same) return of_another(change_, part.path);
    return path_error("cannot write", path, code);
  }
  step();
  const Result<bool> known = is_known(stage, part);
  if (known && *known) return ::unlink(stage.c_str()) == 0 ? ok() : settle_left(stage);
  if (rename_by(stage, path, RENAME_EXCHANGE) != 0) TRY(keep(stage));
  TRY(settle_left(stage));
  return of_another(change_, part.path);
}

Status Bringer::put_whole(const TreeChange::Part& part, const std::string& stage) const {
  step();
  Status copied = copy_node(saved(part, order_.to), part.at(order_.to), stage, CopiedTime::now);
  if (!copied) {
    ::unlink(stage.c_str());  // half of it
    return copied;
  }
  give_owner_of(path_of(part), stage);
  step();
  const TreeNode now = TRY(node_in_tree(order_.root, part.path));
  return now.kind == Kind::absent ? put_new(part, stage) : exchange(part, stage);
}

Status Bringer::put(const TreeChange::Part& part) const {
  const TreeNode& wanted = part.at(order_.to);
  if (wanted.kind == Kind::absent) return ok();
  if (wanted.kind == Kind::folder) {
    const TreeNode now = TRY(node_in_tree(order_.root, part.path));
    if (now.kind == Kind::folder) return ok();
    step();
    TRY(copy_node("", wanted, path_of(part)));
    give_owner_of("", path_of(part));
    return ok();
  }
  const bool held = TRY(change_.holds(order_.root, part, order_.to));
  return held ? ok() : put_whole(part, stage_of(part));
}

// A mode that is of neither state is somebody else's, and comes back where it was opened.
Status Bringer::close_folder(const TreeChange::Part& part) const {
  const TreeNode& wanted = part.at(order_.to);
  const TreeNode now = TRY(node_in_tree(order_.root, part.path));
  if (wanted.kind != Kind::folder || now.kind != Kind::folder) return ok();
  const auto opened = opened_.find(part.path);
  unsigned mode = opened == opened_.end() ? now.mode : opened->second;
  for (const unsigned ours : {part.without.mode, part.with.mode, wanted.mode}) {
    if (mode == ours || mode == (ours | owner_all)) mode = wanted.mode;
  }
  if (now.mode == mode) return ok();
  step();
  if (::chmod(path_of(part).c_str(), mode) != 0)
    return path_error("cannot change", path_of(part), errno);
  return ok();
}

Status Bringer::run() {
  TRY(open_folders());
  TRY(settle_left());
  for (auto part = parts_.rbegin(); part != parts_.rend(); ++part) {
    if (!spared_.contains(part->path)) TRY(remove(*part));
  }
  for (const TreeChange::Part& part : parts_) {
    if (!spared_.contains(part.path)) TRY(put(part));
  }
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
  made.mark_ = trees.mark;
  TRY(write_whole(mark_file(folder), trees.mark));
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
  made.mark_ = TRY(text_in(mark_file(folder)));
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

std::string TreeChange::stage_beside(const std::string& path) const {
  return path.substr(0, path.rfind('/')) + "/.culprit-try-" + mark_;
}

// What went wrong half way is taken back, but for what is somebody else's.
void TreeChange::undo(const Bringing& order) const {
  Bringing back = order;
  back.to = other_than(order.to);
  const auto others = strangers(order.root);
  if (!others) return;
  const std::set<std::string> spared(others->begin(), others->end());
  if (Bringer(*this, parts_, back, spared).run() && order.undone) order.undone();
}

Status TreeChange::bring_locked(const Bringing& order, const IndexLock& lock) const {
  const std::vector<std::string> others = TRY(strangers(order.root));
  if (!others.empty()) return of_another(*this, others.front());
  if (order.begins) TRY(order.begins());
  Status brought = Bringer(*this, parts_, order, {}).run();
  if (brought && index_) {
    const TreeNode wanted = TRY(node_at(index_of(order.to)));
    brought = wanted.kind == Kind::absent ? lock.remove() : lock.put();
  }
  if (!brought) undo(order);
  return brought;
}

void TreeChange::free_index(const std::string& index) const {
  IndexLock(index, mark_, nullptr).release();
}

Status TreeChange::bring(const Bringing& order) const {
  const TreeNode wanted = TRY(node_at(index_of(order.to)));
  const IndexLock lock(order.index, mark_, order.step);
  TRY(lock.take(wanted.kind == Kind::absent ? "" : index_of(order.to)));
  Status brought = bring_locked(order, lock);
  lock.release();
  return brought;
}

}  // namespace culprit
