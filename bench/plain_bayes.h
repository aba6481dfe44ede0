// PlainBayes is the search that git_bayesect 1.2 does: the reference beside ours.
//
// A line of commits, a rate of failure on each side of the change with Jeffreys' prior, next the
// commit whose test leaves the least entropy on average, an end where one commit has the
// confidence. Neither "the change makes it fail more often" nor "none of them" is in it.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include "base/dice.h"
#include "simulated_history.h"

namespace culprit::bench {

class PlainBayes {
 public:
  PlainBayes(const Simulation& simulation, std::uint64_t seed)
      : simulation_(simulation),
        dice_(seed),
        culprit_(dice_.below(simulation.size)),
        posterior_(simulation.size),
        bad_(simulation.size + 1),
        good_(simulation.size + 1) {
    // Place 0 is GOOD, place i + 1 the commit i.
    const std::size_t each = std::max<std::size_t>(simulation.seeds, 1);
    for (std::size_t i = 0; i < each; ++i) {
      count(0, fails(0));
      count(simulation.size, fails(simulation.size));
    }
    weigh();
  }

  Simulated run() {
    Simulated done;
    for (std::size_t guard = 0; guard < 20'000; ++guard) {
      const auto best = std::max_element(posterior_.begin(), posterior_.end());
      done.named = *best >= simulation_.confidence;
      done.right = done.named && static_cast<std::size_t>(best - posterior_.begin()) == culprit_;
      if (done.named) break;
      const std::size_t place = choose();
      count(place, fails(place));
      weigh();
      ++done.tests;
    }
    return done;
  }

 private:
  struct Side {
    double bad = 0.5;
    double all = 1;
    double rate() const { return bad / all; }
  };

  bool fails(std::size_t place) {
    return dice_.uniform() < (place > culprit_ ? simulation_.pair.bad : simulation_.pair.good);
  }

  void count(std::size_t place, bool failed) { (failed ? bad_ : good_)[place] += 1; }

  static double log_evidence(const Side& side) {
    return std::lgamma(side.bad) + std::lgamma(side.all - side.bad) - std::lgamma(side.all);
  }

  // The counts before each change and since it.
  void weigh() {
    const std::size_t size = simulation_.size;
    before_.assign(size, {});
    since_.assign(size, {});
    for (std::size_t i = 0; i < size; ++i) {
      before_[i] = i > 0 ? before_[i - 1] : Side{};
      before_[i].bad += bad_[i];
      before_[i].all += bad_[i] + good_[i];
    }
    std::vector<double> logs(size);
    for (std::size_t i = size; i-- > 0;) {
      since_[i] = i + 1 < size ? since_[i + 1] : Side{};
      since_[i].bad += bad_[i + 1];
      since_[i].all += bad_[i + 1] + good_[i + 1];
      logs[i] = log_evidence(before_[i]) + log_evidence(since_[i]);
    }
    const double most = *std::max_element(logs.begin(), logs.end());
    double all = 0;
    for (std::size_t i = 0; i < size; ++i) all += posterior_[i] = std::exp(logs[i] - most);
    for (double& one : posterior_) one /= all;
  }

  // Of weights w: their sum, and the sum of w log w. Entropy of w / sum is log(sum) - logs / sum.
  struct Sums {
    double all = 0;
    double logs = 0;

    void add(double weight, double sign = 1) {
      if (weight <= 0) return;
      all += sign * weight;
      logs += sign * weight * std::log(weight);
    }
    double weighed_entropy() const { return all <= 0 ? 0 : all * std::log(all) - logs; }
  };

  std::size_t choose() const {
    const std::size_t size = simulation_.size;
    Sums failed;
    Sums passed;
    for (std::size_t i = 0; i < size; ++i) {
      failed.add(posterior_[i] * before_[i].rate());
      passed.add(posterior_[i] * (1 - before_[i].rate()));
    }
    std::size_t best = 0;
    double least = failed.weighed_entropy() + passed.weighed_entropy();
    for (std::size_t place = 1; place <= size; ++place) {
      const std::size_t i = place - 1;  // this change is in it from here on
      failed.add(posterior_[i] * before_[i].rate(), -1);
      passed.add(posterior_[i] * (1 - before_[i].rate()), -1);
      failed.add(posterior_[i] * since_[i].rate());
      passed.add(posterior_[i] * (1 - since_[i].rate()));
      const double left = failed.weighed_entropy() + passed.weighed_entropy();
      if (left >= least) continue;
      least = left;
      best = place;
    }
    return best;
  }

  const Simulation& simulation_;
  Dice dice_;
  std::size_t culprit_;
  std::vector<double> posterior_;
  std::vector<double> bad_, good_;
  std::vector<Side> before_, since_;
};

}  // namespace culprit::bench
