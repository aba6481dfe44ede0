// A commit is suspected for what its text shares with the failure: words, paths, the very line.
//
// The symptoms are the templates that appeared or surged, and the field values of the affected
// segment. A commit's text is its message and its diff. Words are split at case and underscores
// and weigh by rarity over the commits that are compared (inverse document frequency), so that a
// word which every commit of a payments service holds teaches nothing. A commit that wrote the
// line which prints the failing message weighs most; one that only edits tests, prose, format
// or lock files weighs little.
//
// The answer is a probability per commit with a remainder for "none of them", which shrinks as the
// evidence grows.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"

namespace culprit {

enum class FileFate : std::uint8_t { changed, created, removed };

// One file's part of a diff. Lines are joined by '\n', without their +, - or space.
struct FileDiff {
  std::string path = {};  // the new one; the old one where the file was removed
  std::string added = {};
  std::string removed = {};
  std::string context = {};  // the functions and classes that the hunks stand in
  std::string nearby = {};   // unchanged lines around them
  std::string fresh = {};    // whole functions that a changed file gained; not in `added`
  FileFate fate = FileFate::changed;
};

struct CommitText {
  std::string sha = {};
  std::string subject = {};
  std::string message = {};  // whole, with the subject
  Time at = no_time;
  std::vector<FileDiff> files = {};
};

// A message that is said now and was not, or seldom, before the onset.
struct Symptom {
  std::string text = {};     // the template, <*> for its variable parts
  std::string service = {};  // who says it; empty: not known
  double weight = 1;         // 1 for a new template, less for one that only surged
  bool stopped = false;      // it was said before the onset and is not any more
  bool known = false;        // its line stood in the tree before any of the commits
};

struct NamedValue {
  std::string field;
  std::string value;
};

// A line of source that prints a symptom.
struct SourceLine {
  std::string path = {};
  std::size_t line = 0;  // from 1
  std::string text = {};
  std::size_t symptom = 0;  // index into CommitQuestion::symptoms
  double weight = 1;        // of the symptom
};

// What one commit did to the lines of a place (see FramePlace).
struct PlaceTouch {
  std::string sha = {};
  std::size_t distance = 0;  // in lines from the very line; 0: that line
};

// A place in the tree that the failure names: a frame of its stack trace, or the function that
// prints its message.
struct FramePlace {
  std::string path = {};
  std::size_t line = 0;                  // from 1; 0: not known
  std::string function = {};             // may be empty
  double weight = 1;                     // 1 for the innermost frame, less for its callers
  bool of_message = false;               // it prints a message, no trace names it
  std::vector<PlaceTouch> touches = {};  // commits that wrote or removed lines of the function
};

struct CommitQuestion {
  std::vector<Symptom> symptoms = {};
  std::vector<NamedValue> fields = {};        // of the affected segment
  std::vector<SourceLine> source_lines = {};  // that print a symptom, found by literal_matches
  std::string words = {};                     // of a symptom that somebody wrote down
  std::vector<FramePlace> frames = {};
  std::string trace = {};  // a stack trace as it was logged; its packages count as dependencies
  std::vector<std::string> formatting = {};  // shas of commits that are known to change no meaning
  // ln of how much likelier the newest commit is than the oldest; commits stand newest first.
  double recency = 0;
};

// What speaks for and against one commit, before it is compared with others.
struct CommitWeight {
  double prior = 1;      // by what it changes and how much; 1: a few lines of code
  double log_ratio = 0;  // ln of how much likelier the symptoms are if this commit did it
  std::vector<std::string> reasons = {};  // places, then packages, then words
  std::string note = {};                  // why its prior is small: "changes tests only"
};

// One for each, in their order. Words weigh by their rarity over all commits given.
std::vector<CommitWeight> weigh_commits(std::span<const CommitText* const> commits,
                                        const CommitQuestion& question);

// Of what else a deploy brings (a build, an image, settings), given that the deploy did it.
constexpr double share_without_commit = 0.15;

struct RankedCommit {
  std::string sha = {};
  std::string subject = {};
  double probability = 0;                 // that this commit did it
  std::vector<std::string> reasons = {};  // places, then packages, words, and the note
  std::string note = {};                  // what makes it less likely; also the last of the reasons
};

// Given that one of these or something that came with them did it. Sorted by probability, largest
// first, then as given; the sum is below one, the rest is "none of them".
std::vector<RankedCommit> rank_commits(std::span<const CommitText> commits,
                                       const CommitQuestion& question);

// The second half of it: one weight for each commit.
std::vector<RankedCommit> share_out(std::span<const CommitText> commits,
                                    std::span<const CommitWeight> weights);

// The lines (from 1) of a file's content whose string literals print this template, as far as
// its constant words can tell; placeholders of printf, format, f-strings, $x and #{x} are gaps.
std::vector<std::size_t> literal_matches(std::string_view template_text, std::string_view content);

}  // namespace culprit
