// With the index of an earlier run, `logs` shows what it shows without, line for line.
#include <doctest/doctest.h>

#include <random>

#include "base/sim_world.h"
#include "store/embedded/embedded.h"
#include "store/embedded/matching.h"
#include "workbench/logs.h"

namespace culprit {
namespace {

class Dice {
 public:
  explicit Dice(std::uint64_t seed) : engine_(seed) {}
  std::size_t below(std::size_t n) { return engine_() % n; }
  bool one_in(std::size_t n) { return below(n) == 0; }

 private:
  std::mt19937_64 engine_;
};

std::string time_text(std::size_t milliseconds) {
  return fmt::format("2025-11-20T14:{:02}:{:02}.{:03}Z", milliseconds / 60'000 % 60,
                     milliseconds / 1000 % 60, milliseconds % 1000);
}

std::string json_line(Dice& dice, const std::string& time) {
  static constexpr std::string_view levels[] = {"info", "info", "warn", "error"};
  std::string line = fmt::format(R"({{"ts":"{}","level":"{}","msg":"took {} ms","status":{})", time,
                                 levels[dice.below(4)], dice.below(50), 200 + 100 * dice.below(4));
  if (!dice.one_in(3)) line += fmt::format(R"(,"region":"r{}")", dice.below(3));
  if (dice.one_in(4)) line += fmt::format(R"(,"tags":["a{}","b"])", dice.below(2));
  return line + "}\n";
}

std::string text_line(Dice& dice, const std::string& time) {
  std::string line =
      fmt::format("{} {} shop - charge region=r{} status={}\n", time,
                  dice.one_in(4) ? "ERROR" : "INFO", dice.below(3), 200 + 100 * dice.below(4));
  for (std::size_t i = dice.one_in(5) ? dice.below(4) : 0; i > 0; --i)
    line += "\tat Charge.java:7\n";
  return line;
}

// Mostly in order; now and then a step back that a merge puts right, or what makes an index unfit.
std::string lines(Dice& dice, std::size_t from, std::size_t count, bool json) {
  std::string text;
  const bool odd = dice.one_in(5);
  for (std::size_t i = from; i < from + count; ++i) {
    std::size_t at = 100'000 + i * 400 - dice.below(900);
    if (odd && dice.one_in(60)) at -= 5'000 + dice.below(80'000);
    const std::string time = odd && dice.one_in(60) ? "" : time_text(at);
    text += json ? json_line(dice, time) : text_line(dice, time);
    if (odd && dice.one_in(60)) text += json ? "{\"ts\":\n" : "???\n";
  }
  return text;
}

std::optional<Expr> condition(Dice& dice) {
  static constexpr std::string_view conditions[] = {"status >= 400",
                                                    "region = r1",
                                                    "region = r1 and status = 500",
                                                    "not region = r0",
                                                    "has(tags)",
                                                    "tags = a1",
                                                    "level = error",
                                                    "took > 40",
                                                    "nothing = 1",
                                                    "status = 300 or nothing != 2",
                                                    "region != r2 and has(took)",
                                                    "msg ~ 7"};
  if (dice.one_in(8)) return std::nullopt;
  return *parse_expr(std::string(conditions[dice.below(std::size(conditions))]));
}

LogsOptions asked(Dice& dice) {
  LogsOptions options;
  options.where = condition(dice);
  if (!options.where || dice.one_in(4)) options.level = Level::warn;
  if (dice.one_in(3)) {
    const Time base = from_nanoseconds(1'763'647'200'000'000'000);  // 14:00
    const Time from = base + std::chrono::seconds(60 + dice.below(200));
    options.since = Moment{Moment::Kind::instant, from, 0, Duration{0}};
    options.until = options.since;
    options.until->instant += std::chrono::seconds(dice.below(120));
  }
  options.gather.sources = {"a.log", "b.log"};
  options.gather.threads = 2;
  return options;
}

std::string shown(SimWorld& world, const LogsOptions& options) {
  auto opened = LogView::open(world, options);
  REQUIRE(opened);
  LogView view = std::move(opened).value();
  std::string text;
  for (;;) {
    auto row = view.next();
    REQUIRE(row);
    if (!*row) break;
    const Record& record = *(*row)->record;
    text += fmt::format("{}:{} {}{}\n", record.source, record.offset, record.late ? "late " : "",
                        record.text);
  }
  const LogsSummary told = view.summary();
  return text +
         fmt::format("{} rows, {} late, {} untimed, {} unreadable, unseen {}\n", told.rows,
                     told.counts.late, told.counts.untimed, told.counts.unreadable,
                     told.rows > 0 ? "" : fmt::format("{}", fmt::join(told.unseen_fields, ",")));
}

GatherOptions::Indexing everything() {
  GatherOptions::Indexing index;
  index.folder = "/sim/index";
  index.share_max = 1000;
  index.bytes_min = 1;
  return index;
}

void keep_index(SimWorld& world, Dice& dice) {
  GatherOptions options;
  options.sources = {"a.log", "b.log"};
  options.index = everything();
  options.chunk_bytes = 1 + dice.below(6000);
  auto engine = Embedded::gather(world, options);
  REQUIRE(engine);
  REQUIRE((*engine)->keep_indexes(options));
}

// How many sources an index answered for.
std::size_t answered(SimWorld& world, const LogsOptions& options) {
  auto sources = find_sources(world, options.gather);
  REQUIRE(sources);
  std::vector<Source> found = *sources;
  const UnitRule unit = find_units(found, options.gather);
  std::size_t count = 0;
  for (Source& source : found) {
    const EventQuestion question{options.where, options.level, {}};
    count += matching_ranges(world, options.gather, unit, source, question) ? 1 : 0;
  }
  return count;
}

std::size_t compare(std::uint64_t first, std::uint64_t last) {
  std::size_t used = 0;
  for (std::uint64_t seed = first; seed <= last; ++seed) {
    CAPTURE(seed);
    Dice dice(seed);
    SimWorld world;
    std::string a = lines(dice, 0, 400, true);
    const std::string b = lines(dice, 0, 400, dice.one_in(2));
    world.put("a.log", a);
    world.put("b.log", b);
    keep_index(world, dice);
    if (dice.one_in(2)) world.put("a.log", a += lines(dice, 400, 1 + dice.below(40), true));
    for (int question = 0; question < 6; ++question) {
      LogsOptions options = asked(dice);
      const std::string expected = shown(world, options);
      options.gather.index = everything();
      CHECK(shown(world, options) == expected);
      used += answered(world, options);
    }
  }
  return used;
}

}  // namespace

TEST_CASE("logs by an index are the logs") { CHECK(compare(1, 60) > 200); }

TEST_SUITE("long") {
  TEST_CASE("logs by an index are the logs, many times more") { compare(61, 2'000); }
}

}  // namespace culprit
