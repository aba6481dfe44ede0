// A Planted world fails as it was planted to: with all of a few factors at or above their levels.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/dice.h"
#include "search/condition_search.h"

namespace culprit::bench {

struct Planting {
  const char* name;
  std::size_t needed = 2;  // factors that are needed together
  double rate = 0.9;       // with all of them
  double baseline = 0.01;  // otherwise
  std::size_t factors = 12;
  std::size_t levels = 2;  // of each; needed ones have a threshold at random
  bool graded = false;     // instead of a threshold, the rate grows with each level
  double unjudged = 0;     // share of worlds where no trial with one other factor can be judged
  double hidden = 0;       // share of worlds where one other factor hides the failure
};

class Planted {
 public:
  Planted(const Planting& planting, std::uint64_t seed) : planting_(planting), dice_(seed) {
    for (std::size_t i = 0; i < planting.factors; ++i) {
      factors_.push_back({"f" + std::to_string(i), std::vector<std::string>(planting.levels, "")});
    }
    truth_.levels.assign(planting.factors, 0);
    for (std::size_t left = planting.needed; left > 0;) {
      std::size_t& level = truth_.levels[dice_.below(planting.factors)];
      if (level > 0) continue;
      level = 1 + dice_.below(planting.levels - 1);
      --left;
    }
    if (dice_.uniform() < planting.hidden) hides_ = other_factor();
    if (dice_.uniform() < planting.unjudged) spoils_ = other_factor();
  }

  std::optional<Outcome> run(const FactorLevels& condition) {
    if (spoils_ && condition.levels[*spoils_] > 0) return std::nullopt;
    return dice_.uniform() < rate_at(condition) ? Outcome::bad : Outcome::good;
  }

  double rate_at(const FactorLevels& condition) const {
    if (planting_.graded) return graded(condition);
    bool all = planting_.needed > 0;
    for (std::size_t i = 0; i < truth_.levels.size(); ++i) {
      all = all && condition.levels[i] >= truth_.levels[i];
    }
    const bool hidden = hides_ && condition.levels[*hides_] > 0;
    return all && !hidden ? planting_.rate : planting_.baseline;
  }

  const std::vector<SearchFactor>& factors() const { return factors_; }
  const FactorLevels& truth() const { return truth_; }

 private:
  std::size_t other_factor() {
    std::size_t other = dice_.below(planting_.factors);
    while (truth_.levels[other] > 0) other = dice_.below(planting_.factors);
    return other;
  }

  // In each needed factor a straight line from 0 to the strongest level. Which levels are the
  // lowest that keep half of the rate is then a matter of taste: truth() tells the factors only.
  double graded(const FactorLevels& condition) const {
    double rate = planting_.rate;
    for (std::size_t i = 0; i < truth_.levels.size(); ++i) {
      if (truth_.levels[i] == 0) continue;
      rate *= static_cast<double>(condition.levels[i]) /
              static_cast<double>(factors_[i].levels.size() - 1);
    }
    return std::max(rate, planting_.baseline);
  }

  Planting planting_;
  Dice dice_;
  std::vector<SearchFactor> factors_;
  FactorLevels truth_;
  std::optional<std::size_t> hides_;
  std::optional<std::size_t> spoils_;
};

}  // namespace culprit::bench
