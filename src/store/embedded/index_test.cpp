// What an index gives back is what reading would have given; a damaged or stale one is not used.
#include "store/embedded/index.h"

#include <doctest/doctest.h>

#include "store/embedded/embedded.h"
#include "store/naive.h"
#include "store/oracle_questions.h"

namespace culprit {
namespace {

// Everything fits, however small the source is.
GatherOptions::Indexing everything() {
  GatherOptions::Indexing index;
  index.folder = "/sim/index";
  index.share_max = 1000;
  index.bytes_min = 1;
  return index;
}

GatherOptions options_of(OracleDice& dice, std::vector<std::string> sources) {
  GatherOptions options;
  options.sources = std::move(sources);
  static const std::vector<std::string> units = {"", "", "line", "request_id", "user_id", "after"};
  options.unit_field = dice.of(units);
  options.threads = 1 + static_cast<unsigned>(dice.below(3));
  options.chunk_bytes = 1 + dice.below(6000);
  options.index = everything();
  return options;
}

void ask_something_else(OracleDice& dice, GatherOptions& options) {
  if (dice.one_in(2)) options.bad = expr_of(oracle_expr(dice, 2));
  if (options.bad && dice.one_in(3)) options.good = expr_of(oracle_expr(dice, 1));
  if (dice.one_in(3)) {
    const Time base = from_nanoseconds(1'763'647'200'000'000'000);
    options.window = {base + std::chrono::seconds(dice.below(60)),
                      base + std::chrono::seconds(60 + dice.below(200))};
  }
}

std::unique_ptr<Embedded> read(World& world, const GatherOptions& options) {
  auto engine = Embedded::gather(world, options);
  REQUIRE(engine);
  REQUIRE((*engine)->keep_indexes(options));
  return std::move(engine).value();
}

std::size_t indexes_in(SimWorld& world) {
  const auto names = world.list("/sim/index");
  return names ? names->size() : 0;
}

void check_same(const Answers& expected, const Answers& got) {
  REQUIRE(expected.size() == got.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    INFO(expected[i].first);
    REQUIRE(got[i].second == expected[i].second);
  }
}

std::size_t compare(std::uint64_t first, std::uint64_t last) {
  std::size_t used = 0;
  for (std::uint64_t seed = first; seed <= last; ++seed) {
    CAPTURE(seed);
    OracleDice dice(seed);
    SimWorld world;
    std::vector<std::string> names = oracle_sources(dice, world, 60, dice.one_in(3) ? 0 : 25);
    GatherOptions options = options_of(dice, names);
    read(world, options);
    used += indexes_in(world) > 0 ? 1 : 0;
    for (int question = 0; question < 3; ++question) {
      ask_something_else(dice, options);
      const std::string* content = world.content(names.front());
      if (content != nullptr && content->ends_with('\n') && dice.one_in(3)) {
        world.put(names.front(), *content + content->substr(content->find('\n') + 1));
      }
      auto naive = Naive::gather(world, options);
      REQUIRE(naive);
      check_same(ask(**naive, options, seed), ask(*read(world, options), options, seed));
    }
  }
  return used;
}

std::string lines(int count, int from = 0) {
  std::string text;
  for (int i = from; i < from + count; ++i) {
    text += fmt::format(
        "ts=2025-11-20T14:{:02}:{:02}Z level={} host=h{} user=u{} request_id=r{} "
        "status={}\n",
        i / 60 % 60, i % 60, i % 7 == 0 ? "error" : "info", i % 3, i * 7919 % 1000, i / 2,
        i % 7 == 0 ? 500 : 200);
  }
  return text;
}

GatherOptions options_for(std::vector<std::string> sources) {
  GatherOptions options;
  options.sources = std::move(sources);
  options.index = everything();
  return options;
}

bool noted(const Embedded& engine, std::string_view words) {
  for (const SourceSummary& source : engine.schema().sources) {
    for (const SourceNote& note : source.notes) {
      if (note.code == "index" && note.text.find(words) != std::string::npos) return true;
    }
  }
  return false;
}

std::string index_name(SimWorld& world) {
  const auto names = world.list("/sim/index");
  REQUIRE(names);
  REQUIRE(names->size() == 1);
  return "/sim/index/" + names->front();
}

}  // namespace

TEST_CASE("an index answers every question as reading does") { CHECK(compare(1, 60) > 20); }

TEST_CASE("lines that were appended are read, and nothing else") {
  SimWorld world;
  world.put("a.log", lines(5000));
  read(world, options_for({"a.log"}));
  world.put("a.log", lines(5000) + lines(10, 5000));
  GatherOptions options = options_for({"a.log"});
  std::uint64_t read_bytes = 0;
  options.progress = [&](std::uint64_t, std::uint64_t total) { read_bytes = total; };
  const auto engine = read(world, options);
  CHECK(engine->schema().events == 5010);
  CHECK(read_bytes < 2000);
}

TEST_CASE("a source that was written anew is read anew, whatever its size") {
  SimWorld world;
  world.put("a.log", lines(5000));
  read(world, options_for({"a.log"}));
  std::string other = lines(5000);
  other[other.size() / 2] ^= 1;
  world.put("a.log", other);
  const auto engine = read(world, options_for({"a.log"}));
  CHECK(noted(*engine, "it is not what it was"));
  CHECK(noted(*read(world, options_for({"a.log"})), "it is not") == false);
}

TEST_CASE("any byte of an index that is changed makes it unused or changes nothing") {
  SimWorld world;
  world.put("a.log", lines(300));
  const Answers expected = ask(*read(world, options_for({"a.log"})), options_for({"a.log"}), 1);
  const std::string path = index_name(world);
  const std::string whole = *world.content(path);
  OracleDice dice(5);
  for (int time = 0; time < 300; ++time) {
    std::string damaged = whole;
    if (dice.one_in(4)) damaged.resize(dice.below(whole.size()));
    if (!damaged.empty())
      damaged[dice.below(damaged.size())] ^= static_cast<char>(1 + dice.below(255));
    world.put(path, damaged);
    auto engine = Embedded::gather(world, options_for({"a.log"}));
    REQUIRE(engine);
    check_same(expected, ask(**engine, options_for({"a.log"}), 1));
  }
}

TEST_CASE("what the index does not hold is read again, and that is said") {
  SimWorld world;
  world.put("a.log", lines(20'000));
  GatherOptions options = options_for({"a.log"});
  options.index.share_max = 0.12;
  options.chunk_bytes = 1 << 18;
  read(world, options);
  CHECK(static_cast<double>(world.content(index_name(world))->size()) <= 0.12 * 20'000 * 100);
  options.bad = *parse_expr("request_id = r7");
  const auto engine = read(world, options);
  CHECK(noted(*engine, "request_id is not in the index"));
  OutcomeRule rule;
  rule.how = OutcomeRule::How::given;
  rule.bad = options.bad;
  CHECK(engine->judge(rule).bad == 1);
}

TEST_SUITE("long") {
  TEST_CASE("an index answers as reading does, many times more") { compare(61, 1'000); }
}

}  // namespace culprit
