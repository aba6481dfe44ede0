#include "workbench/shrink.h"

#include <atomic>

#include <doctest/doctest.h>

#include "base/dice.h"
#include "event/expr.h"

namespace culprit {
namespace {

Trial ended(int code, std::string said = "") {
  Trial trial;
  trial.exit_code = code;
  trial.seconds = 0.5;
  trial.error.text = std::move(said);
  return trial;
}

// A search whose command is a function of what is applied.
ShrinkOptions searching(std::size_t count, std::function<Trial(const Subset&)> command) {
  ShrinkOptions options;
  options.count = count;
  options.setup.command = {"true"};
  options.run = [command = std::move(command)](const Subset& set, const TrialSetup&,
                                               const TrialWatch&) -> Result<Trial> {
    return command(set);
  };
  return options;
}

Shrunk run(const ShrinkOptions& options) {
  const auto world = real_world();
  auto made = shrink(*world, options);
  REQUIRE_MESSAGE(made.has_value(), made.error().what);
  return std::move(made).value();
}

}  // namespace

TEST_CASE("what is needed is found, with what the command said last") {
  const Shrunk made = run(searching(40, [](const Subset& set) {
    return set[3] && set[30] ? ended(7, "first\nboom\n") : ended(0);
  }));
  CHECK(made.verdict == Shrunk::Verdict::found);
  CHECK(members_of(made.kept) == std::vector<std::size_t>{3, 30});
  CHECK(made.failure.reason == "exit 7");
  CHECK(made.failure.said == "boom");
  CHECK(made.kept_counts.bad == 3);
  CHECK(made.seconds == doctest::Approx(0.5 * static_cast<double>(made.tests + made.checks)));
}

TEST_CASE("each end that says nothing new is told by its name") {
  CHECK(run(searching(0, [](const Subset&) { return ended(0); })).end == Shrunk::End::equal);
  const Shrunk fails = run(searching(5, [](const Subset&) { return ended(1); }));
  CHECK(fails.end == Shrunk::End::good_fails);
  CHECK(fails.verdict == Shrunk::Verdict::no_difference);
  CHECK(fails.good_counts.bad == 3);
  CHECK(run(searching(5, [](const Subset&) { return ended(0); })).end == Shrunk::End::bad_passes);
  const Shrunk untestable = run(searching(5, [](const Subset&) { return ended(125); }));
  CHECK(untestable.end == Shrunk::End::untestable);
  CHECK(untestable.verdict == Shrunk::Verdict::inconclusive);
  CHECK(untestable.unjudged_reasons.begin()->second == 3);
}

TEST_CASE("a command that asks for the end gets it, and what was known stays") {
  std::atomic<int> runs = 0;
  const Shrunk made = run(searching(
      64, [&](const Subset& set) { return ++runs > 8 ? ended(200) : ended(set[60] ? 1 : 0); }));
  CHECK(made.end == Shrunk::End::asked_to_stop);
  CHECK(size_of(made.kept) < 64);
  CHECK(made.kept[60]);
}

TEST_CASE("a budget that is spent leaves the smallest set so far") {
  ShrinkOptions options = searching(64, [](const Subset& set) { return ended(set[60] ? 1 : 0); });
  options.trials_max = 8;
  const Shrunk made = run(options);
  CHECK(made.end == Shrunk::End::trials_spent);
  CHECK(made.tests + made.checks == 8);
  CHECK(size_of(made.kept) < 64);
  CHECK(made.kept[60]);
}

TEST_CASE("another failure than the one that is meant does not count") {
  ShrinkOptions options = searching(16, [](const Subset& set) {
    if (set[4]) return ended(1, "deadlock");
    return set[5] ? ended(1, "typo") : ended(0);
  });
  options.signature = parse_expr("stderr ~ deadlock").value();
  const Shrunk made = run(options);
  CHECK(members_of(made.kept) == std::vector<std::size_t>{4});
}

TEST_CASE("a flaky command keeps several workers busy") {
  std::atomic<std::uint64_t> runs = 0;
  ShrinkOptions options = searching(16, [&](const Subset& set) {
    const double thrown = Dice(++runs).uniform();
    return ended(set[2] && set[9] && thrown < 0.5 ? 1 : 0);
  });
  options.workers = 3;
  const Shrunk made = run(options);
  CHECK(made.verdict == Shrunk::Verdict::found);
  CHECK(made.flaky);
  CHECK(members_of(made.kept) == std::vector<std::size_t>{2, 9});
  CHECK(made.tests + made.checks <= runs.load());  // the last ones were not waited for
  CHECK(made.tests + made.checks + options.workers > runs.load());
}

TEST_CASE("an answer that merely leans is not called found") {
  std::size_t unsure = 0;
  std::size_t clear = 0;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    std::uint64_t runs = 1000 * seed;
    ShrinkOptions options =
        searching(3, [&](const Subset&) { return ended(Dice(++runs).uniform() < 0.5 ? 1 : 0); });
    options.search.rates = SetSearch::Rates{0.45, 0.55};
    const Shrunk near = run(options);
    if (near.end == Shrunk::End::unsure) {
      ++unsure;
      CHECK(near.verdict == Shrunk::Verdict::inconclusive);
    }
    options = searching(3, [&](const Subset& set) {
      return ended(set[1] && Dice(++runs).uniform() < 0.5 ? 1 : 0);
    });
    options.search.rates = SetSearch::Rates{0, 0.5};
    clear += run(options).end == Shrunk::End::searched ? 1 : 0;
  }
  CHECK(unsure >= 5);
  CHECK(clear == 20);
}

