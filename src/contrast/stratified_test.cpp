#include "contrast/stratified.h"

#include <doctest/doctest.h>

namespace culprit {
namespace {

// The failures rise from 1 % to 8 % over eight minutes; a release comes into use meanwhile.
struct Minute {
  double share;  // of the units that already run the release
  double rate;   // of failure
};
const std::vector<Minute> rollout = {{0.0, 0.01}, {0.1, 0.02}, {0.3, 0.03}, {0.6, 0.04},
                                     {0.8, 0.05}, {0.9, 0.06}, {1.0, 0.07}, {1.0, 0.08}};

}  // namespace

TEST_CASE("a release that came while the failures rose does not separate them") {
  std::vector<Counts> with;
  std::vector<Counts> without;
  for (const Minute& minute : rollout) {
    with.push_back({1000 * minute.share, 1000 * minute.share * minute.rate});
    without.push_back({1000 * (1 - minute.share), 1000 * (1 - minute.share) * minute.rate});
  }
  const Stratified found = separation(with, without, 1);
  CHECK(found.z == doctest::Approx(0));
  CHECK(found.variance > 10);
}

TEST_CASE("a release that alone fails separates them at every moment") {
  std::vector<Counts> with;
  std::vector<Counts> without;
  for (const Minute& minute : rollout) {
    with.push_back({1000 * minute.share, 1000 * minute.share * 0.08});
    without.push_back({1000 * (1 - minute.share), 1000 * (1 - minute.share) * 0.01});
  }
  CHECK(separation(with, without, 1).z > 5);
  CHECK(separation(with, without, 4).z == doctest::Approx(separation(with, without, 1).z / 2));
}

TEST_CASE("parts that never meet say nothing") {
  const Stratified found = separation({{0, 0}, {100, 50}}, {{100, 1}, {0, 0}}, 1);
  CHECK(found.variance == 0);
  CHECK(found.z == 0);
}

}  // namespace culprit
