// An Sprt decides between "fails at least so often" and "at most so often" with the fewest trials.
//
// Wald's sequential probability ratio test (1945): no other test of the same two error rates needs
// fewer trials on average. The caller runs the trials and tells; a rate between the two is decided
// either way, the likelier the nearer, and may take long: whoever cannot wait has a budget.
// Invariant: once decided, it stays so; what is told after that changes nothing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "event/event.h"

namespace culprit {

class Sprt {
 public:
  struct Options {
    double at_least = 0.5;    // the rate that is looked for
    double at_most = 0.25;    // the rate that would not do; below at_least
    double false_yes = 0.05;  // how often "at least" may be said of a rate of at_most
    double false_no = 0.05;   // how often "at most" of a rate of at_least
  };
  enum class Verdict : std::uint8_t { at_least, at_most };

  explicit Sprt(Options options);
  // "At least `rate`" against "at most half of it".
  static Sprt of_rate(double rate, double error = 0.05);

  // Two rates, the upper one `at_least`, so that trials at `toss` between them speak for neither:
  // what fails oftener than that is decided one way in the long run, what fails less the other.
  static Options around(double toss, double at_least, double error);

  void tell(Outcome outcome);
  // Told of that many at once, in any order: for whoever looked after each of them.
  void tell(double bad, double good);
  std::optional<Verdict> decided() const { return verdict_; }
  std::size_t trials() const { return trials_; }  // that were needed so far
  // Which of the two the trials speak for, decided or not.
  Verdict leaning() const { return log_ratio_ > 0 ? Verdict::at_least : Verdict::at_most; }

 private:
  double log_ratio_ = 0;  // of the likelihoods, at_least over at_most
  double of_bad_ = 0;     // what an outcome adds to it
  double of_good_ = 0;
  double yes_ = 0;  // where it is decided
  double no_ = 0;
  std::size_t trials_ = 0;
  std::optional<Verdict> verdict_;
};

}  // namespace culprit
