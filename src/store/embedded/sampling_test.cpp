// With little memory good units are sampled; what is promised then (DESIGN, "Memory and
// exactness") is held against the naive engine, which keeps everything.
#include <cmath>

#include <doctest/doctest.h>

#include "store/embedded/embedded.h"
#include "store/naive.h"
#include "store/oracle_questions.h"

namespace culprit {
namespace {

constexpr std::size_t memory_small = 1'000'000;  // all failing units, and a part of the others
constexpr std::size_t memory_tiny = 100'000;     // not even those

// Requests of three events in two sources; only the last event of a failing one shows it.
class Traffic {
 public:
  explicit Traffic(std::uint64_t seed) : dice_(seed) {}

  GatherOptions sources(SimWorld& world, std::size_t requests) {
    std::string front;
    std::string back;
    for (std::size_t i = 0; i < requests; ++i) {
      const std::string id = fmt::format("req-{:08x}", i * 0x9E37'79B9U);
      const auto at = static_cast<std::int64_t>(i) * 20;
      const bool fails = dice_.one_in(30);
      front += event(at, id, R"("msg":"got request")" + fields());
      back += event(at + 5, id, R"("msg":"charging card 17")" + fields());
      if (dice_.one_in(3)) back += event(at + 6, "", R"("msg":"pool has 3 left")" + fields());
      if (dice_.one_in(500)) back += event(at + 6, "", R"("level":"error","msg":"lost")");
      front += event(at + 9, id, fails ? R"("status":503)" : R"("status":200)");
    }
    world.put("front.log", front);
    world.put("back.log", gzipped(back));
    GatherOptions options;
    options.sources = {"front.log", "back.log"};
    options.memory_max = memory_small;
    return options;
  }

 private:
  static std::string event(std::int64_t at, const std::string& id, const std::string& rest) {
    const std::string named = id.empty() ? "" : R"("request_id":")" + id + "\",";
    return R"({"ts":")" + oracle_time(at) + "\"," + named + rest + "}\n";
  }
  std::string fields() {
    std::string text;
    for (const OracleField& field : oracle_fields()) {
      const bool judges =
          field.name == "status" || field.name == "success" || field.name == "exception";
      if (!judges && dice_.one_in(2)) text += ",\"" + field.name + "\":" + dice_.of(field.values);
    }
    return text;
  }

  OracleDice dice_;
};

OutcomeRule rule_by_status() {
  OutcomeRule rule;
  rule.how = OutcomeRule::How::status;
  rule.status_fields = {"status"};
  rule.levels = true;
  return rule;
}

struct Both {
  std::unique_ptr<Naive> naive;
  std::unique_ptr<Embedded> embedded;
  double weight = 1;
  double failing_weight = 1;
};

Both both_of(SimWorld& world, const GatherOptions& options) {
  Both made;
  made.naive = std::move(Naive::gather(world, options)).value();
  Evidence evidence = std::move(read_evidence(world, options)).value();
  made.weight = evidence.sampling.weight();
  made.failing_weight = evidence.sampling.failing_weight();
  made.embedded = std::make_unique<Embedded>(world, std::move(evidence));
  made.naive->judge(rule_by_status());
  made.embedded->judge(rule_by_status());
  return made;
}

// Within five standard errors of a population of which one in `weight` was looked at.
void check_near(const Counts& estimated, const Counts& truth, double weight) {
  CHECK(estimated.bad == truth.bad);
  const double good = std::max(8.0, truth.total - truth.bad);  // a normal law needs a few
  CHECK(std::abs(estimated.total - truth.total) <= 5 * std::sqrt(good * (weight - 1)));
}

void check_near(const std::vector<Counts>& estimated, const std::vector<Counts>& truth,
                double weight) {
  REQUIRE(estimated.size() == truth.size());
  for (std::size_t i = 0; i < truth.size(); ++i) check_near(estimated[i], truth[i], weight);
}

Counts total(const HistTally& tally) {
  Counts sum;
  for (const Counts& counts : tally.counts) {
    sum.total += counts.total;
    sum.bad += counts.bad;
  }
  return sum;
}

}  // namespace

