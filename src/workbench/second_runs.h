// SecondRuns are the runs of a command in a folder where it ran before, at the same commit.
//
// A test that leaves something behind (a database, a snapshot) answers otherwise the second time,
// and the search then believes that it is flaky. At one commit first and later runs fail alike
// where nothing is left: their failures are then dealt out by chance (Fisher's exact test, summed
// over commits).
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace culprit {

struct SecondRuns {
  struct Seen {
    std::string sha;
    bool first = true;  // in that folder since it became this commit's
    bool failed = false;
  };

  std::size_t first = 0;  // at commits with runs of both kinds
  std::size_t first_failed = 0;
  std::size_t later = 0;
  std::size_t later_failed = 0;
  double chance = 1;  // that they differ so much, or more, where nothing is left

  static SecondRuns of(const std::vector<Seen>& runs);

  // Flaky commands alone come below it in one search of a thousand.
  static constexpr double chance_max = 0.001;
  bool differ() const { return chance < chance_max; }
};

}  // namespace culprit