TEST_CASE("what cannot be run is told with what it says") {
  const auto world = real_world();
  const auto made =
      shrink(*world, searching(4, [](const Subset&) { return ended(127, "sh: x: not found"); }));
  REQUIRE(!made.has_value());
  CHECK(made.error().fault == Fault::usage);
  CHECK(made.error().advice == "it says: sh: x: not found");
}

TEST_CASE("what is not found at BAD only is a failure like others") {
  CHECK(members_of(run(searching(4, [](const Subset& set) {
                     return set[1] ? ended(127, "x: not found") : ended(0);
                   })).kept) == std::vector<std::size_t>{1});
}

TEST_CASE("a candidate that finds no command fails as in a shell, once GOOD was known") {
  ShrinkOptions options = searching(4, nullptr);
  options.run = [](const Subset& set, const TrialSetup&, const TrialWatch&) -> Result<Trial> {
    if (set[2]) return error(Fault::usage, "no such command: app");
    return ended(0);
  };
  const Shrunk made = run(options);
  CHECK(members_of(made.kept) == std::vector<std::size_t>{2});
  CHECK(made.failure.reason == "exit 127");
  CHECK(made.failure.said == "no such command: app");
}

TEST_CASE("another failure than BAD's own is known as one") {
  const Shrunk other = run(searching(3, [](const Subset& set) {
    if (set[2] && !set[0]) return ended(3, "config error");
    return set[1] ? ended(1, "too many connections") : ended(0);
  }));
  CHECK(other.failure.reason == "exit 3");
  CHECK(other.bad.said == "too many connections");
  CHECK(other.bad.ended == "exit = 1");
  CHECK(!other.fails_as_bad);
  CHECK(run(searching(3, [](const Subset& set) { return ended(set[1] ? 1 : 0); })).fails_as_bad);
}

TEST_CASE("of what was found it is told without how many it could not be judged") {
  const auto untold = [](std::size_t judged) {
    return run(searching(4,
                         [judged](const Subset& set) {
                           const std::size_t size = size_of(set);
                           if (size == 0 || (size == 3 && !set[3] && judged > 0)) return ended(0);
                           return ended(size == 4 ? 1 : 125);
                         }))
        .untold;
  };
  CHECK(untold(0) == 4);
  CHECK(untold(1) == 3);
}

}  // namespace culprit
