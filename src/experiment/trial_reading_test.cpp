#include "experiment/trial_reading.h"

#include <doctest/doctest.h>

namespace culprit {

TEST_CASE("a shell's 126 and 127 say that nothing was run, other ends do not") {
  Trial trial;
  for (const int code : {0, 1, 125, 128}) {
    trial.exit_code = code;
    CHECK(!says_cannot_run(trial));
  }
  for (const int code : {126, 127}) {
    trial.exit_code = code;
    CHECK(says_cannot_run(trial));
  }
  trial.exit_code.reset();
  CHECK(!says_cannot_run(trial));
}

TEST_CASE("the last line is the last one with words") {
  CHECK(last_line("a\nb\n\n") == "b");
  CHECK(last_line("alone") == "alone");
  CHECK(last_line("\n\n").empty());
  CHECK(last_line("").empty());
  CHECK(last_line(std::string(500, 'y')).size() == 200);
}

TEST_CASE("the next may take ten times the slowest, and five seconds in any case") {
  CHECK(patience_after(0.1) == std::chrono::seconds(5));
  CHECK(patience_after(3) == std::chrono::seconds(30));
}

}  // namespace culprit
