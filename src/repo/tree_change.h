// A TreeChange is the difference between two states of a working tree, kept in a folder so that
// either can be brought back byte for byte: contents, modes, symbolic links, empty folders, the
// index.
//
// The states are called `without` and `with` (the change). The folder holds `without/` and `with/`,
// the files of each that differ; `without.index` and `with.index`, where the index differs; and
// `parts`, a line for each path; `mark`. Nothing of the tree is in it that is the same in both, so
// bringing a state back touches nothing else.
//
// bring() may die at any moment, by kill -9 too: called again it goes on, from whatever was left,
// to either state. It holds the lock of the index throughout. Before it touches anything it looks
// at every path: what is neither of the two states is somebody else's work and refused. What is
// saved there later is refused too: a file is exchanged with a whole one, and what comes out is
// looked at before it is deleted. Where it cannot go on it takes back what it did.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "repo/index_lock.h"
#include "repo/tree_nodes.h"

namespace culprit {

class TreeChange {
 public:
  enum class State : std::uint8_t { without, with };

  struct Part {
    std::string path;
    TreeNode without;
    TreeNode with;  // like `without` for folders on the way to what differs
    const TreeNode& at(State state) const { return state == State::with ? with : without; }
    bool differs() const;
  };

  // The two states of one tree, as two trees.
  struct Trees {
    std::string without;
    std::string with;
    TreeLimits limits;
    // Files of the index; empty: it is no part of the change.
    std::string without_index = {};
    std::string with_index = {};
    std::string mark = {};  // of the names of its own that it needs beside others': a random one
  };
  // `folder` is there, and has none of the names above.
  static Result<TreeChange> save(const Trees& trees, const std::string& folder);
  // What save() left. Errors: missing, malformed.
  static Result<TreeChange> open(const std::string& folder);

  // Paths that differ, in order.
  std::vector<const Part*> differing() const;
  bool has_index() const { return index_; }
  bool empty() const { return !index_ && differing().empty(); }
  std::string folder_of(State state) const;  // with the files of that state
  std::string index_of(State state) const;   // file
  // Where a file is made, or goes, on its way; beside its own place on another file system.
  std::string stage() const { return folder_ + "/stage"; }
  std::string stage_beside(const std::string& path) const;
  // A folder, once there is something in it: what stood on the way and is of neither state.
  std::string found() const { return folder_ + "/found"; }

  // Whether a path of the tree is as that state has it.
  Result<bool> holds(const std::string& root, const Part& part, State state) const;
  // Paths that are neither of the two, nor on the way between them.
  Result<std::vector<std::string>> strangers(const std::string& root) const;

  // Gives back the lock that one of it which was killed left.
  void free_index(const std::string& index) const;

  // Waits until all that was saved would survive a loss of power too.
  Status sync() const;

  struct Bringing {
    std::string root;
    std::string index;  // of the tree; empty: it stays
    State to = State::without;
    std::function<void()> step = nullptr;  // called before each call that changes something
    // With the index locked, before anything is touched; an error ends it.
    std::function<Status()> begins = nullptr;
    std::function<void()> undone = nullptr;  // it failed, and the other state is there again
  };
  // Errors: usage (a stranger, by name), denied, unavailable (no room, the index is locked).
  Status bring(const Bringing& order) const;

 private:
  TreeChange(std::string folder, std::vector<Part> parts);
  Status bring_locked(const Bringing& order, const IndexLock& lock) const;
  void undo(const Bringing& order) const;

  std::string folder_;
  std::vector<Part> parts_;  // by path: a folder comes before what is in it
  bool index_ = false;
  std::string mark_;
};

}  // namespace culprit
