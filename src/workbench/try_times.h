// The TryTimes are when the files of a tree were last written, and keep what was derived from one
// state of it from being taken for fresh in the other (repo/file_second.h).
//
// Copies keep times, so that builds need not begin anew, and with them whatever was compiled from
// the tree a moment ago. What a try itself writes into a copy is therefore of a later second than
// all that it found there.
#pragma once

#include <cstddef>
#include <map>
#include <set>
#include <string>

#include "repo/file_second.h"
#include "repo/tree_change.h"
#include "workbench/try_trees.h"

namespace culprit {

class TryTimes {
 public:
  using State = TreeChange::State;

  // Of a copy as the tree was. `tracked`: paths that git knows; what else lies there may be derived
  // from them.
  static Result<TryTimes> of(const std::string& root, const TreeLimits& limits,
                             std::set<std::string> tracked);

  // Before anything is written into a copy.
  void outlast() const;

  // Once both states are there, `made` by this try from the other: what kept an older time, by
  // `mv` or `cp -p`, gets one of its own, and so does a file whose second was that of something
  // derived, for that may be of what the file said before.
  Status set_apart(const TreeChange& change, const TryTrees& trees, State made) const;

 private:
  bool may_be_stale(const TreeChange::Part& part, FileSecond second) const;

  FileSecond newest_ = never_written;
  std::map<FileSecond, std::size_t> derived_;  // how many files, by their second
  std::set<std::string> tracked_;
};

}  // namespace culprit
