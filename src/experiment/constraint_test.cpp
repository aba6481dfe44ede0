#include "experiment/constraint.h"

#include <doctest/doctest.h>

#include "experiment/scratch_test.h"

namespace culprit {
namespace {

std::string read(std::string_view text) {
  const Result<Factor> factor = read_factor(text);
  if (!factor) return fmt::format("{} | {}", factor.error().what, factor.error().advice);
  return fmt::format("{}: {}", factor->name(), fmt::join(factor->levels, " "));
}

TrialSetup applied(std::string_view text, std::string_view level) {
  TrialSetup setup;
  const Result<Factor> factor = read_factor(text);
  REQUIRE(factor);
  REQUIRE(factor->apply(level, setup));
  return setup;
}

}  // namespace

TEST_CASE("what stands behind --vary") {
  struct Row {
    std::string_view text;
    std::string_view read;
  };
  const Row rows[] = {
      {"starvation=0..4", "starvation: off 1 2 4"},
      {"starvation", "starvation: off 1 2 4 8"},
      {"stalls=0.1..0.2", "stalls: 10% 20%"},
      {"processors", "processors: off 1"},
      {"idle", "idle: off on"},
      {"memory=64MiB..256MiB", "memory: 256MiB 128MiB 64MiB"},
      {"descriptors=32", "descriptors: off 32"},
      {"tz=UTC,Asia/Kolkata", "tz: UTC Asia/Kolkata"},
      {"clock=+1d,leap-day", "clock: +1d leap-day"},
      {"env(REGION)=us,eu", "env(REGION): us eu"},
      {"env(FLAGS)=a=(b)=c,off", "env(FLAGS): a=(b)=c off"},
      {"disk_full(/var/lib)=0..2", "disk_full(/var/lib): 2B 1B 0B"},
      {"disk_delay=1ms", "disk_delay: off 1ms"},
      {"seed(PYTHONHASHSEED)", "seed(PYTHONHASHSEED): off on"},
      {"locale", "locale: C C.UTF-8"},
      {"starvatoin=1", "nothing called \"starvatoin\" can be varied | did you mean starvation?"},
      {"memory=64..1", "64 is not between 4MiB and 1048576GiB | "},
      {"tz=Moon/Sea",
       "no such time zone: Moon/Sea | use a name such as Europe/Berlin, an offset such as +02:00, "
       "UTC or local"},
      {"tz(a)=UTC,local", "tz takes nothing in parentheses | "},
      {"env=a,b", "env needs a name: env(NAME) | "},
      {"env()=a,b", "env needs a name: env(NAME) | "},
      {"env(A=B)=a,b", "A=B is no name of a variable | "},
      {"env(A", "env(A: a \")\" is missing | "},
      {"env(A)", "env(A) needs levels: env(A)=A,B | "},
      {"env(A)=a", "env needs two values at least | for example \"env(REGION)=us,eu\""},
      {"seed(A)=3", "seed is off or on, not 3 | "},
      {"clock=noon",
       "the clock cannot be set to noon | +1d, -1h, an instant such as 2028-02-29T12:00:00Z, "
       "leap-day, year-end, 2038, dst-gap or dst-overlap"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    CHECK(read(row.text) == row.read);
  }
  CHECK(read("").starts_with("nothing called \"\" can be varied | one of starvation, "));
}

TEST_CASE("what a level writes into a setup") {
  CHECK(applied("starvation", "4").hogs == 4);
  CHECK(applied("stalls", "20%").stalls.share == doctest::Approx(0.2));
  CHECK(applied("processors", "1").limits.processors == 1U);
  CHECK(applied("idle", "on").limits.idle);
  CHECK(applied("memory", "64MiB").limits.memory_bytes_max == 64U << 20);
  CHECK(applied("descriptors", "32").limits.descriptors_max == 32U);
  CHECK(applied("file_size", "4KiB").limits.file_bytes_max == 4096U);
  CHECK(applied("tz", "Asia/Kolkata").environment.at("TZ") == "Asia/Kolkata");
  CHECK(applied("clock", "2038").clock == "2038");
  CHECK(applied("env(A)=off,on", "off").environment.at("A") == "off");
  CHECK(applied("locale", "C").environment.at("LC_ALL") == "C");
  CHECK(applied("seed(S)", "on").fresh_numbers == std::vector<std::string>{"S"});
  CHECK(applied("disk_full(/x)", "1KiB").disk_full->folder == "/x");
  CHECK(applied("disk_full", "1KiB").disk_full->bytes_max == 1024U);
  CHECK(applied("disk_delay", "5ms").disk_delay->each == std::chrono::milliseconds(5));
}

TEST_CASE("every row has levels that it can apply, and its harmless one changes nothing") {
  for (const Constraint& row : constraints()) {
    CAPTURE(row.name);
    std::string text(row.name);
    if (row.argument == Constraint::Argument::wanted) text += "(NAME)";
    if (row.range.empty()) text += "=a,b";
    const Result<Factor> factor = read_factor(text);
    REQUIRE(factor);
    CHECK(factor->levels.size() >= 2);
    CHECK(factor->levels.size() <= 8);
    for (const std::string& level : factor->levels) {
      TrialSetup setup;
      CHECK(factor->apply(level, setup));
    }
    if (factor->levels[0] != "off") continue;
    TrialSetup setup;
    REQUIRE(factor->apply("off", setup));
    CHECK(setup.environment.empty());
    CHECK(setup.fresh_numbers.empty());
    CHECK_FALSE(setup.limits.processors);
    CHECK_FALSE(setup.disk_delay);
  }
}

TEST_CASE("a level that is none is refused") {
  TrialSetup setup;
  CHECK_FALSE(read_factor("memory")->apply("much", setup));
  CHECK_FALSE(read_factor("processors")->apply("0", setup));
}

TEST_CASE("what this machine cannot apply says why") {
  const std::unique_ptr<World> world = real_world();
  const TestFolder folder;
  TrialSetup setup;
  setup.command = {"sh", "-c", "true"};
  for (const std::string_view text :
       {"starvation", "stalls", "processors", "idle", "memory", "descriptors", "file_size", "tz",
        "clock", "env(A)=a,b", "disk_full", "disk_delay", "seed(A)", "locale"}) {
    CAPTURE(text);
    CHECK(read_factor(text)->available(setup, *world));
  }
  const Status processors = read_factor("processors=1..8192")->available(setup, *world);
  REQUIRE_FALSE(processors);
  CHECK(processors.error().advice.starts_with("--vary processors=1.."));
  CHECK(read_factor("locale=C,xx_YY")->available(setup, *world).error().what ==
        "the locale xx_YY is not installed");
  ::setenv("CULPRIT_SHIM", "/nowhere.so", 1);
  CHECK_FALSE(read_factor("disk_full")->available(setup, *world));
  CHECK(read_factor("clock")->available(setup, *world));  // libfaketime is there
  ::setenv("CULPRIT_FAKETIME", "none", 1);
  CHECK_FALSE(read_factor("clock")->available(setup, *world));
  ::unsetenv("CULPRIT_FAKETIME");
}

}  // namespace culprit
