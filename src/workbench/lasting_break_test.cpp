#include "workbench/lasting_break.h"

#include <limits>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include "base/dice.h"
#include "search/change_search.h"
#include "workbench/bisect_calibration.h"

namespace culprit {
namespace {

// "G+" is a pass of GOOD, "a-" a failure of the commit a, "a?" one that is not judged, "a!" a
// failure that was told.
std::vector<BisectRow> rows_of(std::string_view text) {
  std::vector<BisectRow> rows;
  for (std::size_t i = 0; i + 1 < text.size(); i += 3) {
    BisectRow row;
    row.sha = text[i];
    if (text[i] == 'G') row.where = BisectRow::Where::good_end;
    if (text[i] == 'B') row.where = BisectRow::Where::bad_end;
    row.told = text[i + 1] == '!';
    row.observation = text[i + 1] == '+'   ? Observation::good
                      : text[i + 1] == '?' ? Observation::unjudged
                                           : Observation::bad;
    rows.push_back(row);
  }
  return rows;
}

constexpr std::size_t never = std::numeric_limits<std::size_t>::max();

struct Simulated {
  double good = 0;  // rates of failure
  double bad = 1;
  Point culprit = 0;              // in a line of `commits`
  std::size_t fine_runs = never;  // after so many everything fails
};

constexpr Point commits = 32;
constexpr std::size_t runs_max = 400;

// A whole search in that world, as bisect() asks for runs.
std::vector<BisectRow> searched(const Simulated& world, std::uint64_t seed) {
  std::vector<std::vector<Point>> parents(commits);
  for (Point i = 1; i < commits; ++i) parents[i] = {i - 1};
  ChangeSearch search(ChangeGraph(parents), {}, {});
  Calibration calibration({});
  Dice dice(seed);
  std::vector<BisectRow> rows;
  while (rows.size() < runs_max && !calibration.trouble()) {
    const auto end = calibration.ask({});
    const auto asked = search.ask();
    if (!end && !asked) break;
    const Point bad_end = commits - 1;
    const Point point = !end ? *asked : *end == RangeEnd::good ? search.good_end() : bad_end;
    const bool changed = point != search.good_end() && point >= world.culprit;
    const bool fails = dice.uniform() < (changed ? world.bad : world.good);
    BisectRow row;
    row.observation =
        fails || rows.size() >= world.fine_runs ? Observation::bad : Observation::good;
    row.sha = std::to_string(point);
    if (point == search.good_end()) row.where = BisectRow::Where::good_end;
    if (point == bad_end) row.where = BisectRow::Where::bad_end;
    const Outcome outcome = row.observation == Observation::bad ? Outcome::bad : Outcome::good;
    if (row.where == BisectRow::Where::good_end) calibration.tell(RangeEnd::good, outcome, 1);
    if (row.where == BisectRow::Where::bad_end) calibration.tell(RangeEnd::bad, outcome, 1);
    search.tell(point, row.observation);
    rows.push_back(row);
  }
  return rows;
}

std::size_t alarms(Simulated world, std::uint64_t searches) {
  std::size_t count = 0;
  for (std::uint64_t seed = 1; seed <= searches; ++seed) {
    world.culprit = static_cast<Point>(seed % commits);
    count += lasting_break(searched(world, seed)) ? 1 : 0;
  }
  return count;
}

}  // namespace

TEST_CASE("commits that passed and fail since, GOOD among them, are told with the run") {
  struct Row {
    std::string_view rows;
    std::size_t run;  // 0: none
  };
  const std::vector<Row> table = {
      {"", 0},
      {"G+ B- a+ b- c-", 0},                                            // a search as it should be
      {"G+ B- a+ b- c- a- G- G- G- G- G- G- G- G- G- G- G- G- G-", 4},  // both turned
      {"G+ B- a+ b? c- a- G- G- G- G- G- G- G- G- G- G- G- G- G-", 5},  // not judged, and a run
      {"G+ B- a+ b! c- a- G- G- G- G- G- G- G- G- G- G- G- G- G-", 4},  // told, and no run
      {"G+ B- a+ b- c- a- G- G- G-", 0},                                // may be chance
      {"G+ B- a+ b- c- G- G- G- G- G- G- G- G- G- G- G- G- G- G-",
       0},                                               // only GOOD, which passed once
      {"G+ G+ G+ G+ G+ B- G- G- G- G- G- G- G- G-", 6},  // only GOOD, no chance
      {"G+ B- a+ b- c- a- G- G- G- G- G- G- G- G- G- G- G- G- d+", 0},  // another passes at last
      {"G+ B- a+ b- c- a- a+ G- G- G- G- G- G- G- G- G- G- G- G-", 0},  // one is flaky
      {"G+ B- a+ b+ c- a- b- a- b- a- b- a- b- a- b- a- b- a- b-", 0},  // GOOD was not run again
      {"G+ a+ G- b+ a- b- G- G- G- G- G- G- G- G- G- G- G- G- G-", 0},  // they turned one by one
  };
  for (const Row& row : table) {
    CAPTURE(row.rows);
    const auto found = lasting_break(rows_of(row.rows));
    CHECK((found ? found->run : 0) == row.run);
  }
}

TEST_CASE("a test that is merely flaky hardly ever looks like that") {
  constexpr std::uint64_t searches = 2000;
  for (const Simulated& world :
       {Simulated{.1, .9}, Simulated{.3, .7}, Simulated{0, .5}, Simulated{.8, .8}}) {
    CAPTURE(world.good);
    CHECK(alarms(world, searches) < searches / 200);  // seen: 0, 0, 0 and 1
  }
}

TEST_CASE("where everything fails from some run on, it is told in most cases") {
  constexpr std::uint64_t searches = 300;
  struct Row {
    std::size_t fine_runs;
    std::size_t told_min;  // of 300; seen: 144, 221, 261, 281, 262
  };
  for (const Row& row : {Row{3, 130}, Row{4, 205}, Row{5, 245}, Row{6, 265}, Row{8, 245}}) {
    CAPTURE(row.fine_runs);
    CHECK(alarms({0, 1, 0, row.fine_runs}, searches) >= row.told_min);
  }
}

}  // namespace culprit
