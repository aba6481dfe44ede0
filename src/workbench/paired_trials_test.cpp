#include "workbench/paired_trials.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <mutex>

#include <unistd.h>

#include <doctest/doctest.h>

namespace culprit {
namespace {

using Side = RateComparison::Side;
using End = PairedOutcome::End;

// Two folders, in each of which `test` is run.
class Place {
 public:
  Place() {
    std::string pattern = (std::filesystem::temp_directory_path() / "culprit-pair-XXXXXX").string();
    REQUIRE(::mkdtemp(pattern.data()) != nullptr);
    path_ = pattern;
    for (const char* side : {"without", "with"}) std::filesystem::create_directory(path_ / side);
  }
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;
  ~Place() { std::filesystem::remove_all(path_); }

  PairedTrials plan(const std::string& test) {
    PairedTrials made;
    made.setup.command = {"/bin/sh", "-c", test};
    made.temporary = path_;
    made.place = [this](TrialSetup& setup, Side side, std::size_t worker) {
      const std::lock_guard locked(lock_);
      sides_.push_back(side);
      workers_ = std::max(workers_, worker + 1);
      setup.directory = path_ / (side == Side::with ? "with" : "without");
    };
    return made;
  }
  const std::vector<Side>& sides() const { return sides_; }
  std::size_t workers() const { return workers_; }

 private:
  std::filesystem::path path_;
  std::mutex lock_;
  std::vector<Side> sides_;
  std::size_t workers_ = 0;
};

// Ten times the slowest, as patience_after(), but without its 5 s.
Duration short_patience(double slowest) {
  return std::max<Duration>(std::chrono::milliseconds(50), from_seconds(10 * slowest));
}

const std::string only_with = "case $PWD in */with) exit 0;; esac; exit 1";

PairedOutcome ran(const PairedTrials& plan) {
  auto outcome = run_paired(plan);
  REQUIRE(outcome.has_value());
  return std::move(outcome).value();
}

}  // namespace

TEST_CASE("both sides come by turns, in an order that the seed gives") {
  Place place;
  const PairedOutcome outcome = ran(place.plan(only_with));
  CHECK(outcome.comparison.verdict() == RateComparison::Verdict::supported);
  CHECK(outcome.end == End::decided);
  CHECK(outcome.trials == 8);
  REQUIRE(place.sides().size() == 8);
  for (std::size_t i = 0; i < 8; i += 2) CHECK(place.sides()[i] != place.sides()[i + 1]);
  Place again;
  ran(again.plan(only_with));
  CHECK(again.sides() == place.sides());
  Place other;
  PairedTrials plan = other.plan(only_with);
  plan.seed = 2;
  ran(plan);
  CHECK(other.sides() != place.sides());
}

TEST_CASE("several workers tell in the order of the plan: what ends sooner gains nothing") {
  Place place;
  // The first one is good and takes long; the others would decide it before it ends.
  PairedTrials plan = place.plan("mkdir ../first 2>/dev/null && sleep 0.5 && exit 0; exit 1");
  plan.workers = 4;
  const PairedOutcome outcome = ran(plan);
  CHECK(place.workers() > 1);
  CHECK(outcome.comparison.verdict() == RateComparison::Verdict::refuted);
  const double bad =
      outcome.comparison.counts(Side::without).bad + outcome.comparison.counts(Side::with).bad;
  CHECK(bad == static_cast<double>(outcome.trials) - 1);
}

TEST_CASE("a side of which nothing can be judged ends it") {
  Place place;
  const PairedOutcome outcome = ran(place.plan("case $PWD in */with) exit 125;; esac; exit 1"));
  CHECK(outcome.end == End::untestable);
  CHECK(!outcome.judged());
  CHECK(outcome.trials <= 17);
  CHECK(outcome.unjudged_reasons.size() == 1);
}

TEST_CASE("a test that asks to stop is heard") {
  Place place;
  const PairedOutcome outcome = ran(place.plan("exit 200"));
  CHECK(outcome.end == End::asked_to_stop);
  CHECK(outcome.trials == 1);
}

TEST_CASE("a test that cannot be run is an error with what it said") {
  Place place;
  const auto outcome = run_paired(place.plan("no-such-program"));
  REQUIRE(!outcome.has_value());
  CHECK(outcome.error().fault == Fault::usage);
  CHECK(outcome.error().advice.find("no-such-program") != std::string::npos);
}

TEST_CASE("a run that fails at once sets no time limit to one that passes after seconds") {
  Place place;
  PairedTrials plan = place.plan("case $PWD in */with) sleep 0.2; exit 0;; esac; exit 1");
  plan.patience = short_patience;
  const PairedOutcome outcome = ran(plan);
  CHECK(outcome.comparison.verdict() == RateComparison::Verdict::supported);
  CHECK(outcome.unjudged_reasons.empty());
}

TEST_CASE("what the limit of culprit's own cut off may have been either, and decides nothing") {
  Place place;
  // A pass is quick without the change, and slow with it.
  PairedTrials plan = place.plan(
      "case $PWD in */without) [ -e seen ] && exit 1; touch seen; exit 0;; esac; "
      "[ -e seen ] && sleep 100; touch seen; exit 1");
  plan.patience = short_patience;
  plan.trials_max = 16;
  const PairedOutcome outcome = ran(plan);
  CHECK(outcome.end == End::trials_spent);
  CHECK(outcome.comparison.verdict() == RateComparison::Verdict::undecided);
  CHECK(outcome.comparison.counts(Side::with).total == 1);
  CHECK(outcome.comparison.counts(Side::with).unseen == 7);
  CHECK(outcome.timed_out == 7);
}

TEST_CASE("a side that hangs before anything passed ends it after few of its long limits") {
  Place place;
  PairedTrials plan = place.plan("case $PWD in */with) sleep 100;; esac; exit 1");
  plan.first_timeout = std::chrono::milliseconds(50);
  const PairedOutcome outcome = ran(plan);
  CHECK(outcome.end == End::untestable);
  CHECK(outcome.trials <= 4);
}

TEST_CASE("a trial that hangs is ended by its time limit and not judged") {
  Place place;
  PairedTrials plan = place.plan("sleep 100");
  plan.setup.timeout = std::chrono::milliseconds(50);
  plan.trials_max = 4;
  const PairedOutcome outcome = ran(plan);
  CHECK(outcome.trials == 4);
  CHECK(!outcome.judged());
}

}  // namespace culprit
