// LearnedSeconds are what builds and tests of a bisection take, learned as it goes.
//
// A command that builds by itself shows it by how much longer its first run at a commit takes. A
// build counts where it takes a second and longer than a test; else what is tested next would hang
// on how busy the machine is. Of builds the latest say what the next will take: the first one makes
// its worktree as well, and nearer commits may be built in part. A test at a commit that was tested
// before costs what it takes to put its files back, too: of 20,000 files more than most tests do.
#pragma once

#include <cstdint>
#include <deque>

namespace culprit {

class LearnedSeconds {
 public:
  enum class Seen : std::uint8_t { first, again };  // whether this build was tested before

  // First: checked out and built; again: its files put back.
  void add_ready(double seconds, Seen seen);
  void add_test(double seconds, Seen seen) {
    test_.add(seconds);
    (seen == Seen::first ? first_ : again_).add(seconds);
  }

  double test() const;   // of what is built, with what goes before it; 0: not known yet
  double build() const;  // beyond its test, of what is not built; 0: hardly anything

 private:
  struct Mean {
    double sum = 0;
    double count = 0;

    void add(double value) { sum += value, count += 1; }
    double value() const { return count > 0 ? sum / count : 0; }
  };

  double latest_build() const;

  Mean test_, first_, again_, restored_;
  std::deque<double> builds_;  // the latest last
};

}  // namespace culprit
