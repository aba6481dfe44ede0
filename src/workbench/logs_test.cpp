#include "workbench/logs.h"

#include <doctest/doctest.h>

#include <random>

#include "base/sim_world.h"
#include "store/embedded/embedded.h"
#include "workbench/log_templates.h"
#include "workbench/unit_selection.h"

namespace culprit {
namespace {

// Event n stands on line n; the first and third are one unit, the second and fourth another.
const std::string gateway =
    R"({"ts":"2025-11-20T14:00:00Z","msg":"request began","trace_id":"aaaa1111","region":"eu",)"
    R"("level":"info"})"
    "\n"
    R"({"ts":"2025-11-20T14:00:01Z","msg":"request began","trace_id":"bbbb2222","region":"us",)"
    R"("level":"info"})"
    "\n"
    R"({"ts":"2025-11-20T14:00:02Z","level":"error","msg":"timeout after 3000 ms",)"
    R"("trace_id":"aaaa1111","status":504})"
    "\n"
    R"({"ts":"2025-11-20T14:00:04Z","level":"info","msg":"request ended","trace_id":"bbbb2222",)"
    R"("status":200})"
    "\n"
    R"({"ts":"2025-11-20T14:01:00Z","level":"warn","msg":"disk is filling"})"
    "\n";
const std::string payments =
    "2025-11-20 14:00:01,500 INFO  charge order=o-17 trace=aaaa1111\n"
    "2025-11-20 14:00:03,000 ERROR refused order=o-18 trace=cccc3333\n"
    "  at charge.py:12\n";

SimWorld shop() {
  SimWorld world;
  world.put("gateway.ndjson", gateway);
  world.put("payments.log", payments);
  return world;
}

LogsOptions asking(std::string_view where = "") {
  LogsOptions options;
  options.gather.sources = {"gateway.ndjson", "payments.log"};
  options.gather.threads = 2;
  if (!where.empty()) {
    auto parsed = parse_expr(where);
    REQUIRE(parsed);
    options.where = *parsed;
  }
  return options;
}

struct Seen {
  std::string places;  // "g0 p0 …": first letter of the source, number of the line
  LogsSummary summary;
};

Seen seen(SimWorld& world, LogsOptions options) {
  auto view = LogView::open(world, std::move(options));
  REQUIRE(view);
  LogView opened = std::move(view).value();
  Seen all;
  for (;;) {
    const auto row = opened.next();
    REQUIRE(row);
    if (!*row) break;
    const std::string& bytes = *world.content((*row)->source->path);
    const auto line = std::count(
        bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>((*row)->record->offset), '\n');
    all.places += fmt::format("{}{} ", (*row)->source->name[0], line);
  }
  all.summary = opened.summary();
  return all;
}

std::string places(LogsOptions options) {
  SimWorld world = shop();
  return seen(world, std::move(options)).places;
}

Moment moment(std::string_view text) {
  const auto parsed = parse_moment(text);
  REQUIRE(parsed);
  return *parsed;
}

}  // namespace

TEST_CASE("two formats are one log in the order of time") {
  CHECK(places(asking()) == "g0 g1 p0 g2 p1 g3 g4 ");
}

TEST_CASE("--where selects events, slots of messages included; --units all events of the unit") {
  CHECK(places(asking("status >= 500")) == "g2 ");
  CHECK(places(asking("order = o-17")) == "p0 ");
  CHECK(places(asking("level in (error, ERROR)")) == "g2 p1 ");
  const auto units = [](std::string_view where) {
    LogsOptions options = asking(where);
    options.whole_units = true;
    options.gather.unit_field = "trace_id";
    return places(std::move(options));
  };
  CHECK(units("status >= 500") == "g0 g2 ");
  // Conditions may be met by different events of the unit.
  CHECK(units("status >= 500 and region = eu") == "g0 g2 ");
  CHECK(units("status >= 500 and region = us") == "");
  // None of the unit's events is an error; that one of them is none would not do.
  CHECK(units("level != error and has(trace_id)") == "g1 g3 ");
  CHECK(units("not has(status)") == "p0 p1 g4 ");
}

TEST_CASE("units join sources whose names for the id differ") {
  SimWorld world;
  std::string traced;
  std::string requested;
  for (int i = 0; i < 40; ++i) {
    traced += fmt::format(
        "{{\"ts\":\"2025-11-20T14:00:{:02}Z\",\"trace_id\":\"id-{:06}\",\"n\":{}}}\n", i, i, i);
    requested += fmt::format("2025-11-20T14:00:{:02}.5Z INFO done trace_id=id-{:06} status={}\n", i,
                             i, i == 7 ? 500 : 200);
  }
  world.put("gateway.ndjson", traced);
  world.put("payments.log", requested);
  LogsOptions options = asking("status = 500");
  options.whole_units = true;
  const Seen all = seen(world, std::move(options));
  CHECK(all.places == "g7 p7 ");
  CHECK(all.summary.units == 1U);
}

TEST_CASE("--level keeps that level and above") {
  LogsOptions options = asking();
  options.level = Level::warn;
  CHECK(places(std::move(options)) == "g2 p1 g4 ");
}

TEST_CASE("--at shows what is around an instant, both ends included") {
  LogsOptions options = asking();
  options.at = moment("14:00:02");
  options.around = std::chrono::seconds(1);
  CHECK(places(options) == "g1 p0 g2 p1 ");
  options.at = moment("-56s");
  options.around = std::chrono::seconds(0);
  CHECK(places(options) == "g3 ");
  options.since = moment("2025-11-20T14:00:03Z");
  options.at = moment("2025-11-20T14:00:03Z");
  options.around = std::chrono::seconds(1);
  CHECK(places(options) == "p1 g3 ");
}

TEST_CASE("--since and --until bound what is shown") {
  LogsOptions options = asking();
  options.since = moment("14:00:02");
  options.until = moment("14:00:04");
  CHECK(places(options) == "g2 p1 ");
}

TEST_CASE("the newest event of a packed source counts too") {
  // gzip of {"ts":"2025-11-21T09:00:00Z","n":1} and a line end.
  constexpr unsigned char packed[] = {
      0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0xab, 0x56, 0x2a, 0x29,
      0x56, 0xb2, 0x52, 0x32, 0x32, 0x30, 0x32, 0xd5, 0x35, 0x34, 0xd4, 0x35, 0x32, 0x0c,
      0x31, 0xb0, 0xb4, 0x32, 0x30, 0x00, 0xa2, 0x28, 0x25, 0x1d, 0xa5, 0x3c, 0x25, 0x2b,
      0xc3, 0x5a, 0x2e, 0x00, 0x3b, 0x2f, 0x39, 0x8e, 0x24, 0x00, 0x00, 0x00};
  SimWorld world = shop();
  world.put("payments.log", std::string(packed, packed + sizeof packed));
  LogsOptions options = asking();
  options.at = moment("-0s");
  CHECK(seen(world, options).places == "p0 ");
  options.at = moment("14:00:01");  // of the day before, since 14:00 has not come yet
  options.around = std::chrono::seconds(0);
  CHECK(seen(world, options).places == "g1 ");
}

TEST_CASE("ids of templates are those that investigating the same evidence gives") {
  std::mt19937_64 dice(31);
  constexpr const char* users[] = {"ada", "bob", "cleo", "dan", "eve", "fay", "gus", "hal"};
  std::string bytes;
  for (int i = 0; i < 400; ++i) {
    bytes += fmt::format("{{\"ts\":\"2025-11-20T14:{:02}:{:02}Z\",\"msg\":\"user {} {}\"}}\n",
                         i / 60, i % 60, users[dice() % 8], dice() % 2 == 0 ? "came in" : "left");
  }
  SimWorld world = shop();
  world.put("users.ndjson", bytes);
  GatherOptions gather;
  gather.sources = {"gateway.ndjson", "payments.log", "users.ndjson"};
  auto engine = Embedded::gather(world, gather);
  REQUIRE(engine);
  const std::vector<Template> expected = merge_skeletons((*engine)->templates({{}, {Window{}}}));

  const auto sources = find_sources(world, gather);
  REQUIRE(sources);
  const auto found = LogTemplates::find(world, *sources, {});
  REQUIRE(found);
  bool merged = false;
  for (const Template& one : expected) {
    const auto skeletons = found->skeletons_of(one.id);
    REQUIRE(skeletons);
    CHECK(*skeletons ==
          std::unordered_set<std::uint64_t>(one.skeletons.begin(), one.skeletons.end()));
    merged |= one.skeletons.size() > 1;
    for (const std::uint64_t hash : one.skeletons) CHECK(found->of(hash)->text == one.text);
  }
  CHECK(merged);  // else this would not show that merging agrees
}

TEST_CASE("--template shows its lines; an unknown one names those that there are") {
  SimWorld world = shop();
  LogsOptions options = asking();
  options.details = true;
  auto opened = LogView::open(world, options);
  REQUIRE(opened);
  LogView view = std::move(opened).value();
  std::string began;
  for (;;) {
    const auto row = view.next();
    REQUIRE(row);
    if (!*row) break;
    REQUIRE((*row)->pattern != nullptr);
    if ((*row)->pattern->text == "request began") began = (*row)->pattern->id;
  }
  REQUIRE_FALSE(began.empty());
  options.details = false;
  options.template_id = began;
  CHECK(seen(world, options).places == "g0 g1 ");

  std::string mistyped = began;
  mistyped.back() = mistyped.back() == '0' ? '1' : '0';
  options.template_id = mistyped;
  const auto failed = LogView::open(world, options);
  REQUIRE_FALSE(failed);
  CHECK(failed.error().fault == Fault::usage);
  CHECK(failed.error().what == "there is no template " + mistyped + " in these sources");
  CHECK(failed.error().advice.starts_with("--template " + began + "   2 lines: request began"));
}

TEST_CASE("details of a row are the event's fields, then the slots of its message") {
  SimWorld world = shop();
  LogsOptions options = asking("status = 504");
  options.details = true;
  auto opened = LogView::open(world, options);
  REQUIRE(opened);
  LogView view = std::move(opened).value();
  const auto row = view.next();
  REQUIRE(row);
  REQUIRE(*row);
  std::string fields;
  for (const Field& field : (*row)->fields)
    fields += fmt::format("{}={} ", field.name, field.value);
  CHECK(fields ==
        "ts=2025-11-20T14:00:02Z level=error msg=timeout after 3000 ms trace_id=aaaa1111 "
        "status=504 after=3000 ");
  CHECK((*row)->pattern->text == "timeout after <*> ms");
}

TEST_CASE("unreadable sources are told and the others shown; none readable is an error") {
  SimWorld world = shop();
  world.deny("payments.log");
  const Seen all = seen(world, asking());
  CHECK(all.places == "g0 g1 g2 g3 g4 ");
  REQUIRE(all.summary.faults.size() == 1);
  CHECK(all.summary.faults[0].find("payments.log") != std::string::npos);
  world.deny("gateway.ndjson");
  const auto failed = LogView::open(world, asking());
  REQUIRE_FALSE(failed);
  CHECK(failed.error().fault == Fault::denied);
}

TEST_CASE("whole units of random logs are those that a naive look at all events gives") {
  std::mt19937_64 dice(32);
  constexpr const char* questions[] = {"a = 1 and b = 1",
                                       "a != 1",
                                       "not a = 1",
                                       "a > 1 or not has(b)",
                                       "not (a = 2 and b != 2)",
                                       "a in (0, 2) and a ~ \"[12]\""};
  for (const char* question : questions) {
    const auto expr = parse_expr(question);
    REQUIRE(expr);
    const auto shown = Shown::of(*expr);
    REQUIRE(shown);
    for (int round = 0; round < 200; ++round) {
      std::vector<std::vector<Field>> events(1 + dice() % 4);
      std::vector<Field> all;
      std::uint64_t bits = 0;
      SkeletonScratch scratch;
      for (std::vector<Field>& fields : events) {
        constexpr const char* values[] = {"0", "1", "2"};
        if (dice() % 3 != 0) fields.push_back({"a", values[dice() % 3], Kind::number});
        if (dice() % 3 == 0) fields.push_back({"b", values[dice() % 3], Kind::number});
        all.insert(all.end(), fields.begin(), fields.end());
        Event event;
        event.fields = fields;
        bits |= shown->in(SlottedEvent(event, scratch));
      }
      // A unit's field is the set of its events' values: as one event that has them all.
      Event unit;
      unit.fields = all;
      CHECK(shown->satisfied_by(bits) == holds(*expr, unit));
    }
  }
}

TEST_CASE("more comparisons than can be weighed at once are refused") {
  std::string text = "a = 0";
  for (int i = 1; i <= 32; ++i) text += fmt::format(" or a = {}", i);
  const auto expr = parse_expr(text);
  REQUIRE(expr);
  const auto shown = Shown::of(*expr);
  REQUIRE_FALSE(shown);
  CHECK(shown.error().fault == Fault::usage);
}

}  // namespace culprit
