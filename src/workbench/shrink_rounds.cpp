#include "workbench/shrink_rounds.h"

#include <algorithm>

namespace culprit {
namespace {

// Which of `count` differences a set of groups stands for; each group is `size` of those in `open`.
Subset members_in(const Subset& groups, const std::vector<std::size_t>& open, std::size_t size,
                  std::size_t count) {
  Subset made(count, false);
  for (std::size_t i = 0; i < open.size(); ++i) made[open[i]] = groups[i / size];
  return made;
}

TrialCounts sum(const TrialCounts& one, const TrialCounts& other) {
  TrialCounts made = one;
  made.bad += other.bad;
  made.good += other.good;
  made.unjudged += other.unjudged;
  return made;
}

// What is known after another round: what it found, and what BAD was in the first one.
Shrunk added(const Shrunk& before, Shrunk round) {
  if (round.verdict == Shrunk::Verdict::no_difference) {  // what had failed does not, or GOOD does
    round.verdict = Shrunk::Verdict::inconclusive;
    round.end = Shrunk::End::inconsistent;
    round.kept = before.kept;
    round.kept_counts = before.kept_counts;
  }
  round.tests += before.tests;
  round.checks += before.checks;
  round.seconds += before.seconds;
  round.flaky = round.flaky || before.flaky;
  round.contradicted = round.contradicted || before.contradicted;
  round.fails_as_bad = round.fails_as_bad && before.fails_as_bad;
  round.bad = before.bad;
  round.bad_counts = before.bad_counts;
  round.good_counts = sum(round.good_counts, before.good_counts);
  for (const auto& [reason, times] : before.unjudged_reasons) {
    round.unjudged_reasons[reason] += times;
  }
  return round;
}

}  // namespace

Result<Shrunk> shrink_in_rounds(World& world, const ShrinkOptions& options, std::size_t at_once) {
  if (options.count <= at_once) return shrink(world, options);
  std::vector<std::size_t> open = members_of(Subset(options.count, true));
  std::optional<Shrunk> known;
  for (;;) {
    const std::size_t size = (open.size() + at_once - 1) / at_once;
    ShrinkOptions round = options;
    round.count = (open.size() + size - 1) / size;
    round.trials_max -= known ? known->tests + known->checks : 0;
    round.run = [&](const Subset& groups, const TrialSetup& setup, const TrialWatch& watch) {
      return options.run(members_in(groups, open, size, options.count), setup, watch);
    };
    Shrunk made = TRY(shrink(world, round));
    made.kept = members_in(made.kept, open, size, options.count);
    known = known ? added(*known, std::move(made)) : std::move(made);
    const std::vector<std::size_t> left = members_of(known->kept);
    if (size == 1 || known->verdict != Shrunk::Verdict::found) return *known;
    if (left.size() == open.size()) {  // too many are needed together to look at each
      known->verdict = Shrunk::Verdict::inconclusive;
      return *known;
    }
    open = left;
  }
}

}  // namespace culprit
