// A ChangeSearch finds the change that made a test fail more often, in a history with merges.
//
// The caller owns the loop: ask() says which point of the history to test, tell() what came of it.
// It runs nothing, reads no clock and throws no dice; all it knows follows from what it was told,
// so telling an old history again, in any order, brings back the same state.
//
// Hypotheses: each change of the graph, and "no change in this range". A test at a point fails at
// the higher rate where the point has the change, else at the lower. Both rates are unknown and
// summed out exactly (two_rates.h), together with the trials at both ends. Changes that no test has
// told apart yet form one class and share one likelihood: a told outcome costs a pass over the
// classes, a choice a pass over the history.
//
// It asks where a test teaches most about the change per second. What cannot be judged tells
// nothing of the change; what does not build speaks of where the history is broken
// (testability.h).
//
// Promises: `found` only at the confidence, and only where the evidence alone, whatever the prior
// says, speaks 20 to 1 for the change against every other; until then it asks for tests that
// tell these apart. Where none can (what is between them does not build), it is `stuck`, and
// the credible set is the honest answer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/statistics.h"
#include "event/event.h"
#include "search/change_graph.h"
#include "search/factor_levels.h"
#include "search/testability.h"
#include "search/two_rates.h"

namespace culprit {

// What one run said. `broken`: it does not build, and will not next time. `unjudged`: another
// failure, a timeout; the next run may be judged.
enum class Observation : std::uint8_t { good, bad, unjudged, broken };

// Seconds, as learned so far.
struct ChangeCosts {
  double test = 1;
  // Of each point, and of GOOD at last; 0 where it is built already. Empty: all 0.
  std::vector<double> build = {};
};

class ChangeSearch {
 public:
  struct Options {
    double confidence = 0.95;
    double evidence_ratio = 20;  // for the change against every other
    double no_change = 0.01;     // prior of "no change in this range"
    TrialCounts at_good;         // trials at GOOD, which has none of the changes,
    TrialCounts at_bad;          // and at BAD, which has all of them, made before
    // Somebody said how often they fail, which the counts above stand for: no evidence that they
    // differ.
    enum class Counts : std::uint8_t { made, stated };
    Counts counts = Counts::made;
  };
  // `prior`: a weight of each change, not negative; 0: it cannot be this one. Empty: all the same.
  ChangeSearch(ChangeGraph graph, std::vector<double> prior, Options options);

  // The number of GOOD itself, which has none of the changes: ask() may ask for it, and it may be
  // told like any other point. BAD has all: it is the last point of the graph.
  Point good_end() const { return static_cast<Point>(graph_.size()); }

  // The point to test next, while these are being tested; nothing: it is over, or it waits.
  std::optional<Point> ask(const ChangeCosts& costs = {},
                           std::span<const Point> running = {}) const;
  // For so many workers at once, beside those that run: chosen together, which is better than one
  // by one (fifths, where that gives a half, quarters and an eighth). Fewer: no more teach
  // anything.
  std::vector<Point> ask_for(std::size_t workers, const ChangeCosts& costs = {},
                             std::span<const Point> running = {}) const;
  void tell(Point at, Observation observation);

  // What one more test at each point, and at GOOD, is expected to teach about the change, in bits.
  std::vector<double> expected_bits() const;

  enum class State : std::uint8_t {
    searching,
    found,      // one change
    no_change,  // none in this range
    stuck,      // what is left cannot be told apart
  };
  State state() const { return state_; }

  const ChangeGraph& graph() const { return graph_; }
  const std::vector<double>& posterior() const { return posterior_; }  // of each change
  double no_change() const { return no_change_; }
  Point likeliest() const;
  // The fewest changes that hold `share` of what is not "no change", likeliest first.
  std::vector<Point> credible_set(double share) const;
  // What a search that is stuck leaves: these, and whom the evidence hardly speaks against.
  std::vector<Point> rivals() const;
  // The likelihood of all that was told under this change, over that under the best other.
  double evidence_ratio(Point change) const;
  const Testability& testability() const { return testability_; }

  struct Rates {
    double good = 0;  // means
    double bad = 0;
    Interval good_interval;  // that hold 95 %
    Interval bad_interval;
  };
  Rates rates() const;  // if the likeliest change is the one
  // About how many runs it still takes, for who waits.
  double runs_left() const;

 private:
  // Changes that no test has told apart: each test was at a point that has all, or none, of them.
  struct Class {
    TwoRates rates;
    double prior = 0;      // of all its changes together
    std::size_t size = 0;  // how many can be the one
    TwoRates::Evidence evidence;
    double probability = 0;
  };
  // Of each change what it adds to P(bad) and to the expected entropy, if a point has it.
  struct Gains {
    std::vector<double> bad;
    std::vector<double> entropy;
    double bad_without = 0;  // of a point that has no change
    double entropy_without = 0;
  };

  void learn(const std::vector<std::uint8_t>& has, Outcome outcome);
  void split(const std::vector<std::uint8_t>& has);
  void weigh();
  void decide();
  bool inseparable() const;
  double confidence_needed() const;
  std::vector<std::uint8_t> changes_at(Point at) const;
  std::optional<Point> best_of(const std::vector<double>& bits, const ChangeCosts& costs) const;
  std::vector<double> beliefs() const;
  Gains gains_of(const std::vector<double>& belief, double no_change) const;
  // Of each point and of GOOD.
  std::vector<double> bits(const std::vector<double>& belief, double no_change) const;
  std::vector<double> bits_while(std::span<const Point> running) const;

  ChangeGraph graph_;
  Options options_;
  std::vector<double> prior_;  // with no_change it sums to one
  std::vector<std::uint32_t> class_of_;
  std::vector<Class> classes_;
  OneRate same_;       // under "no change"
  double stated_ = 0;  // log likelihood of counts that only stand for rates: it speaks for nothing
  double known_good_;  // trials at GOOD, also those told,
  double known_bad_;   // and at BAD
  Testability testability_;
  std::vector<double> posterior_;
  double no_change_ = 0;
  State state_ = State::searching;
};

std::string_view name_of(ChangeSearch::State state);

}  // namespace culprit
