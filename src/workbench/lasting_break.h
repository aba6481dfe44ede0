// A LastingBreak is the run of a bisection from which on everything failed, whatever was tested: a
// server that went away, a certificate that expired, a disk that filled up amid the search.
//
// A search takes runs at one commit for equals, whenever they were; so such a break looks to it
// like a failure that no commit changed. Only the order tells: commits that passed, GOOD among
// them, and that fail since, each of them without exception. How often chance alone puts the
// failures of these commits last is Fisher's exact test. It refuses to speak where only GOOD did
// so, unless that is out of the question by chance: a test that fails in nine of ten runs passes
// first in one of ten.
//
// Why not a rate for each hour: a test that is merely flaky gives no false alarm this way (none in
// 2,000 searches each at rates of .1 and .9, .3 and .7, 0 and .5; lasting_break_test.cpp).
#pragma once

#include <cstddef>
#include <optional>
#include <span>

#include "workbench/bisect_journal.h"

namespace culprit {

struct LastingBreak {
  std::size_t run = 0;      // its number, from 1, as runs are shown
  std::size_t commits = 0;  // that passed before it and fail since
  double chance = 0;        // that the failures of these come last by chance
};

// `rows` in the order in which the runs ended; those that were told are no runs.
std::optional<LastingBreak> lasting_break(std::span<const BisectRow> rows);

}  // namespace culprit
