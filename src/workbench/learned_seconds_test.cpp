#include "workbench/learned_seconds.h"

#include <doctest/doctest.h>

namespace culprit {
namespace {

using Seen = LearnedSeconds::Seen;

TEST_CASE("nothing is known before the first run") {
  const LearnedSeconds none;
  CHECK(none.test() == 0);
  CHECK(none.build() == 0);
}

TEST_CASE("a build is what makes a commit ready, and what a first run takes more than others") {
  LearnedSeconds stated;
  stated.add_ready(60, Seen::first);
  stated.add_test(2, Seen::first);
  CHECK(stated.build() == doctest::Approx(60));
  LearnedSeconds within;
  within.add_test(62, Seen::first);
  CHECK(within.build() == 0);  // or each run takes as long
  within.add_test(2, Seen::again);
  CHECK(within.build() == doctest::Approx(60));
  CHECK(within.test() == doctest::Approx(2));
}

TEST_CASE("a checkout that takes a moment, or less than a test, is no build") {
  LearnedSeconds quick;
  quick.add_ready(0.2, Seen::first);
  quick.add_test(0.1, Seen::again);
  CHECK(quick.build() == 0);
  LearnedSeconds slow;
  slow.add_ready(5, Seen::first);
  slow.add_test(60, Seen::again);
  CHECK(slow.build() == 0);
}

TEST_CASE("a worktree that was slow to make is no build that takes long") {
  LearnedSeconds seen;
  for (const double seconds : {9.0, 0.3, 0.2}) seen.add_ready(seconds, Seen::first);
  seen.add_test(0.004, Seen::first);
  CHECK(seen.build() == 0);
}

TEST_CASE("what builds take lately is what the next one takes") {
  LearnedSeconds nearer;
  for (const double seconds : {60.0, 60.0, 60.0, 5.0, 5.0, 5.0})
    nearer.add_ready(seconds, Seen::first);
  CHECK(nearer.build() == doctest::Approx(5));
}

TEST_CASE("a second test costs the files that are put back before it") {
  LearnedSeconds seen;
  seen.add_ready(2, Seen::first);
  seen.add_test(0.01, Seen::first);
  seen.add_ready(0.5, Seen::again);
  seen.add_test(0.01, Seen::again);
  CHECK(seen.test() == doctest::Approx(0.51));
  CHECK(seen.build() == doctest::Approx(2));
}

}  // namespace
}  // namespace culprit
