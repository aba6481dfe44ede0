#include "contrast/segment.h"

#include <cmath>

#include <doctest/doctest.h>

namespace culprit {
namespace {

Counted part(Counts before, Counts after, double past = 1) { return {before, after, past}; }

// 10,000 units on each side; 100 failures before, 100 after.
Baseline baseline() {
  Baseline made;
  made.whole = part({10'000, 100}, {10'000, 100});
  return made;
}

}  // namespace

TEST_CASE("conditions print as EXPR, sorted by field") {
  const std::pair<Condition, std::string> table[] = {
      {{"region", Condition::Op::is, "eu-west"}, "region = eu-west"},
      {{"plan", Condition::Op::is, "pro plus"}, "plan = \"pro plus\""},
      {{"token", Condition::Op::absent, ""}, "not has(token)"},
      {{"cart_size", Condition::Op::above, "", 9}, "cart_size > 9"},
      {{"cart_size", Condition::Op::at_most, "", 2.5}, "cart_size <= 2.5"},
  };
  for (const auto& [condition, text] : table) CHECK(to_string(condition) == text);
  CHECK(to_string(expr_of({table[0].first, table[3].first})) ==
        "cart_size > 9 and region = eu-west");
  CHECK(expr_of(std::vector<Condition>{}).op == Expr::Op::always);
}

TEST_CASE("strength is the log likelihood against the share that was due") {
  // A tenth of the traffic with half of the failures: 50 ln 5 + 50 ln (5/9).
  const Counted tenth = part({1000, 10}, {1000, 50});
  const double expected = 50 * std::log(5.0) + 50 * std::log(5.0 / 9);
  CHECK(strength(tenth, baseline()) == doctest::Approx(expected));
  Baseline clustered = baseline();
  clustered.dispersion = 4;
  // Few large clusters make many failures: a quarter would be too much.
  CHECK(strength(tenth, clustered) < expected / 4);
  CHECK(strength(tenth, clustered) > expected / 6);
  // Nine times as bad as ever is due 900 / (900 + 900) of them.
  CHECK(strength(part({1000, 10}, {1000, 50}, 9), baseline()) == doctest::Approx(0));
  CHECK(strength(part({1000, 10}, {1000, 50}, 2), baseline()) < expected);
}

TEST_CASE("what holds no more than it is due has no strength") {
  const Counts tables[] = {{1000, 10}, {1000, 3}, {1000, 0}, {10'000, 100}, {0, 0}};
  for (const Counts& after : tables) {
    CAPTURE(after.bad);
    CHECK(strength(part({}, after), baseline()) == doctest::Approx(0));
    CHECK(excess_share(part({}, after), baseline()) == doctest::Approx(0).epsilon(1e-6));
    CHECK(p_value(part({}, after), baseline()) == doctest::Approx(1));
  }
}

TEST_CASE("a past counts only as far as the data prove it") {
  struct Given {
    const char* what;
    Counts before;
    double inherited;
    double low;
    double high;
  };
  const Given table[] = {
      {"a part with no units before says nothing", {0, 0}, 3, 3, 3},
      {"the whole has nothing to be compared with", {10'000, 100}, 3, 3, 3},
      {"one failure among three proves nothing", {3, 1}, 1, 1, 1},
      {"sixteen times as bad, with much evidence: half of that", {500, 46}, 1, 7, 16},
      {"better than the rest counts as alike", {5000, 1}, 1, 1, 1},
      {"an inherited past is kept where nothing refutes it", {50, 1}, 3, 3, 3},
      {"and refuted by a clean past of its own", {5000, 1}, 3, 1, 1},
  };
  for (const Given& row : table) {
    CAPTURE(row.what);
    const double past = proven_past(part(row.before, {}), baseline(), row.inherited);
    CHECK(past >= row.low);
    CHECK(past <= row.high);
  }
  Baseline young = baseline();
  young.has_before = false;
  CHECK(proven_past(part({500, 46}, {}), young, 1) == 1);
}

TEST_CASE("p-values: half a chi-square, or Fisher's where few failures are due") {
  const Counted many = part({}, {1000, 30});
  CHECK(p_value(many, baseline()) ==
        doctest::Approx(chi2_tail(2 * strength(many, baseline())) / 2));
  Baseline tea;  // the lady tasting tea: 4 of 4, where 2 are due
  tea.whole = part({}, {8, 4});
  CHECK(p_value(part({}, {4, 4}), tea) == doctest::Approx(1.0 / 70));
  // A past weakens the evidence, which the exact test does not know of.
  CHECK(p_value(part({}, {4, 4}, 4), tea) > 0.05);
  CHECK(p_value(part({}, {1000, 20}, 2.2), baseline()) > p_value(part({}, {1000, 20}), baseline()));
}

TEST_CASE("the excess is what a segment holds beyond its due") {
  CHECK(excess_share(part({}, {1000, 50}), baseline()) == doctest::Approx((0.5 - 0.1) / 0.9));
  CHECK(excess_share(part({}, {1000, 100}), baseline()) == doctest::Approx(1));
  Baseline empty;
  CHECK(excess_share(part({}, {10, 5}), empty) == 0);
}

TEST_CASE("a part that fails at its old rate has not risen") {
  const Counts before{1000, 40};
  CHECK(risen_share(part(before, {1000, 40}), baseline()) < 0.12);  // 29 are the lower bound
  CHECK(risen_share(part(before, {1000, 29}), baseline()) == doctest::Approx(0).epsilon(0.01));
  CHECK(risen_share(part(before, {1000, 90}), baseline()) > 0.55);
  CHECK(risen_share(part({3, 1}, {100, 50}), baseline()) > 0.4);  // little is known of its past
  CHECK(risen_share(part({0, 0}, {1000, 5}), baseline()) == 1);
  Baseline logged_failures = baseline();
  logged_failures.errors_only = true;
  CHECK(risen_share(part({40, 40}, {40, 40}), logged_failures) == 1);
}

TEST_CASE("the risk compares a part with all that is not in it") {
  const RiskRatio risk = risk_of(part({}, {1000, 50}), baseline());
  CHECK(risk.ratio == doctest::Approx(50.0 / 1000 / (50.0 / 9000)).epsilon(0.001));
  CHECK(risk.low < risk.ratio);
  Baseline only;
  only.errors_only = true;
  only.whole = part({100, 100}, {200, 200});
  // A tenth of the failures before, half of them after.
  CHECK(risk_of(part({10, 10}, {100, 100}), only).ratio == doctest::Approx(5).epsilon(0.05));
}

TEST_CASE("of failures only, a cause holds most of what came on top") {
  Baseline only;
  only.errors_only = true;
  only.whole = part({100, 100}, {300, 300});  // 200 came on top
  CHECK(strength(part({10, 10}, {210, 210}), only) > 100);
  CHECK(strength(part({10, 10}, {180, 180}), only) > 50);  // 170 of 200
  CHECK(strength(part({10, 10}, {165, 165}), only) == 0);  // 155: 78 %
  // After lasts twice as long as before, so that only 100 came on top.
  only.time_ratio = 2;
  CHECK(strength(part({10, 10}, {120, 120}), only) > 20);
  CHECK(strength(part({10, 10}, {95, 95}), only) == 0);  // 75 of 100
}

TEST_CASE("what became worse is told from what was as much worse always") {
  struct Given {
    const char* what;
    Counts before;
    Counts after;
    double low;  // of the strength
    double high;
  };
  const Given table[] = {
      {"as bad as the rest before, five times after", {1000, 10}, {1000, 50}, 8, 24},
      {"no failure before where ten were due", {1000, 0}, {1000, 50}, 15, 40},
      {"five times as bad before and after", {1000, 36}, {1000, 36}, 0, 0.01},
      {"twice as bad before, somewhat more after", {1000, 18}, {1000, 24}, 0, 1},
      {"better before, like the rest after", {1000, 1}, {1000, 10}, 0, 0.01},
      {"it fell", {1000, 40}, {1000, 20}, 0, 0},
  };
  for (const Given& row : table) {
    CAPTURE(row.what);
    const RatioOfRatios rise = rise_of(part(row.before, row.after), baseline(), {});
    CHECK(rise.told);
    CHECK(rise.strength >= row.low);
    CHECK(rise.strength <= row.high);
  }
  const RatioOfRatios steep = rise_of(part({1000, 10}, {1000, 50}), baseline(), {});
  CHECK(steep.ratio == doctest::Approx(9).epsilon(0.05));
  CHECK(steep.low > 3);
  CHECK(steep.low < 6);
}

TEST_CASE("a past too short to show today's risk tells nothing of it") {
  CHECK_FALSE(rise_of(part({0, 0}, {1000, 50}), baseline(), {}).told);
  CHECK_FALSE(rise_of(part({20, 0}, {1000, 50}), baseline(), {}).told);  // 1.8 would be due
  CHECK(rise_of(part({300, 0}, {1000, 50}), baseline(), {}).told);
  CHECK_FALSE(rise_of(part({300, 0}, {1000, 50}), baseline(), {5, 1}).told);  // in clusters of five
  Baseline young = baseline();
  young.has_before = false;
  CHECK_FALSE(rise_of(part({1000, 10}, {1000, 50}), young, {}).told);
}

TEST_CASE("clusters of unlike sizes make many failures easier than their dispersion says") {
  Baseline clustered = baseline();
  clustered.dispersion = 7;
  const double plain = strength(part({}, {1000, 50}), baseline());
  const double discounted = strength(part({}, {1000, 50}), clustered);
  CHECK(discounted < plain / 7);
  CHECK(discounted > plain / 12);
  // Near the due the normal approximation is right, and the dispersion says all.
  CHECK(strength(part({}, {1000, 13}), clustered) ==
        doctest::Approx(strength(part({}, {1000, 13}), baseline()) / 7).epsilon(0.1));
}

}  // namespace culprit
