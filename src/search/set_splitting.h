// A SetSplitting finds which members of a failing set are all needed for its failure.
//
// The set without a group passes if, and only if, the group holds a needed member: so this is group
// testing, where delta debugging only bisects. The first needed member is found by halving, then
// the rest is left out at once: where one member does it, that is all. Else groups are made so
// large that either answer is as likely (generalised binary splitting, Hwang 1972), by an exact
// posterior over how many more there are, places taken as equally likely. Any family of failing
// sets that grows with its members will do: of several sets that fail each by itself one is found.
//
// Then each member left is left out alone. That holds for settled what growing families imply, or
// looks at each (`Checks`). Where one was not needed after all, or groups could not be judged, the
// world is no such family, and a Ddmin goes on with what is left. So the set is minimal in any
// world that gives the same answer twice: it fails, and without any one member it does not. It
// keeps no answers: whoever asks does, and gives the ones it has at once. Invariant: kept() was
// told to fail, or is the set it began with; without any member it passes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "event/event.h"
#include "search/ddmin.h"

namespace culprit {

class SetSplitting {
 public:
  enum class Checks : std::uint8_t { each, implied };
  enum class Stage : std::uint8_t { splitting, checking, narrowing, done };

  // `start` fails, the empty set does not.
  SetSplitting(Subset start, Checks checks);

  // The set to try next; nothing once the smallest is known.
  const std::optional<Subset>& ask() const { return question_; }
  // Of the set asked for; nothing: it could not be judged.
  void tell(std::optional<Outcome> outcome);

  Stage stage() const { return stage_; }
  const Subset& kept() const { return kept_; }
  // A member that others had made seem needed was not: the world does not grow with its members.
  bool contradicted() const { return contradicted_; }

 private:
  void advance();
  Stage next_stage();
  std::size_t size_of_group() const;
  std::size_t even_split(std::size_t most) const;
  double log_clean(std::size_t size) const;
  Subset without(std::size_t count) const;
  void told_of_group(std::optional<Outcome> outcome);
  void told_of_check(std::optional<Outcome> outcome);

  Checks checks_;
  Stage stage_ = Stage::splitting;
  Subset kept_;
  std::size_t size_;               // of the set it began with
  std::vector<std::size_t> open_;  // of kept_, not known to be needed; from open_begin_ on
  std::size_t open_begin_ = 0;
  std::size_t group_;  // so many of the first open ones: without them it passes; 0: not known
  std::size_t tried_ = 0;
  // Tests for the first needed member, so that one alone takes log2(n) + 2 with the one that shows
  // it is alone; after these, halving.
  std::size_t first_left_ = 0;
  std::vector<std::size_t> needed_;
  std::size_t checked_ = 0;  // of these
  bool unjudged_ = false;    // a group was
  bool contradicted_ = false;
  std::vector<double> log_factorial_;
  std::optional<Ddmin> ddmin_;
  std::optional<Subset> question_;
};

}  // namespace culprit
