#include "contrast/who.h"

#include <fmt/format.h>

#include <doctest/doctest.h>

#include "contrast/axes.h"
#include "contrast/slices.h"
#include "contrast/table_test.h"

namespace culprit {
namespace {

WhoSearch::Options options_for(const Table& table) {
  WhoSearch::Options options;
  options.axes = table.axes();
  options.windows = table.windows();
  options.extract = table.extract(options.windows);
  options.befores = options.windows.size() - 1;
  options.baseline.whole = table.counted();
  options.baseline.has_before = options.windows.size() == 2;
  return options;
}

WhoSearch searched(const Table& table, WhoSearch::Options options) {
  WhoSearch search(std::move(options));
  while (!search.done()) {
    const WhoQuestions questions = search.questions();
    search.answers({table.answers(questions.facets), table.answers(questions.hists)});
  }
  return search;
}
WhoSearch searched(const Table& table) { return searched(table, options_for(table)); }

std::string name_of(const Finding& finding) { return to_string(expr_of(finding.conditions)); }

// "region = eu; plan = pro", in the order found.
std::string told(const std::vector<Finding>& findings) {
  std::string text;
  for (const Finding& finding : findings) text += (text.empty() ? "" : "; ") + name_of(finding);
  return text;
}
std::string told(const Table& table) { return told(searched(table).findings()); }

// `field` cut at its own values, as the workbench does it.
WhoSearch::Options with_cuts(const Table& table, const std::string& field) {
  WhoSearch::Options options = options_for(table);
  for (Axis& axis : options.axes) {
    if (axis.field == field) axis = numeric_axis(field, table.answer({axis, {}, {}, 1000}), {});
  }
  return options;
}

}  // namespace

TEST_CASE("one value that became worse is the whole answer") {
  const Table table(R"(
    region  plan  | before   after
    eu      pro   | 2/200    60/200
    eu      free  | 2/200    58/200
    us      pro   | 2/200    2/200
    us      free  | 2/200    2/200)");
  const WhoSearch search = searched(table);
  REQUIRE(told(search.findings()) == "region = eu");
  const Finding& finding = search.findings().front();
  CHECK(finding.became_worse);
  CHECK(finding.counted.after == Counts{400, 118});
  CHECK(finding.counted.before == Counts{400, 4});
  CHECK(finding.share_of_bad == doctest::Approx(118.0 / 122));
  CHECK(finding.risk.ratio == doctest::Approx(29.5).epsilon(0.15));
  CHECK(finding.risk.low > 5);
  CHECK(finding.q_value < 1e-9);
  CHECK(search.unexplained_share() == doctest::Approx(4.0 / 122));
  CHECK(search.always_worse().empty());
}

TEST_CASE("two conditions that only together are bad are found together") {
  CHECK(told(Table(R"(
    region  plan  | before   after
    eu      pro   | 2/200    60/200
    eu      free  | 2/200    2/200
    us      pro   | 2/200    2/200
    us      free  | 2/200    2/200)")) == "plan = pro and region = eu");
}

TEST_CASE("three conditions are found, and depth_max is kept") {
  const Table table(R"(
    a  b  c | before   after
    1  1  1 | 2/300    150/300
    1  1  0 | 2/300    2/300
    1  0  1 | 2/300    2/300
    1  0  0 | 2/300    2/300
    0  1  1 | 2/300    2/300
    0  1  0 | 2/300    2/300
    0  0  1 | 2/300    2/300
    0  0  0 | 2/300    2/300)");
  CHECK(told(table) == "a = 1 and b = 1 and c = 1");
  WhoSearch::Options shallow = options_for(table);
  shallow.depth_max = 2;
  const WhoSearch search = searched(table, shallow);
  REQUIRE(!search.findings().empty());
  for (const Finding& finding : search.findings()) CHECK(finding.conditions.size() <= 2);
}

TEST_CASE("a further condition has to pay for having been searched for") {
  // Within eu, plan = pro is 2.7 likelier (48 ln 1.26 + 28 ln 0.74), which is less than its price.
  CHECK(told(Table(R"(
    region  plan  day | before   after
    eu      pro   mon | 1/100    24/100
    eu      pro   tue | 1/100    24/100
    eu      free  mon | 1/100    14/100
    eu      free  tue | 1/100    14/100
    us      pro   mon | 1/100    1/100
    us      pro   tue | 1/100    1/100
    us      free  mon | 1/100    1/100
    us      free  tue | 1/100    1/100)")) == "region = eu");
}

TEST_CASE("a threshold is found at its place, above and below") {
  const std::string rows = R"(
    cart_size region | before after
    1         eu     | 1/100  1/100
    3         us     | 1/100  1/100
    5         eu     | 1/100  1/100
    7         us     | 1/100  1/100
    9         eu     | 1/100  1/100
    10        us     | 1/100  30/100
    12        eu     | 1/100  30/100
    15        us     | 1/100  30/100
    20        eu     | 1/100  30/100)";
  const Table above(rows);
  CHECK(told(searched(above, with_cuts(above, "cart_size")).findings()) == "cart_size > 9");
  std::string mirrored = rows;
  for (const auto& [from, to] :
       {std::pair{" 20 ", " -20"}, {" 15 ", " -15"}, {" 12 ", " -12"}, {" 10 ", " -10"}}) {
    mirrored.replace(mirrored.find(from), 4, std::string(to));
  }
  const Table below(mirrored);
  CHECK(told(searched(below, with_cuts(below, "cart_size")).findings()) == "cart_size <= -10");
}

TEST_CASE("a threshold that leaves out hardly anybody is none") {
  // Only who got as far as counting items can lose them; how many there were says nothing.
  std::string rows = "items route | before after\n";
  for (int items = 1; items <= 9; ++items) {
    rows += fmt::format("{} quote | 0/100 30/100\n{} cart | 0/100 0/100\n", items, items);
  }
  rows += "10 quote | 0/1 0/1\n- quote | 0/90 0/90\n- cart | 0/90 0/90\n";
  const Table table(rows);
  const std::string who = told(searched(table, with_cuts(table, "items")).findings());
  CHECK(who.find("items") == std::string::npos);
  CHECK(who == "route = quote");
}

TEST_CASE("a threshold inside one value of another field is found with it") {
  std::string rows = "size region | before after\n";
  for (int size = 1; size <= 10; ++size) {
    rows += fmt::format("{} eu | 1/100 {}/100\n", size, size > 6 ? 40 : 1);
    rows += fmt::format("{} us | 1/100 1/100\n", size);
  }
  const Table table(rows);
  CHECK(told(searched(table, with_cuts(table, "size")).findings()) == "region = eu and size > 6");
}

TEST_CASE("units that lack a field are a segment") {
  CHECK(told(Table(R"(
    token  region | before after
    -      eu     | 1/100  40/100
    -      us     | 1/100  40/100
    a      eu     | 1/100  1/100
    a      us     | 1/100  1/100)")) == "not has(token)");
}

TEST_CASE("fields that name the same units are told as aliases, near misses are not") {
  const Table table(R"(
    version  image  host  zone | before   after
    v2       sha2   h1    z1   | 2/200    60/200
    v2       sha2   h2    z2   | 2/200    60/200
    v1       sha1   h1    z1   | 2/200    2/200
    v1       sha1   h1    z2   | 2/200    2/200
    v1       sha1   h2    z2   | 4/360    4/360
    v1       sha1   h3    z2   | 1/40     1/40)");
  const WhoSearch search = searched(table);
  REQUIRE(told(search.findings()) == "version = v2");
  const std::vector<Condition>& aliases = search.findings().front().aliases;
  REQUIRE(aliases.size() == 1);
  CHECK(to_string(aliases.front()) == "image = sha2");
}

TEST_CASE("what was as much worse before is told as always worse, not as a cause") {
  // search fails eight times as often as home, before and after; eu is what broke.
  const Table table(R"(
    route   region | before     after
    search  eu     | 40/1000    120/1000
    search  us     | 40/1000    40/1000
    home    eu     | 5/1000     85/1000
    home    us     | 5/1000     5/1000)");
  const WhoSearch search = searched(table);
  CHECK(told(search.findings()) == "region = eu");
  REQUIRE(told(search.always_worse()) == "route = search");
  const Finding& always = search.always_worse().front();
  CHECK_FALSE(always.became_worse);
  CHECK(always.risk.ratio == doctest::Approx(8).epsilon(0.06));
  CHECK(always.q_value < 0.01);
}

TEST_CASE("where everyone is hit alike, no segment is told") {
  const Table table(R"(
    region  plan  | before   after
    eu      pro   | 2/200    60/200
    eu      free  | 2/200    62/200
    us      pro   | 2/200    59/200
    us      free  | 2/200    61/200)");
  const WhoSearch search = searched(table);
  CHECK(search.findings().empty());
  CHECK(search.always_worse().empty());
  CHECK(search.unexplained_share() == 1);
  CHECK(search.looked_at() > 0);
}

TEST_CASE("a mix that moved to a part that was always bad is no cause") {
  // No part got worse, but the rate of the whole rose from 1.9 % to 9.1 %.
  const Table table(R"(
    route   region | before     after
    search  eu     | 50/500     450/4500
    search  us     | 50/500     450/4500
    home    eu     | 45/4500    5/500
    home    us     | 45/4500    5/500)");
  const WhoSearch search = searched(table);
  CHECK(search.findings().empty());
  CHECK(told(search.always_worse()) == "route = search");
}

TEST_CASE("a part that only carries more of the traffic that broke is not blamed") {
  // Mobile broke in both versions alike; v2 serves mostly mobile and looks five times as bad.
  CHECK(told(Table(R"(
    version  client  | before     after
    v2       mobile  | 9/900      180/900
    v2       web     | 1/100      1/100
    v1       mobile  | 1/100      20/100
    v1       web     | 9/900      9/900)")) == "client = mobile");
}

TEST_CASE("two causes are found one after the other and the rest is left unexplained") {
  const Table table(R"(
    region  store  | before    after
    eu      s1     | 2/500     150/500
    eu      s2     | 2/500     150/500
    us      s3     | 2/500     60/500
    us      s1     | 2/500     8/500
    us      s2     | 2/500     8/500
    asia    s1     | 2/500     8/500
    asia    s2     | 2/500     8/500)");
  const WhoSearch search = searched(table);
  CHECK(told(search.findings()) == "region = eu; store = s3");
  CHECK(search.findings()[1].counted.after == Counts{500, 60});
  CHECK(search.findings()[1].share_of_bad == doctest::Approx(60.0 / 392));
  CHECK(search.unexplained_share() == doctest::Approx(32.0 / 392));
  WhoSearch::Options one = options_for(table);
  one.findings_max = 1;
  CHECK(told(searched(table, one).findings()) == "region = eu");
}

TEST_CASE("units of an earlier finding do not count for a later one") {
  // plan = pro is a cause of its own, outside eu; inside eu it changes nothing.
  const Table table(R"(
    region  plan  | before    after
    eu      pro   | 2/500     250/500
    eu      free  | 2/500     250/500
    us      pro   | 2/500     100/500
    us      free  | 2/500     2/500)");
  const WhoSearch search = searched(table);
  REQUIRE(told(search.findings()) == "region = eu; plan = pro");
  CHECK(search.findings()[1].counted.after == Counts{500, 100});
}

TEST_CASE("without a time before, the rates after the onset decide") {
  const Table table(R"(
    region  plan  | after
    eu      pro   | 60/200
    eu      free  | 58/200
    us      pro   | 2/200
    us      free  | 2/200)");
  const WhoSearch search = searched(table);
  CHECK(told(search.findings()) == "region = eu");
  CHECK(search.always_worse().empty());
}

TEST_CASE("where only failures are logged, the part that holds what came on top is told") {
  const Table table(R"(
    service  region  | before   after
    pay      eu      | 10/10    100/100
    pay      us      | 10/10    100/100
    cart     eu      | 10/10    10/10
    cart     us      | 10/10    10/10
    -        us      | 10/10    10/10)");
  WhoSearch::Options options = options_for(table);
  options.baseline.errors_only = true;
  const WhoSearch search = searched(table, options);
  REQUIRE(told(search.findings()) == "service = pay");
  CHECK(search.findings().front().risk.ratio ==
        doctest::Approx(200.0 / 230 / (20.0 / 50)).epsilon(0.05));
  CHECK(search.always_worse().empty());
}

TEST_CASE("where only failures are logged, lacking a field is not a segment") {
  const Table table(R"(
    token  region | before   after
    -      eu     | 10/10    100/100
    -      us     | 10/10    100/100
    a      eu     | 10/10    10/10
    b      us     | 10/10    10/10)");
  WhoSearch::Options options = options_for(table);
  options.baseline.errors_only = true;
  CHECK(told(searched(table, options).findings()) == "");
  options.baseline.errors_only = false;
  options.baseline.has_before = false;  // totals say nothing here: as many units as failures
  CHECK(told(searched(table, options).findings()) == "");
}

TEST_CASE("scattered failures are worth less evidence") {
  const Table table(R"(
    region  | before    after
    eu      | 2/200     20/200
    us      | 6/600     18/600)");
  CHECK(told(table) == "region = eu");
  WhoSearch::Options clustered = options_for(table);
  clustered.baseline.dispersion = 8;
  CHECK(told(searched(table, clustered).findings()) == "");
}

TEST_CASE("too few failures, or nothing to compare, ask no question") {
  const Table table("region | before after\n eu | 0/100 4/100\n us | 0/100 0/100");
  CHECK(WhoSearch(options_for(table)).done());
  const Table enough("region | before after\n eu | 0/100 5/100\n us | 0/100 0/100");
  CHECK_FALSE(WhoSearch(options_for(enough)).done());
  WhoSearch::Options nothing = options_for(enough);
  nothing.axes.clear();
  CHECK(WhoSearch(nothing).done());
}

TEST_CASE("what holds few of the failures is no finding, however sure") {
  // 30 of 1,030 failures: below the share that a finding must explain.
  CHECK(told(Table(R"(
    shard  region | before     after
    s1     eu     | 0/40       30/40
    s2     eu     | 50/10000   500/10000
    s2     us     | 50/10000   500/10000)")) == "");
}

TEST_CASE("units with several values of a field count for each of them") {
  CHECK(told(Table(R"(
    service    | before   after
    a,b        | 2/200    80/200
    a,c        | 2/200    2/200
    a          | 2/200    2/200)")) == "service = b");
}

TEST_CASE("the order of axes decides between names of the same units, and nothing else") {
  const Table table(R"(
    version  image | before   after
    v2       sha2  | 2/200    60/200
    v1       sha1  | 4/400    4/400)");
  CHECK(told(table) == "version = v2");
  WhoSearch::Options options = options_for(table);
  std::swap(options.axes[0], options.axes[1]);
  CHECK(told(searched(table, options).findings()) == "image = sha2");
}

namespace {

// Sixteen equal parts of time, eight before the onset: how failures fall into them.
struct Course {
  std::string_view before;  // a digit a part: failures of 200 units
  std::string_view after;
};

std::string row_of(const std::string& fields, const Course& course) {
  std::string row = fields + " |";
  for (const std::string_view side : {course.before, course.after}) {
    for (const char failures : side) row += fmt::format(" {}/200", (failures - '0') * 5);
  }
  return row + "\n";
}

// With times: clusters are seen.
std::string told_over_time(const std::string& rows, const std::string& fields) {
  std::string heads;
  for (int i = 0; i < 16; ++i) heads += " t";
  const Table table(fields + " |" + heads + "\n" + rows);
  WhoSearch::Options options = options_for(table);
  const std::vector<Window> parts = table.windows();
  options.windows = {{parts[0].from, parts[7].to}, {parts[8].from, parts[15].to}};
  options.spans = options.windows;
  const Slices slices = slices_of(options.spans);
  options.extract = table.extract(slices.windows);
  options.befores = slices.befores;
  options.baseline.whole = counted_of(table.answer({{"", {}, {}}, {}, options.windows, 1}).all);
  options.baseline.has_before = true;
  return told(searched(table, options).findings());
}

}  // namespace

TEST_CASE("a part that goes on failing is a cause, one burst of as many failures is none") {
  const std::string others = row_of("us", {"10101010", "01010101"}) +
                             row_of("asia", {"01010101", "10101010"}) +
                             row_of("in", {"10010110", "01101001"});
  CHECK(told_over_time(row_of("eu", {"01001010", "34343434"}) + others, "region") == "region = eu");
  CHECK(told_over_time(row_of("eu", {"01001010", "00900000"}) + others, "region") == "");
}

TEST_CASE("a version that came while failures were rising does not pass for a part of the cause") {
  // eu fails in both versions alike, ever more; v2 takes over from v1 meanwhile.
  std::string rows;
  const auto add = [&](const std::string& fields, const std::vector<int>& totals, double rate) {
    rows += fields + " |";
    for (std::size_t i = 0; i < totals.size(); ++i) {
      const double rises = i < 8 ? 0.01 : 0.01 + rate * static_cast<double>(i - 7) / 8;
      rows += fmt::format(" {:.0f}/{}", totals[i] * rises, totals[i]);
    }
    rows += "\n";
  };
  const std::vector<int> old = {800, 800, 800, 800, 800, 800, 800, 800,
                                700, 600, 500, 400, 300, 200, 100, 50};
  const std::vector<int> young = {0, 0, 0, 0, 0, 0, 0, 0, 100, 200, 300, 400, 500, 600, 700, 750};
  add("eu v1", old, 0.4);
  add("eu v2", young, 0.4);
  add("us v1", old, 0);
  add("us v2", young, 0);
  CHECK(told_over_time(rows, "region version") == "region = eu");
}

TEST_CASE("a mix that shifted is told, with what else is wrong") {
  const Table table(R"(
    route   region | before     after
    search  eu     | 50/500     450/4500
    search  us     | 50/500     450/4500
    home    eu     | 45/4500    5/500
    home    us     | 45/4500    5/500)");
  const WhoSearch search = searched(table);
  REQUIRE(search.mix_shift());
  CHECK(to_string(search.mix_shift()->condition) == "route = search");
  CHECK(search.unexplained_share() == 1);
  // home broke in eu beside it.
  const Table both(R"(
    route   region | before     after
    search  eu     | 50/500     450/4500
    search  us     | 50/500     450/4500
    home    eu     | 45/4500    200/500
    home    us     | 45/4500    5/500)");
  const WhoSearch second = searched(both);
  REQUIRE(second.mix_shift());
  CHECK(told(second.findings()) == "region = eu");
  CHECK(second.findings().front().counted.after == Counts{500, 200});
  CHECK_FALSE(
      searched(Table("region | before after\n eu | 2/200 60/200\n us | 2/200 2/200")).mix_shift());
}

TEST_CASE("fields that units lack because they failed make no segment") {
  const Table table(R"(
    rows  region | before   after
    -     eu     | 2/200    80/200
    -     us     | 2/200    80/200
    a     eu     | 0/200    0/200
    a     us     | 0/200    0/200)");
  CHECK(told(table) == "not has(rows)");
  WhoSearch::Options options = options_for(table);
  options.outcomes = {"rows"};
  CHECK(told(searched(table, options).findings()).find("not has") == std::string::npos);
}

TEST_CASE("what nearly everyone is, is nobody in particular") {
  // 97 % of the units lack it; the others came to it because they went well.
  CHECK(told(Table(R"(
    done  region | before     after
    -     eu     | 2/2000     400/2000
    -     us     | 2/2000     400/2000
    a     eu     | 0/60       0/60
    a     us     | 0/60       0/60)")) == "");
}

TEST_CASE("a segment inside a part that was always bad inherits its past") {
  // A tenth of the traffic, always ten times as bad; `lucky` had a good time before.
  const Table table(R"(
    tenant  shard | before     after
    t1      s1    | 3/100      14/100
    t1      s2    | 12/100     11/100
    t1      s3    | 11/100     12/100
    t2      s1    | 10/900     10/900
    t2      s2    | 10/900     10/900
    t2      s3    | 10/900     10/900)");
  CHECK(told(table) == "");
  CHECK(inherited_past(10, 300, 100, 3000) == doctest::Approx(10 * 2900.0 / (2000 + 2700)));
  CHECK(inherited_past(1, 300, 100, 3000) == 1);
  CHECK(inherited_past(10, 300, 300, 3000) == doctest::Approx(10));
}

}  // namespace culprit
