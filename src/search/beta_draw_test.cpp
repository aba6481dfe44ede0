#include "search/beta_draw.h"

#include <initializer_list>

#include <doctest/doctest.h>

namespace culprit {

TEST_CASE("throws have the mean and the variance of their distribution") {
  struct Row {
    double bad, good;
  };
  for (const Row& row : {Row{1, 1}, Row{0.5, 0.5}, Row{0.4, 4}, Row{3, 9}, Row{80, 20}}) {
    CAPTURE(row.bad);
    constexpr int throws = 20'000;
    Dice dice(7);
    double sum = 0;
    double squares = 0;
    for (int i = 0; i < throws; ++i) {
      const double rate = beta_draw(row.bad, row.good, dice);
      sum += rate;
      squares += rate * rate;
    }
    const double all = row.bad + row.good;
    const double mean = sum / throws;
    const double variance = row.bad * row.good / (all * all * (all + 1));
    CHECK(mean == doctest::Approx(row.bad / all).epsilon(0.03));
    CHECK(squares / throws - mean * mean == doctest::Approx(variance).epsilon(0.05));
  }
}

}  // namespace culprit
