// Who is hit: the few segments that together explain the failures.
//
// A search over conjunctions of up to three conditions, as a dialogue: questions() says which
// facets it needs, answers() takes them, until done(). It asks for every candidate field within
// the strongest segments found so far and keeps the best (a beam). The likelihood itself picks the
// depth: a segment that is too wide takes in units that did not get worse, one that is too narrow
// leaves failures outside, and each further condition must pay for having been searched for.
//
// When a segment is found, the search goes on among the units outside it (Liblit et al., PLDI
// 2005, "iterative elimination"), so that several causes are told apart. p-values are corrected
// for all segments that were looked at (Benjamini and Hochberg). Nothing is reported that the
// traffic's own mix or the part's own past explains; see segment.h.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "contrast/segment.h"
#include "event/query.h"
#include "event/tally.h"

namespace culprit {

struct Finding {
  std::vector<Condition> conditions;  // sorted by field
  Counted counted;
  RiskRatio risk;
  double share_of_bad = 0;  // of all failures after the onset
  bool became_worse = true;
  double q_value = 1;
  std::vector<Condition> aliases;  // conditions that mean the same units
};

class WhoSearch {
 public:
  struct Options {
    std::vector<Axis> axes;  // candidate fields; numeric ones with their cuts
    Baseline baseline;
    std::vector<Window> windows;  // before, after; only one where there is no before
    std::size_t depth_max = 3;
    std::size_t beam = 16;
    std::size_t findings_max = 4;
    double q_max = 0.01;
  };
  explicit WhoSearch(Options options);

  bool done() const { return done_; }
  std::vector<FacetQuery> questions() const;
  void answers(const std::vector<FacetTally>& tallies);

  const std::vector<Finding>& findings() const { return findings_; }
  // Segments that were as much worse before: told, but not as causes.
  const std::vector<Finding>& always_worse() const { return always_; }
  double unexplained_share() const;
  std::size_t looked_at() const { return looked_at_; }

 private:
  struct Candidate {
    std::vector<Condition> conditions;
    Counted counted;
    double strength = 0;
  };
  void level_done();
  void conclude();
  void note_always_worse();
  Expr where(const Candidate& candidate) const;
  std::vector<Candidate> candidates_in(const FacetTally& tally, const Axis& axis,
                                       const Candidate& within) const;
  void add_aliases(Finding& finding) const;

  Options options_;
  Baseline rest_;                   // of the units outside all findings
  std::vector<Candidate> beam_;     // extended next; empty conditions: the whole
  std::vector<Candidate> found_;    // of this round, all depths, strongest first
  std::vector<Candidate> singles_;  // of the first round, for aliases
  std::size_t depth_ = 0;
  std::size_t looked_at_ = 0;
  bool done_ = false;
  std::vector<Finding> findings_;
  std::vector<Finding> always_;
};

}  // namespace culprit
