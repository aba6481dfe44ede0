// A RateComparison says of two failure rates, without a change and with it, which is the lower one.
//
// It is told outcomes of both sides in any order and decides as soon as it may, however often one
// looks: the pairs of rates (without, with) that are still possible are those against which a
// gambler who bets on both sides could not yet have made 1 / (1 - confidence) of his stake. By
// Ville's inequality the true pair is among them at all times at once (as anytime_interval.h, for
// two rates). The interval of the difference is what these pairs show of it. Bets on each rate
// alone are spread as Jeffreys' prior is; some of the stake lies on what most changes do: nothing
// (one rate for both), or all, to a test that always or never fails. So 8 trials in all support a
// change that mends a test that always failed, and 14 refute one that does not.
//
// What is predicted, and when it is refuted:
//   lower   with the change it fails less often; refuted, where it fails more than half as often
//   higher  with it it fails oftener; refuted, where that is less than `margin` more
//   same    the two differ by less than `margin`; refuted, where they differ
// A change that does something, but less than that, is decided either way. Two separate intervals
// that must not overlap would be simpler: they take 16 trials in place of 8.
// A trial that was ended before its outcome was seen may have been either: what is excluded has to
// be so whichever they all were. To leave them out would count only what is quick.
//
// Invariant: once decided it stays so; what is told after that changes nothing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/statistics.h"
#include "event/event.h"

namespace culprit {

struct SideCounts {
  double bad = 0;
  double total = 0;   // of those whose outcome was seen
  double unseen = 0;  // beside them
  double rate() const { return total > 0 ? bad / total : 0; }
};

class RateComparison {
 public:
  enum class Prediction : std::uint8_t { lower, higher, same };
  enum class Verdict : std::uint8_t { undecided, supported, refuted };
  enum class Side : std::uint8_t { without, with };
  // Of rates: below it a change is not worth its name. No source; a fifth of the trials.
  static constexpr double margin = 0.2;

  struct Options {
    Prediction prediction = Prediction::lower;
    double confidence = 0.95;
  };

  RateComparison() = default;
  explicit RateComparison(Options options) : options_(options) {}
  // Told of all these at once, and looked at once.
  static RateComparison of(SideCounts without, SideCounts with, Options options);

  void tell(Side side, Outcome outcome);
  void tell_unseen(Side side);

  Verdict verdict() const { return verdict_; }
  // Of the rate with the change less the one without.
  Interval difference() const;
  const SideCounts& counts(Side side) const { return side == Side::with ? with_ : without_; }

 private:
  // All pairs on one side of the line: with = slope * without + shift.
  struct Half {
    enum class Where : std::uint8_t { below, above };  // with the line itself
    double slope = 1;
    double shift = 0;
    Where where = Where::below;
  };

  double likelihood(double without, double with) const;  // as a logarithm, of what was told
  double likeliest_on(double slope, double shift) const;
  double stake() const;  // the gambler's likelihood of what was told, as a logarithm
  bool possible_at(double difference) const;
  // All that was told, if the unseen ones were all of one outcome on each side: the corners.
  std::vector<RateComparison> readings() const;
  bool excluded(const Half& half) const;
  bool excluded_as_read(const Half& half) const;
  Interval difference_as_read() const;
  void look();
  bool supported() const;
  bool refuted() const;
  double edge(double possible, double excluded) const;

  Options options_;
  SideCounts without_;
  SideCounts with_;
  Verdict verdict_ = Verdict::undecided;
};

}  // namespace culprit
