// A Calibration tests both ends of a range: enough to know that the failure is in it, and no more.
//
// GOOD once, which also shows how long the command takes, and BAD until it fails. How often each of
// them fails is then learned by the search where that pays. With a budget (`--calibrate N`) both
// rates are measured before: BAD with all of it, GOOD until the upper end of its 95 % interval lies
// below a quarter of BAD's rate.
//
// It catches what goes wrong oftenest: GOOD that fails, BAD that passes, the two exchanged, rates
// that do not differ. It runs nothing: ask() says which end, tell() what came of it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "event/event.h"
#include "search/factor_levels.h"

namespace culprit {

enum class RangeEnd : std::uint8_t { good, bad };

class Calibration {
 public:
  struct Options {
    std::optional<std::size_t> runs = {};  // of each end, at most; given: both are measured
    TrialCounts good = {};                 // known from elsewhere
    TrialCounts bad = {};
    // Somebody said how often they fail, which the counts stand for: both are looked at once.
    enum class Known : std::uint8_t { counted, stated };
    Known known = Known::counted;
  };
  explicit Calibration(Options options);

  struct Running {
    std::size_t good = 0;
    std::size_t bad = 0;
  };
  // Nothing: both are known well enough, or (while some run) it is better to wait.
  std::optional<RangeEnd> ask(const Running& running) const;
  // Whether ask() has nothing left to ask.
  bool enough() const { return !ask({}).has_value(); }

  // Whether nothing that was seen of them speaks against a sure test.
  bool as_expected() const { return good_.bad == 0 && bad_.good == 0; }

  void tell(RangeEnd end, std::optional<Outcome> outcome, double seconds);

  // It does not build, and will not next time.
  void tell_broken(RangeEnd end);

  enum class Trouble : std::uint8_t {
    good_fails,       // as BAD does
    bad_passes,       // always
    exchanged,        // GOOD fails and BAD passes
    same_rates,       // both fail sometimes, equally often as far as one can tell
    good_untestable,  // not one run of it could be judged
    bad_untestable,
  };
  std::optional<Trouble> trouble() const;

  // With what was counted elsewhere; what was only stated is no run.
  const TrialCounts& good() const { return stated() ? tested_good_ : good_; }
  const TrialCounts& bad() const { return stated() ? tested_bad_ : bad_; }

  // Nothing is known then; the others say that there is nothing to search.
  static bool is_untestable(Trouble trouble) {
    return trouble == Trouble::good_untestable || trouble == Trouble::bad_untestable;
  }

 private:
  bool good_is_low() const;
  bool wants_good(double coming) const;
  bool wants_bad(double coming) const;
  bool enough_passes() const;
  bool stated() const { return options_.known == Options::Known::stated; }
  bool surprised() const;

  Options options_;
  TrialCounts good_;
  TrialCounts bad_;
  TrialCounts tested_good_;  // here
  TrialCounts tested_bad_;
  double bad_seconds_ = 0;
};

}  // namespace culprit