TEST_CASE("with little memory bad counts stay exact and totals are near") {
  for (std::uint64_t seed = 1; seed <= 4; ++seed) {
    CAPTURE(seed);
    SimWorld world;
    GatherOptions options = Traffic(seed).sources(world, 4000);
    if (seed == 4) options.unit_field = "line";
    const Both both = both_of(world, options);
    REQUIRE(both.weight >= 4);
    CHECK_FALSE(both.embedded->schema().exact);
    const Time from = both.naive->schema().from;
    const Time to = both.naive->schema().to;

    const HistQuery hist{{}, {from, to}, (to - from) / 20};
    const HistTally estimated = both.embedded->hist(hist);
    CHECK_FALSE(estimated.exact);
    check_near(estimated.counts, both.naive->hist(hist).counts, both.weight);

    for (const char* field : {"region", "cart", "tags", "version"}) {
      CAPTURE(field);
      const FacetQuery query{{field, {}, {}}, {}, {{}, {from, from + (to - from) / 3}}, 1000};
      const FacetTally truth = both.naive->facets({&query, 1}).front();
      const FacetTally near = both.embedded->facets({&query, 1}).front();
      check_near(near.all, truth.all, both.weight);
      for (const FacetValue& value : near.values) {
        const auto same =
            std::find_if(truth.values.begin(), truth.values.end(),
                         [&](const FacetValue& other) { return other.value == value.value; });
        REQUIRE(same != truth.values.end());
        check_near(value.windows, same->windows, both.weight);
      }
      const CrossQuery cross{{{field, {}, {"us", "a", "10"}}, {"user_id", {2, 4}, {}}}, {}, {{}}};
      check_near(both.embedded->crosses({&cross, 1}).front().windows.front(),
                 both.naive->crosses({&cross, 1}).front().windows.front(), both.weight);
    }
  }
}

TEST_CASE("with little memory failing units are kept whole") {
  SimWorld world;
  for (const char* unit : {"", "line"}) {
    CAPTURE(unit);
    GatherOptions options = Traffic(7).sources(world, 4000);
    options.unit_field = unit;
    const Both both = both_of(world, options);
    const SampleQuery all{{}, {}, Outcome::bad, SIZE_MAX, 0};
    const std::string kept = told_sorted(both.embedded->sample(all));
    CHECK(kept.size() > 1000);
    CHECK(kept == told_sorted(both.naive->sample(all)));
    CHECK(told(both.embedded->bad_starts({}, {}, SIZE_MAX)) ==
          told(both.naive->bad_starts({}, {}, SIZE_MAX)));
  }
}

TEST_CASE("failing units that do not fit are sampled too, as whole units") {
  for (std::uint64_t seed = 21; seed <= 24; ++seed) {
    CAPTURE(seed);
    SimWorld world;
    GatherOptions options = Traffic(seed).sources(world, 4000);
    options.memory_max = seed == 24 ? memory_tiny / 5 : memory_tiny;
    if (seed == 24) options.unit_field = "line";
    const Both both = both_of(world, options);
    CHECK_FALSE(both.embedded->schema().failures_exact);
    REQUIRE(both.failing_weight >= 2);
    const Time from = both.naive->schema().from;
    const Window whole{from, both.naive->schema().to + std::chrono::seconds(1)};
    const Counts truth = total(both.naive->hist({{}, whole, std::chrono::hours(1)}));
    const Counts near = total(both.embedded->hist({{}, whole, std::chrono::hours(1)}));
    CHECK(near.bad > 0);
    CHECK(std::abs(near.bad - truth.bad) <= 5 * std::sqrt(truth.bad * both.failing_weight));
    CHECK(std::abs(near.total - truth.total) <= 5 * std::sqrt(truth.total * both.weight));
    // What is left of them is as the whole of them has it.
    const SampleQuery all{{}, {}, Outcome::bad, SIZE_MAX, 0};
    const std::string every = told_sorted(both.naive->sample(all));
    for (const UnitSample& unit : both.embedded->sample(all)) {
      CHECK(every.find(told_sorted({unit})) != every.npos);
    }
  }
}

TEST_CASE("what is counted while reading stays exact with little memory") {
  SimWorld world;
  const Both both = both_of(world, Traffic(8).sources(world, 3000));
  const Schema& truth = both.naive->schema();
  const Schema& schema = both.embedded->schema();
  CHECK(schema.events == truth.events);
  REQUIRE(schema.fields.size() == truth.fields.size());
  for (std::size_t i = 0; i < truth.fields.size(); ++i) {
    CAPTURE(truth.fields[i].name);
    CHECK(schema.fields[i].name == truth.fields[i].name);
    CHECK(schema.fields[i].events == truth.fields[i].events);
    CHECK(schema.fields[i].error_events == truth.fields[i].error_events);
    CHECK(schema.fields[i].numbers == truth.fields[i].numbers);
  }
}

TEST_CASE("the sample depends neither on the number of threads nor on the chunks they take") {
  for (std::uint64_t seed = 11; seed <= 14; ++seed) {
    CAPTURE(seed);
    SimWorld world;
    GatherOptions options = Traffic(seed).sources(world, 1500);
    options.memory_max = memory_tiny / (seed - 10);
    Answers first;
    for (const unsigned threads : {1U, 2U, 5U, 3U}) {
      CAPTURE(threads);
      options.threads = threads;
      options.chunk_bytes = threads == 1 ? 4 << 20 : 700 * threads;
      const Answers answers = ask(**Embedded::gather(world, options), options, seed);
      if (first.empty()) first = answers;
      REQUIRE(first.size() == answers.size());
      for (std::size_t i = 0; i < first.size(); ++i) {
        INFO(first[i].first);
        REQUIRE(answers[i].second == first[i].second);
      }
    }
  }
}

}  // namespace culprit
