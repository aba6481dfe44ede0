// LearnedSeconds are what builds and tests of a bisection take, learned as it goes.
//
// A command that builds by itself shows it by how much longer its first run at a commit takes. A
// build counts where it takes a second and longer than a test; else what is tested next would hang
// on how busy the machine is.
#pragma once

#include <cstdint>

namespace culprit {

class LearnedSeconds {
 public:
  enum class Seen : std::uint8_t { first, again };  // whether this build was tested before

  void add_ready(double seconds) { ready_.add(seconds); }  // checked out and built
  void add_test(double seconds, Seen seen) {
    test_.add(seconds);
    (seen == Seen::first ? first_ : again_).add(seconds);
  }

  double test() const;   // of what is built; 0: not known yet
  double build() const;  // beyond its test, of what is not built; 0: hardly anything

 private:
  struct Mean {
    double sum = 0;
    double count = 0;

    void add(double value) { sum += value, count += 1; }
    double value() const { return count > 0 ? sum / count : 0; }
  };

  Mean test_, first_, again_, ready_;
};

}  // namespace culprit
