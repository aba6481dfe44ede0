#include "workbench/bisect_prior.h"

#include <numeric>

#include <doctest/doctest.h>

namespace culprit {
namespace {

BisectRange range_of(std::size_t size) {
  BisectRange range;
  for (std::size_t i = 0; i < size; ++i) {
    range.shas.push_back(std::string(39, static_cast<char>('a' + i)) + "0");
    range.parents.push_back(i == 0 ? std::vector<Point>() : std::vector{static_cast<Point>(i - 1)});
    range.marks.push_back(TreeMark{{i + 1, 0}});
  }
  return range;
}

TEST_CASE("what a build does not read is hardly ever it") {
  BisectRange range = range_of(5);
  range.marks[1] = range.marks[0];
  range.marks[2] = range.marks[0];
  using What = CommitTouch::What;
  std::vector<CommitTouch> touches(5);
  touches[1].what = What::beside;
  touches[2].what = What::nothing;
  touches[3].what = What::comments;
  touches[4].what = What::beside;  // of another mark: nobody said what is read
  const BisectPrior prior = plain_prior(range, touches);
  CHECK(prior.weights == std::vector<double>{1, 0.01, 1e-6, 0.01, 0.01});
}

TEST_CASE("findings hold four fifths of the belief, what lies outside speaks for no change") {
  const BisectRange range = range_of(4);
  BisectPrior plain{{1, 1, 1, 1}, 0.01};
  const std::string json =
      R"({"changes":[{"kind":"deploy","commits":[{"sha":"bbbbbbbbb","probability":0.5},)"
      R"({"sha":"zzzzzzzzz","probability":0.2}]},{"kind":"none","commits":[]}]})";
  const auto prior = prior_of_findings(plain, range, json);
  REQUIRE(prior.has_value());
  CHECK(prior->weights[1] == doctest::Approx(0.8 * 0.5 + 0.2 * 0.99 / 4));
  CHECK(prior->weights[0] == doctest::Approx(0.2 * 0.99 / 4));
  CHECK(prior->no_change == doctest::Approx(0.8 * 0.5 + 0.2 * 0.01));
  const double sum = std::accumulate(prior->weights.begin(), prior->weights.end(), 0.0);
  CHECK(sum + prior->no_change == doctest::Approx(1));
  CHECK(!prior_of_findings(plain, range, R"({"changes":[]})").has_value());
  CHECK(!prior_of_findings(plain, range, "{").has_value());
}

}  // namespace
}  // namespace culprit
