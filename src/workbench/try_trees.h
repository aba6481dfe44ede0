// The TryTrees are the copies of a working tree that trials run in: for each worker one without the
// change and one with it, outside of the tree, gone with this value.
//
// Each is a checkout of its own (repo/work_tree.h) with the untracked and ignored files of the
// tree, so that builds and tests find what they find there. `links` are shared instead of copied.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "experiment/trial_setup.h"
#include "repo/tree_change.h"
#include "repo/work_tree.h"

namespace culprit {

class TryTrees {
 public:
  using State = TreeChange::State;

  struct Options {
    std::string folder;  // not there yet; for all of it
    TreeLimits limits;
    std::vector<std::string> links;  // paths in the tree
  };

  // The first pair, both as the tree is. Errors: usage (too large), denied, unavailable (no room).
  static Result<TryTrees> make(const WorkTree& tree, const Options& options);
  TryTrees(TryTrees&& other) noexcept;
  TryTrees& operator=(TryTrees&& other) noexcept;
  TryTrees(const TryTrees&) = delete;
  TryTrees& operator=(const TryTrees&) = delete;
  ~TryTrees();

  // Pairs for that many workers, like the first one.
  Status add_workers(std::size_t workers);

  // As root: all in them belongs to whom it does in the tree, for a test that becomes that user.
  // Git takes it for somebody else's from then on.
  Status give_owners(std::size_t workers) const;

  std::string root(State state, std::size_t worker = 0) const;
  // Has a command run in a copy, in the folder `below` of its root ("" or "/sub").
  void place(TrialSetup& setup, State state, std::size_t worker, const std::string& below) const;
  const std::string& folder() const { return options_.folder; }  // for what else has to go
  std::string scratch() const { return options_.folder + "/scratch"; }
  const TreeLimits& limits() const { return limits_; }
  // Of sockets and such, which were not copied.
  const std::vector<std::string>& unusual() const { return unusual_; }

 private:
  TryTrees() = default;

  Status copy(const std::string& from, const TreeListing& listing, const std::string& to) const;
  Status share(const std::string& link, const std::string& to) const;
  Status share_large(const std::string& to) const;
  Status find_large(const WorkTree& tree, std::uint64_t bytes);
  Error too_large_there(const std::string& name) const;
  std::string objects_seen() const { return options_.folder + "/objects"; }
  std::string large_seen() const { return options_.folder + "/lfs"; }

  Options options_;
  TreeLimits limits_;  // with the links left out
  std::string name_;   // of the tree's own folder: some programs look at it
  std::string source_;
  std::string objects_;     // of the user's repository
  std::string large_;       // of git-lfs; empty: there are none
  std::string repository_;  // of the user
  // In it, by name. What they hold: where they are copied, for want of mounts.
  std::map<std::string, TreeListing> large_parts_;
  std::vector<std::string> unusual_;
};

}  // namespace culprit
