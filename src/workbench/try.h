// A try tests a hypothesis by a change: how often does the test fail without it, how often with it,
// and is that what was predicted? What is refuted is taken back.
//
// The change is what git knows to differ from HEAD (untracked files are no part of it: a new file
// joins by `git add`), or what a command does to a copy of the tree, also to files that git does
// not know. Trials run in copies of the tree (try_trees.h); the tree itself is touched once the
// verdict is known, and only at the paths that the change is made of. Of a change in the tree that
// is refuted, those get back what HEAD has; a change of a command comes into the tree unless it is
// refuted. Both states and the difference as a patch stay in `.culprit/tries/`.
//
// Killed at any moment: what was begun in the tree is undone by the next try, or by restore_try().
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/world.h"
#include "workbench/paired_trials.h"

namespace culprit {

struct TryRequest {
  std::string hypothesis;
  RateComparison::Prediction prediction = RateComparison::Prediction::lower;
  std::string apply;  // run by sh -c in the tree's root; empty: the change is in the tree
  std::vector<std::string> test;
  std::string signature;  // EXPR; empty: by the exit code
  double confidence = 0.95;
  std::size_t trials_max = 200;
  Duration timeout = Duration::zero();
  std::size_t workers = 1;
  std::uint64_t seed = 1;
  std::uint64_t copy_bytes_max = std::uint64_t{2} << 30;
  std::vector<std::string> links;  // paths in the tree, shared by the copies
  enum class Pending : std::uint8_t { refused, stacked };
  Pending pending = Pending::refused;  // a change of an earlier try that is in the tree still
  enum class Refuted : std::uint8_t { taken_back, kept };
  Refuted refuted = Refuted::taken_back;
  // Before the first trial, with the paths of the change.
  std::function<void(const std::vector<std::string>&)> begins = nullptr;
  std::function<void(const std::string&)> note = nullptr;  // what the user should know at once
  std::function<void(const PairedProgress&)> progress = nullptr;
};

struct Tried {
  enum class Tree : std::uint8_t {
    as_it_was,   // a change of the tree stays, one of a command never came
    taken_back,  // the tree is without the change now
    applied,     // the change of a command is in the tree now
    in_the_way,  // neither, since something stood against it: `why`; it was not touched
    half_done    // the tree is between the two, and `why` neither could be had: restore_try()
  };

  PairedOutcome outcome;
  RateComparison::Verdict verdict = RateComparison::Verdict::undecided;
  Interval without;
  Interval with;
  Interval difference;
  std::vector<std::string> paths;  // of the change; "(index)" for what is staged only
  Tree tree = Tree::as_it_was;
  std::string why;
  std::string id;
  std::string root;           // of the tree
  std::string copy;           // the folder of the try
  std::string patch;          // a file in it; empty: there is none, and try_kept.h brings it back
  bool staged = false;        // the index is a part of the change, and of no patch
  bool space_judged = false;  // git is set to refuse, or to mend, white space in patches
};

// Errors: usage (no change, a pending one, no test), and as of the parts.
Result<Tried> run_try(World& world, const TryRequest& request);

std::string_view name_of(RateComparison::Verdict verdict);
std::string_view name_of(RateComparison::Prediction prediction);

}  // namespace culprit
