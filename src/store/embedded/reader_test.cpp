// Reading at its limits: long lines, full blocks, full dictionaries, strange sources.
#include <doctest/doctest.h>

#include "store/embedded/embedded.h"
#include "store/naive.h"
#include "store/oracle_answers.h"
#include "store/oracle_evidence.h"

namespace culprit {
namespace {

GatherOptions options_of(std::vector<std::string> sources, unsigned threads) {
  GatherOptions options;
  options.sources = std::move(sources);
  options.threads = threads;
  return options;
}

std::unique_ptr<Embedded> read(World& world, const GatherOptions& options) {
  auto engine = Embedded::gather(world, options);
  REQUIRE(engine);
  return std::move(engine).value();
}

OutcomeRule everything_good() {
  OutcomeRule rule;
  rule.how = OutcomeRule::How::given;
  return rule;
}

}  // namespace

TEST_CASE("a chunk of more lines than a block holds is cut into blocks") {
  std::string text;
  for (int i = 0; i < 200'000; ++i) text += "level=info n=" + std::to_string(i % 10) + "\n";
  SimWorld world;
  world.put("a.log", text);
  world.put("a.gz", gzipped(text));
  for (const char* name : {"a.log", "a.gz"}) {
    const auto engine = read(world, options_of({name}, 2));
    CHECK(engine->schema().events == 200'000);
    engine->judge(everything_good());
    const FacetQuery query{{"n", {}, {}}, {}, {{}}, 1000};
    const FacetTally tally = engine->facets({&query, 1}).front();
    REQUIRE(tally.values.size() == 10);
    for (const FacetValue& value : tally.values) CHECK(value.windows[0].total == 20'000);
    const std::vector<Place> places = {{0, text.size() - 15}};
    CHECK(engine->lines_at(places).front() == "level=info n=9");
  }
}

TEST_CASE("lines longer than a chunk are whole") {
  std::string text;
  for (const std::size_t size : {10U, 5'000U, 20U, 90'000U, 30U}) {
    text += R"({"ts":"2025-11-20T14:00:00Z","size":)" + std::to_string(size) + R"(,"pad":")" +
            std::string(size, 'x') + "\"}\n";
  }
  SimWorld world;
  world.put("a.log", text);
  world.put("a.gz", gzipped(text));
  for (const char* name : {"a.log", "a.gz"}) {
    GatherOptions options = options_of({name}, 3);
    options.chunk_bytes = 1000;
    const auto engine = read(world, options);
    CHECK(engine->schema().events == 5);
    CHECK(engine->schema().skipped == 0);
    const FieldSummary* size = engine->schema().field("size");
    REQUIRE(size != nullptr);
    CHECK(size->events == 5);
    CHECK(size->most == 90'000);
  }
}

TEST_CASE("a text beyond the limit is known by its hash, and its field keeps the others") {
  const std::string text(300, 'x');
  SimWorld world;
  world.put("a.log", R"({"error":")" + text + "\"}\n" + R"({"error":"short"})" + "\n" +
                         R"({"error":")" + text + "\"}\n" + R"({"error":")" + text + "y\"}\n");
  const auto engine = read(world, options_of({"a.log"}, 1));
  engine->judge(everything_good());
  const FacetQuery query{{"error", {}, {}}, {}, {{}}, 1000};
  const FacetTally tally = engine->facets({&query, 1}).front();
  REQUIRE(tally.values.size() == 3);
  CHECK(tally.values[0].value->starts_with("#"));
  CHECK(tally.values[0].windows[0].total == 2);
  CHECK_FALSE(engine->schema().field("error")->many);
  CHECK(engine->first_seen(equals("error", "short")) == no_time);
  const SampleQuery asked{equals("error", text), {}, {}, 10, 0};
  CHECK(engine->sample(asked).size() == 2);
}

TEST_CASE("a field with too many texts is many, and its numbers still count") {
  std::string text;
  for (int i = 0; i < 70'000; ++i) {
    text += R"({"id":"user-)" + std::to_string(i) + R"(","bytes":)" +
            std::to_string(10'000'000'000 + std::int64_t{i} * 1'000'000) + "}\n";
  }
  SimWorld world;
  world.put("a.log", text);
  std::string first;
  for (const unsigned threads : {1U, 2U, 4U}) {
    CAPTURE(threads);
    GatherOptions options = options_of({"a.log"}, threads);
    options.chunk_bytes = 100'000;
    const auto engine = read(world, options);
    const FieldSummary* id = engine->schema().field("id");
    const FieldSummary* bytes = engine->schema().field("bytes");
    CHECK(id->many);
    CHECK(id->distinct > 69'000);
    CHECK(id->numbers == 0);
    CHECK(bytes->many);
    CHECK(bytes->numbers == 70'000);
    CHECK(bytes->least == 10'000'000'000);
    CHECK(bytes->most == 79'999'000'000);
    const double median = engine->quant({"bytes", "", {}, {}}).groups.front().second.quantile(0.5);
    CHECK(median == doctest::Approx(45e9).epsilon(0.03));
    const std::string schema = told(engine->schema());
    if (first.empty()) first = schema;
    CHECK(schema == first);
  }
}

TEST_CASE("a unit may have any number of values") {
  std::string text;
  for (int i = 0; i < 3000; ++i) {
    text += R"({"request_id":"id-)" + std::to_string(1000 + i % 10) + R"(","item":)" +
            std::to_string(i % 300) + "}\n";
  }
  SimWorld world;
  world.put("a.log", text);
  GatherOptions options = options_of({"a.log"}, 1);
  options.unit_field = "request_id";
  const auto engine = read(world, options);
  engine->judge(everything_good());
  const FacetQuery query{{"item", {}, {}}, {}, {{}}, 1000};
  const FacetTally tally = engine->facets({&query, 1}).front();
  CHECK(tally.all[0].total == 10);
  REQUIRE(tally.values.size() == 300);
  for (const FacetValue& value : tally.values) REQUIRE(value.windows[0].total == 1);
}

TEST_CASE("more than 65,536 values of a field stay apart from its absence") {
  std::string text;
  for (int i = 0; i < 66'000; ++i) text += "n=" + std::to_string(i) + " level=info\n";
  text += "level=info\n";
  SimWorld world;
  world.put("a.log", text);
  const auto engine = read(world, options_of({"a.log"}, 2));
  engine->judge(everything_good());
  const FacetQuery query{{"n", {}, {}}, {}, {{}}, 100'000};
  const FacetTally tally = engine->facets({&query, 1}).front();
  CHECK(tally.values.size() == 66'001);
  for (const FacetValue& value : tally.values) REQUIRE(value.windows[0].total == 1);
}

TEST_CASE("sources without a line, an event or an end of line are read") {
  SimWorld world;
  world.put("empty.log", "");
  world.put("blank.log", "\n\n\n");
  world.put("one.log", R"({"ts":"2025-11-20T14:00:00Z"})");
  for (const unsigned threads : {1U, 3U}) {
    const auto engine = read(world, options_of({"empty.log", "blank.log", "one.log"}, threads));
    CHECK(engine->schema().events == 1);
    CHECK(engine->schema().sources.size() == 3);
    engine->judge(everything_good());
    CHECK(engine->sample({{}, {}, {}, 10, 0}).size() == 1);
  }
}

TEST_CASE("lines that continue no event are skipped lines, wherever they are cut") {
  SimWorld world;
  world.put("licence.txt", "   Redistribution and use\n\n   in source and binary forms\n");
  world.put("stack.log",
            "    at shop.Pool.take(Pool.java:7)\n"
            "    at shop.Cart.pay(Cart.java:9)\n"
            "2025-11-20T14:00:00Z ERROR order 7 lost\n"
            "    at shop.Cart.pay(Cart.java:9)\n"
            "2025-11-20T14:00:01Z INFO order 8 stored\n");
  for (const std::size_t chunk_bytes : {std::size_t{20}, std::size_t{1} << 20}) {
    GatherOptions options = options_of({"licence.txt", "stack.log"}, 2);
    options.chunk_bytes = chunk_bytes;
    const auto engine = read(world, options);
    const std::vector<SourceSummary>& sources = engine->schema().sources;
    CHECK(sources[0].events == 0);
    CHECK(sources[0].skipped == 2);
    CHECK(sources[0].first_skipped == "   Redistribution and use");
    CHECK(sources[1].events == 2);
    CHECK(sources[1].skipped == 2);
    CHECK(sources[1].first_skipped_line == 1);
    CHECK(engine->schema().skipped == 4);
  }
}

TEST_CASE("a source without any event has no units and no answers") {
  SimWorld world;
  world.put("blank.log", "\n");
  const auto engine = read(world, options_of({"blank.log"}, 2));
  const Judged judged = engine->judge(everything_good());
  CHECK(judged.units + judged.unjudged == 0);
  const Time at = from_nanoseconds(0);
  const std::chrono::seconds second(1);
  CHECK(engine->hist({{}, {at, at + second}, second}).counts.size() == 1);
  CHECK(engine->templates({{}, {{}}}).empty());
  CHECK(engine->series({"", "template", {at, at + second}, second}).series.empty());
  CHECK(engine->around({at, second, second, 5}).empty());
  CHECK(engine->sample({{}, {}, {}, 5, 0}).empty());
  CHECK(engine->first_seen({}) == no_time);
}

}  // namespace culprit
