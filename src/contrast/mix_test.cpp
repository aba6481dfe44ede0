#include "contrast/mix.h"

#include <doctest/doctest.h>

namespace culprit {
namespace {

struct Part {
  const char* what;
  Counted counted;
};

Baseline whole_of(const std::vector<Part>& parts) {
  Baseline baseline;
  for (const Part& part : parts) {
    baseline.whole.before += part.counted.before;
    baseline.whole.after += part.counted.after;
  }
  return baseline;
}

std::optional<MixShift> shift_of(const std::vector<Part>& parts) {
  std::vector<Condition> conditions;
  for (const Part& part : parts) conditions.push_back({"route", Condition::Op::is, part.what, 0});
  std::vector<MixPart> made;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    made.push_back({&conditions[i], &parts[i].counted});
  }
  return find_mix_shift(made, whole_of(parts));
}

}  // namespace

TEST_CASE("a part that always failed more and grew is the rise") {
  const auto shift =
      shift_of({{"search", {{500, 50}, {4500, 450}}}, {"home", {{9500, 95}, {5500, 55}}}});
  REQUIRE(shift);
  CHECK(shift->condition.value == "search");
  CHECK(shift->share_of_rise == doctest::Approx(1));
}

TEST_CASE("a part that became worse is no shift, whether it grew or not") {
  CHECK_FALSE(shift_of({{"search", {{500, 5}, {500, 150}}}, {"home", {{9500, 95}, {9500, 95}}}}));
  CHECK_FALSE(shift_of({{"search", {{500, 5}, {4500, 450}}}, {"home", {{9500, 95}, {5500, 55}}}}));
}

TEST_CASE("a shift that explains less than half of the rise is not told") {
  // Search doubled its traffic, and home fails five times as often.
  CHECK_FALSE(
      shift_of({{"search", {{500, 50}, {1000, 100}}}, {"home", {{9500, 95}, {9000, 450}}}}));
}

TEST_CASE("without a rise, or without a time before, nothing shifted") {
  CHECK_FALSE(shift_of({{"search", {{500, 50}, {500, 50}}}, {"home", {{9500, 95}, {9500, 95}}}}));
  Baseline young = whole_of({{"search", {{}, {4500, 450}}}});
  young.has_before = false;
  CHECK_FALSE(find_mix_shift({}, young));
}

TEST_CASE("a past that chance may have made is not believed") {
  CHECK_FALSE(shift_of({{"search", {{10, 1}, {5000, 200}}}, {"home", {{9990, 99}, {5000, 50}}}}));
}

}  // namespace culprit
