// What a user asks `shrink` for, carried out: two files become differences, and a set of them a
// trial.
//
// The command finds the candidate as a file of BAD's name in a folder of its own: where {} stands
// in its words, and in CULPRIT_INPUT. Of an environment the variables are set, where {} does not
// stand in it; of flags a word {} becomes the words, at the end where there is none. Nothing of the
// user's is written.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/world.h"
#include "parse/differences.h"
#include "workbench/shrink.h"

namespace culprit {

struct ShrinkRequest {
  std::vector<std::string> command;
  std::string from;  // a file; "empty" or /dev/null: each part of `to` is a difference
  std::string to;
  std::optional<DifferenceKind> kind;  // else recognised
  std::string signature;               // EXPR; empty: by the exit code
  SetSearch::Options search;
  std::size_t trials_max = 2000;
  Duration timeout = Duration::zero();
  std::size_t workers = 1;
  std::string out;  // where the smallest text that fails is written; empty: nowhere
  std::function<void(const ShrinkProgress&)> progress = nullptr;
};

struct ShrinkDone {
  Shrunk made;
  DifferenceKind kind = DifferenceKind::lines;
  std::vector<std::string> kept;      // names of differences
  std::vector<std::string> subjects;  // of these (Differences)
  std::size_t differences = 0;        // between the two files
  std::string out;                    // where it was written; empty: nowhere
  std::string unwritten;              // why it could not be
  std::vector<std::string> notes;     // what of the files was taken otherwise than one may think
  std::vector<std::string> secrets;   // words of values that are not to be stored
};

// Errors: as of shrink(), and of files.
Result<ShrinkDone> run_shrink(World& world, const ShrinkRequest& request);

// A text, as the command line, with *** for each of these words and what goes on with it.
std::string without_words(const std::string& text, const std::vector<std::string>& words);

// The same with *** for the values of what names a secret, also where the command said them: to be
// stored.
ShrinkDone without_secrets(ShrinkDone done);

}  // namespace culprit
