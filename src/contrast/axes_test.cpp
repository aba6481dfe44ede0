#include "contrast/axes.h"

#include <algorithm>

#include <doctest/doctest.h>

#include "contrast/table_test.h"

namespace culprit {
namespace {

FieldSummary field(const std::string& name, std::uint64_t error_events = 10) {
  FieldSummary made;
  made.name = name;
  made.role = role_of(name);
  made.events = 1000;
  made.error_events = error_events;
  made.distinct = 5;
  return made;
}

// Where plan_fields puts it: "compared", "symptom" or "left out".
std::string place_of(const FieldSummary& summary, const OutcomeRule& rule = {},
                     const UnitRule& unit = {}) {
  Schema schema;
  schema.fields = {summary};
  schema.unit = unit;
  const FieldPlan plan = plan_fields(schema, rule);
  if (plan.candidates == std::vector<std::string>{summary.name}) return "compared";
  if (plan.symptoms == std::vector<std::string>{summary.name}) return "symptom";
  return plan.candidates.empty() && plan.symptoms.empty() ? "left out" : "both";
}

Axis axis_of(const std::string& values) {
  const Table table(values);
  return numeric_axis("x", table.answer({{"x", {}, {}}, {}, table.windows(), 1000}), {});
}

}  // namespace

TEST_CASE("fields that were known before the failure are compared") {
  const std::pair<const char*, const char*> table[] = {
      {"region", "compared"},     {"version", "compared"},     {"user_id", "compared"},
      {"route", "compared"},      {"cart_size", "compared"},   {"status", "symptom"},
      {"level", "symptom"},       {"success", "symptom"},      {"exception", "symptom"},
      {"error", "symptom"},       {"retries", "symptom"},      {"Attempt", "symptom"},
      {"deliveries", "compared"}, {"redelivered", "symptom"},  {"logger", "symptom"},
      {"source.file", "symptom"}, {"profile", "compared"},     {"ts", "left out"},
      {"msg", "left out"},        {"duration_ms", "left out"}, {"trace_id", "left out"},
  };
  for (const auto& row : table) {
    INFO(row.first);
    CHECK(place_of(field(row.first)) == row.second);
  }
}

TEST_CASE("ids that no two units share are not compared") {
  FieldSummary id = field("basket");
  id.many = true;
  CHECK(place_of(id) == "compared");
  id.unique = true;
  CHECK(place_of(id) == "left out");
}

TEST_CASE("a field found mostly on error lines is a symptom") {
  CHECK(place_of(field("reason", 500)) == "compared");
  CHECK(place_of(field("reason", 501)) == "symptom");
  FieldSummary unused = field("reason");
  unused.events = 0;
  CHECK(place_of(unused) == "left out");
}

TEST_CASE("what the rule judges by is a symptom, and what joins units is left out") {
  const OutcomeRule by_stage{OutcomeRule::How::given,
                             *parse_expr("stage = rolled_back"),
                             *parse_expr("mark = done"),
                             {},
                             {},
                             {},
                             false,
                             {},
                             {},
                             {}};
  CHECK(place_of(field("stage"), by_stage) == "symptom");
  CHECK(place_of(field("mark"), by_stage) == "symptom");
  CHECK(place_of(field("region"), by_stage) == "compared");
  CHECK(place_of(field("order"), {}, {{"order"}, "name", false}) == "left out");
}

TEST_CASE("of failures only, neither words of their messages nor versions tell who is hit") {
  const UnitRule errors_only{{}, "line", true};
  FieldSummary slot = field("word");
  slot.slot = true;
  CHECK(place_of(slot) == "compared");
  CHECK(place_of(slot, {}, errors_only) == "left out");
  CHECK(place_of(field("version"), {}, errors_only) == "left out");
  CHECK(place_of(field("region", 1000), {}, errors_only) == "compared");
}

TEST_CASE("a field is numeric when nine of ten values are numbers and it has seven") {
  FieldSummary size = field("cart_size");
  size.numbers = 900;
  size.distinct = 7;
  CHECK(numeric(size));
  size.distinct = 6;
  CHECK_FALSE(numeric(size));
  size.distinct = 7;
  size.numbers = 899;
  CHECK_FALSE(numeric(size));
  for (const char* name : {"user_id", "version"}) {
    FieldSummary named = field(name);
    named.numbers = 1000;
    named.distinct = 500;
    CHECK_FALSE(numeric(named));
  }
}

TEST_CASE("few values are all cuts, but for the greatest, above which nothing lies") {
  CHECK(axis_of("x | after\n 10 | 0/1\n 9 | 0/1\n 2.5 | 0/1\n -3 | 0/1\n word | 0/1\n - | 0/1")
            .cuts == std::vector<double>{-3, 2.5, 9});
  CHECK(axis_of("x | after\n 7 | 0/1").cuts == std::vector<double>{7});
  CHECK(axis_of("x | after\n 07 | 0/1\n 7 | 0/1\n 8 | 0/1").cuts == std::vector<double>{7});
  CHECK(axis_of("x | after\n word | 0/1").cuts.empty());
  CHECK(axis_of("x | after\n 7 | 0/1").field == "x");
}

TEST_CASE("many values are cut at quantiles of three digits") {
  Sketch sketch;
  for (int i = 1; i <= 10'000; ++i) sketch.add(i * 1.2345, 1);
  FacetTally many;
  many.distinct = 301;
  const Axis axis = numeric_axis("x", many, sketch);
  REQUIRE(axis.cuts.size() > 55);  // of 63; some are the same after rounding
  REQUIRE(axis.cuts.size() <= 63);
  CHECK(std::is_sorted(axis.cuts.begin(), axis.cuts.end()));
  CHECK(axis.cuts[axis.cuts.size() / 2] == doctest::Approx(6172.5).epsilon(0.05));
  for (const double cut : axis.cuts) {
    const double scale = cut < 1000 ? 1 : cut < 10'000 ? 10 : 100;
    CHECK(cut / scale == doctest::Approx(std::round(cut / scale)).epsilon(1e-12));
  }
  Sketch one;
  one.add(5, 1000);
  CHECK(numeric_axis("x", many, one).cuts.size() == 1);
  CHECK(numeric_axis("x", many, Sketch{}).cuts == std::vector<double>{0});
}

}  // namespace culprit
