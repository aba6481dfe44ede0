#include "experiment/levels.h"

#include <doctest/doctest.h>

namespace culprit {
namespace {

using Measure = Amount::Measure;
using Stronger = Amount::Stronger;

std::string levels_of(std::string_view range, const Amount& amount) {
  const auto levels = amount_levels(range, amount);
  return levels ? fmt::format("{}", fmt::join(*levels, " ")) : "error: " + levels.error().what;
}

}  // namespace

TEST_CASE("ranges become levels from harmless to strongest") {
  const Amount count{.measure = Measure::count};
  const Amount share{.measure = Measure::share, .most = 0.9};
  const Amount time{.measure = Measure::time};
  const Amount memory{Measure::bytes, Stronger::less, 1 << 20, 1e15};
  const Amount processors{Measure::count, Stronger::less, 1};
  const Amount space{Measure::bytes, Stronger::less};
  struct Row {
    std::string_view range;
    Amount amount;
    std::string_view levels;
  };
  const Row rows[] = {
      {"1..64", count, "1 2 4 8 16 32 64"},
      {"0..8", count, "off 1 2 4 8"},
      {"0..1", count, "off 1"},
      {"1..1000", count, "1 3 7 19 52 139 373 1000"},
      {"1..4", count, "1 2 4"},
      {"5..5", count, "off 5"},
      {"64..1", count, "1 2 4 8 16 32 64"},
      {"3", count, "off 3"},
      {"off,2,7", count, "off 2 7"},
      {"0..500ms", time, "off 7.8125ms 15.6ms 31.2ms 62.5ms 125ms 250ms 500ms"},
      {"10ms..2s", time, "10ms 21.3ms 45.4ms 96.9ms 206ms 440ms 938ms 2s"},
      {"0..20%", share, "off 0.3125% 0.625% 1.25% 2.5% 5% 10% 20%"},
      {"0.05..0.2", share, "5% 10% 20%"},
      {"1000..5000", space, "4.8828125KiB 2.86KiB 1.67KiB 1000B"},
      {"64MiB..1GiB", memory, "1GiB 512MiB 256MiB 128MiB 64MiB"},
      {"1..4", processors, "4 2 1"},
      {"0..64", space, "64B 32B 16B 8B 4B 2B 1B 0B"},
      {"1..2..3", count, "error: 1..2..3 is no range of such amounts"},
      {"0..0", count, "error: 0..0 is no range of such amounts"},
      {"1.5", count, "error: 1.5 is no range of such amounts"},
      {"-1..5", count, "error: -1..5 is no range of such amounts"},
      {"nan", share, "error: nan is no range of such amounts"},
      {"5ms..", time, "error: 5ms.. is no range of such amounts"},
      {"", count, "error: an empty level in \"\""},
      {"5,5", count, "error: 5 stands twice in \"5,5\""},
      {"off", count, "error: \"off\" alone varies nothing"},
      {"0..4", processors, "error: 0 is not between 1 and 1000000000"},
      {"0..95%", share, "error: 95% is not between 0% and 90%"},
      {"1,2,3,4,5,6,7,8,9", count, "error: 9 levels are too many: 8 at most"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.range);
    CHECK(levels_of(row.range, row.amount) == row.levels);
  }
}

TEST_CASE("a level is read as it was written") {
  for (const Measure measure : {Measure::count, Measure::share, Measure::bytes, Measure::time}) {
    for (const double count : {0.0, 1.0, 3.0, 1e3, 1e6, 3e14}) {
      if (count > 1e6 && measure == Measure::time) continue;  // a Duration ends at 292 years
      const std::string text = count_text(count, measure);
      CAPTURE(text);
      const std::optional<double> read = count_of(text, measure);
      REQUIRE(read);
      CHECK(*read == doctest::Approx(count));
    }
  }
  CHECK(count_of("1500us", Measure::time) == 0.0015);
}

}  // namespace culprit
