#include "workbench/shrink_rounds.h"

#include <doctest/doctest.h>

namespace culprit {
namespace {

// A search whose command fails as a function of what is applied says.
ShrinkOptions searching(std::size_t count, std::function<bool(const Subset&)> fails) {
  ShrinkOptions options;
  options.count = count;
  options.setup.command = {"true"};
  options.run = [fails = std::move(fails)](const Subset& set, const TrialSetup&,
                                           const TrialWatch&) -> Result<Trial> {
    Trial trial;
    trial.exit_code = fails(set) ? 1 : 0;
    return trial;
  };
  return options;
}

Shrunk run(const ShrinkOptions& options, std::size_t at_once) {
  const auto world = real_world();
  auto made = shrink_in_rounds(*world, options, at_once);
  REQUIRE_MESSAGE(made.has_value(), made.error().what);
  return std::move(made).value();
}

}  // namespace

TEST_CASE("more differences than a search takes are searched in rounds") {
  std::size_t most = 0;
  const Shrunk made = run(searching(1000,
                                    [&](const Subset& set) {
                                      most = std::max(most, set.size());
                                      return set[17] && set[18] && set[999];
                                    }),
                          8);
  CHECK(made.verdict == Shrunk::Verdict::found);
  CHECK(members_of(made.kept) == std::vector<std::size_t>{17, 18, 999});
  CHECK(most == 1000);
  CHECK(made.good_counts.good > 2);
  CHECK(made.bad_counts.bad == 2);
}

TEST_CASE("rounds share the trials there are, and end where a whole would not shrink") {
  ShrinkOptions options = searching(1000, [](const Subset& set) { return set[500]; });
  options.trials_max = 20;
  const Shrunk spent = run(options, 10);
  CHECK(spent.end == Shrunk::End::trials_spent);
  CHECK(spent.tests + spent.checks == 20);
  CHECK(spent.kept[500]);
  CHECK(size_of(spent.kept) < 1000);
  const Shrunk all = run(searching(9, [](const Subset& set) { return size_of(set) == 9; }), 4);
  CHECK(all.verdict == Shrunk::Verdict::inconclusive);
  CHECK(size_of(all.kept) == 9);
}

TEST_CASE("what fails in one round only is not called found") {
  bool first = true;
  const Shrunk made = run(searching(100,
                                    [&](const Subset& set) {
                                      if (size_of(set) == 1) first = false;
                                      const std::size_t size = size_of(set);
                                      return size >= 50 && first;
                                    }),
                          2);
  CHECK(made.verdict != Shrunk::Verdict::no_difference);
}

}  // namespace culprit
