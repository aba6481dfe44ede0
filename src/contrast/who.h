// Who is hit: the few segments that together explain the failures.
//
// A search over conjunctions of up to three conditions, as a dialogue: questions() says what has to
// be counted, answers() takes it, until done(). An Extract of the units, asked for before, tells
// what is worth a question (roster.h): the likelihood itself picks the depth, as a segment that is
// too wide takes in units that did not get worse, one that is too narrow leaves failures outside,
// and each further condition must pay for having been searched for. Then:
//
// - verify: the best few are counted exactly, and their failures over time: failures that cluster
//   prove less, and a segment that was as much worse before is told as "always worse", not as a
//   cause.
// - prune: a condition is kept only where the segment beats the one without it, also when units of
//   the same moments are compared.
//
// Single conditions on other fields that hold for the same units are aliases.
// When a segment is found, the search goes on among the units outside it (Liblit et al., PLDI
// 2005, "iterative elimination"), so that several causes are told apart. p-values are corrected for
// all segments that could have been told (Tarone; Benjamini and Hochberg). Where the failure rate
// rose because more of the traffic is of a kind that always failed more, that is told (mix.h).
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "contrast/mix.h"
#include "contrast/roster.h"
#include "event/extract.h"
#include "event/query.h"
#include "event/tally.h"

namespace culprit {

struct Finding {
  Conditions conditions;  // sorted by field
  Counted counted;
  RiskRatio risk;
  RatioOfRatios rise;
  double share_of_bad = 0;  // of all failures after the onset
  bool became_worse = true;
  double q_value = 1;
  double dispersion = 1;  // of its failures after the onset
  Conditions aliases;     // conditions that mean the same units
};

struct WhoQuestions {
  std::vector<FacetQuery> facets;
  std::vector<HistQuery> hists;
};
struct WhoTallies {
  std::vector<FacetTally> facets;
  std::vector<HistTally> hists;
};

class WhoSearch {
 public:
  struct Options {
    std::vector<Axis> axes;          // candidate fields; numeric ones with their cuts
    ExtractTally extract;            // their columns, in `befores` windows before the onset
    std::size_t befores = 0;         // and others after it
    std::set<std::string> outcomes;  // fields that units lack because they failed
    Baseline baseline;
    std::vector<Window> windows;  // before, after; only one where there is no before
    std::vector<Window> spans;  // the same with finite ends; none: clusters in time are not sought
    std::size_t depth_max = 3;
    std::size_t findings_max = 4;
    double q_max = 0.01;
    std::uint64_t seed = 1;  // of the flips
  };
  explicit WhoSearch(Options options);

  bool done() const { return phase_ == Phase::done; }
  WhoQuestions questions() const;
  void answers(const WhoTallies& tallies);

  const std::vector<Finding>& findings() const { return findings_; }
  // Segments that were as much worse before: told, but not as causes.
  const std::vector<Finding>& always_worse() const { return always_; }
  const std::optional<MixShift>& mix_shift() const { return mix_; }
  double unexplained_share() const;
  std::size_t looked_at() const { return roster_.looked_at(); }

 private:
  enum class Phase : std::uint8_t { mix, verify, prune, always, done };
  struct Finalist {
    Combination candidate;
    Dispersions scatter;
    double flipped_p = 0;
    double log_p = 0;
  };

  WhoQuestions mix_questions() const;
  WhoQuestions verify_questions() const;
  WhoQuestions prune_questions() const;
  WhoQuestions always_questions() const;
  void mixed(const WhoTallies& tallies);
  void verified(const WhoTallies& tallies);
  void pruned(const WhoTallies& tallies);
  void recalled(const WhoTallies& tallies);

  void start_round();
  void measure_dispersion();
  void first_look();
  double support() const;
  void choose_finalists();
  void choose();
  void dismiss(const Conditions& conditions);
  bool became_worse(const Combination& candidate, const Dispersions& scatter) const;
  bool convincing(const Finalist& finalist) const;
  double net(const Combination& candidate, double dispersion) const;
  double q_of(const Finalist& finalist, std::size_t rank) const;
  Baseline rest_with(double dispersion) const;
  double gain(const Counted& wider) const;
  Expr outside_known(const Conditions& conditions) const;
  FacetQuery count_of(const Conditions& conditions) const;
  double price() const;
  Conditions aliases() const;
  void conclude();
  void finish();

  Options options_;
  Roster roster_;
  Phase phase_ = Phase::verify;
  Baseline rest_;                     // of the units outside all that is known
  std::vector<Conditions> known_;     // findings, and the part that the mix shifted to
  std::vector<Combination> found_;    // of this round, all depths
  std::vector<Combination> singles_;  // of the first round
  std::vector<Finding> suspected_;    // to have been always worse
  Pasts pasts_;                       // of the singles
  double singles_testable_ = 2;       // that could be significant
  std::vector<Finalist> finalists_;
  std::set<std::string> dismissed_;  // of this round, by name
  Finalist chosen_;
  std::size_t batches_ = 0;
  std::vector<Finding> findings_;
  std::vector<Finding> always_;
  std::optional<MixShift> mix_;
};

}  // namespace culprit
