// What an Extract promises where it does not hold every unit.
#include <doctest/doctest.h>

#include "base/sim_world.h"
#include "store/embedded/embedded.h"

namespace culprit {
namespace {

// Units of one event, a second apart; every tenth fails, region tells even from odd.
std::unique_ptr<Embedded> engine_of(SimWorld& world, std::size_t units) {
  std::string text;
  for (std::size_t i = 0; i < units; ++i) {
    text += fmt::format(
        "{{\"ts\":\"{}\",\"region\":\"{}\",\"status\":{},\"size\":{}}}\n",
        to_string(from_nanoseconds(1'763'640'000'000'000'000) + std::chrono::seconds(i)),
        i % 2 == 0 ? "eu" : "us", i % 10 == 3 ? 500 : 200, i);
  }
  world.put("app.log", text);
  GatherOptions options;
  options.sources = {"app.log"};
  auto engine = Embedded::gather(world, options);
  REQUIRE(engine);
  OutcomeRule rule;
  rule.how = OutcomeRule::How::status;
  rule.status_fields = {"status"};
  (*engine)->judge(rule);
  return std::move(engine).value();
}

Window seconds(std::int64_t from, std::int64_t to) {
  const Time base = from_nanoseconds(1'763'640'000'000'000'000);
  return {base + std::chrono::seconds(from), base + std::chrono::seconds(to)};
}

}  // namespace

TEST_CASE("of each window and outcome so many units are taken, evenly, and stand for all") {
  SimWorld world;
  const auto engine = engine_of(world, 3000);
  const ExtractTally tally =
      engine->extract({{"region", "size", "nothing"}, {seconds(0, 1000), seconds(1000, 3000)}, 90});
  CHECK_FALSE(tally.whole);
  REQUIRE(tally.slots.size() == 4);
  const double expected[] = {900, 100, 1800, 200};
  std::size_t rows = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    const ExtractTally::Slot& slot = tally.slots[i];
    CHECK(slot.window == i / 2);
    CHECK(slot.bad == (i % 2 == 1));
    CHECK(slot.rows <= 91);
    CHECK(slot.rows >= 89);
    CHECK(slot.weight * static_cast<double>(slot.rows) == doctest::Approx(expected[i]));
    rows += slot.rows;
  }
  REQUIRE(tally.columns.size() == 3);
  for (const ExtractColumn& column : tally.columns) CHECK(column.first.size() == rows);
  // Evenly: the units taken of the last window lie all over it.
  const ExtractColumn& size = tally.columns[1];
  std::size_t early = 0;
  for (std::size_t row = rows - tally.slots[3].rows; row < rows; ++row) {
    early += std::stoul(size.values[size.first[row] - 1]) < 2000 ? 1 : 0;
  }
  CHECK(2 * early >= tally.slots[3].rows - 2);
  CHECK(2 * early <= tally.slots[3].rows + 2);
  CHECK(tally.columns[2].values.empty());
}

TEST_CASE("an extract that is large enough holds every unit once") {
  SimWorld world;
  const auto engine = engine_of(world, 500);
  const ExtractTally tally = engine->extract({{"region"}, {seconds(100, 500)}, 360});
  CHECK(tally.whole);
  CHECK(tally.slots[0].rows == 360);
  CHECK(tally.slots[1].rows == 40);
  CHECK(tally.slots[0].weight == 1);
}

}  // namespace culprit
