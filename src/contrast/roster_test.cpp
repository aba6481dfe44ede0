#include "contrast/roster.h"

#include <doctest/doctest.h>

#include "contrast/table_test.h"

namespace culprit {
namespace {

struct Asked {
  Baseline rest;
  Pasts pasts;
  Roster roster;

  explicit Asked(const Table& table, const std::vector<Axis>& axes = {})
      : roster(table.extract(table.windows()), axes.empty() ? table.axes() : axes, {},
               table.windows().size() - 1) {
    rest.whole = table.counted();
    rest.has_before = table.windows().size() == 2;
  }
  std::vector<std::string> strongest(std::size_t depth_max = 3) {
    std::vector<std::string> names;
    for (const Combination& one : roster.strongest({rest, pasts, 5, depth_max, 5})) {
      names.push_back(to_string(expr_of(one.conditions)));
    }
    return names;
  }
};

bool tells(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

const char* const three = R"(
    a  b  c | before   after
    1  1  1 | 2/90     60/90
    1  1  0 | 2/90     2/90
    1  0  1 | 2/90     2/90
    1  0  0 | 2/90     2/90
    0  1  1 | 2/90     2/90
    0  1  0 | 2/90     2/90
    0  0  1 | 2/90     2/90
    0  0  0 | 2/90     2/90)";

}  // namespace

TEST_CASE("combinations are counted as the table has them") {
  const Table table(three);
  Asked asked(table);
  CHECK(asked.roster.whole().after == table.counted().after);
  CHECK(asked.roster.whole().before == table.counted().before);
  for (const Combination& one : asked.roster.strongest({asked.rest, asked.pasts, 5, 3, 5})) {
    const Counted counted = table.counted(expr_of(one.conditions));
    CHECK(one.counted.after == counted.after);
    CHECK(one.counted.before == counted.before);
  }
  CHECK(asked.roster.looked_at() > 0);
}

TEST_CASE("up to three conditions are combined, and depth_max is kept") {
  Asked asked{Table(three)};
  CHECK(tells(asked.strongest(), "a = 1 and b = 1 and c = 1"));
  CHECK(tells(asked.strongest(2), "a = 1 and b = 1"));
  CHECK_FALSE(tells(asked.strongest(2), "a = 1 and b = 1 and c = 1"));
  CHECK_FALSE(tells(asked.strongest(1), "a = 1 and b = 1"));
}

TEST_CASE("of names of the same units the first is kept") {
  Asked asked{Table(R"(
    version  image | before   after
    v2       sha2  | 2/200    60/200
    v1       sha1  | 4/400    4/400)")};
  CHECK(asked.strongest() == std::vector<std::string>{"version = v2"});
  CHECK(asked.roster.likeness({"version", Condition::Op::is, "v2", 0},
                              {"image", Condition::Op::is, "sha2", 0}) == 1);
  CHECK(asked.roster.likeness({"version", Condition::Op::is, "v2", 0},
                              {"image", Condition::Op::is, "sha1", 0}) == 0);
}

TEST_CASE("a threshold between two that are listed is found") {
  std::string rows = "size | before after\n";
  Axis axis{"size", {}, {}};
  for (int size = 1; size <= 60; ++size) {
    rows += fmt::format("{} | 0/20 {}/20\n", size, size > 37 ? 10 : 0);
    if (size < 60) axis.cuts.push_back(size);
  }
  Asked asked(Table(rows), {axis});
  CHECK(tells(asked.strongest(), "size > 37"));
}

TEST_CASE("units that are taken out are no longer in question") {
  const Table table(R"(
    region  plan  | before    after
    eu      pro   | 2/50      25/50
    eu      free  | 2/50      25/50
    us      pro   | 2/50      10/50
    us      free  | 2/50      2/50)");
  Asked asked(table);
  asked.roster.take_out({{"region", Condition::Op::is, "eu", 0}});
  CHECK(asked.roster.whole().after == Counts{100, 12});
  asked.rest.whole = asked.roster.whole();
  CHECK(asked.strongest(1) == std::vector<std::string>{"plan = pro"});
}

TEST_CASE("a row that stands for many counts as many") {
  ExtractTally extract;
  extract.slots = {{0, false, 100, 7.5}, {0, true, 10, 1}};
  extract.whole = false;
  ExtractColumn column{"region", {"eu", "us"}, {}, {}};
  for (std::size_t row = 0; row < 110; ++row) column.first.push_back(row % 2 == 0 ? 1 : 2);
  for (std::size_t row = 100; row < 110; ++row) column.first[row] = row < 108 ? 1 : 2;
  extract.columns = {column};
  Roster roster(extract, {{"region", {}, {}}}, {}, 0);
  CHECK(roster.whole().after == Counts{760, 10});
  const Baseline rest{roster.whole(), 1, false, false, 1};
  const Pasts pasts;
  const std::vector<Combination> singles = roster.singles({rest, pasts});
  REQUIRE(singles.size() == 1);
  CHECK(singles.front().counted.after == Counts{383, 8});
}

}  // namespace culprit
