#include "cli/try_text.h"

#include <doctest/doctest.h>

namespace culprit {
namespace {

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

Tried tried(SideCounts without, SideCounts with) {
  Tried made;
  made.outcome.comparison = RateComparison::of(without, with, {});
  made.outcome.end = PairedOutcome::End::trials_spent;
  made.verdict = made.outcome.comparison.verdict();
  made.id = "7";
  made.copy = ".culprit/tries/7";
  return made;
}

}  // namespace

TEST_CASE("what a limit cut off is said, and that more time would tell") {
  Tried cut = tried({9, 9, 1}, {9, 9, 9});
  cut.outcome.timed_out = 10;
  const std::string text = text_of(cut, {});
  CHECK(has(text, "undecided"));
  CHECK(has(text, "9 of 9, 1 more cut off"));
  CHECK(has(text, "9 of 9, 9 more cut off"));
  CHECK(has(text, "NEXT     --timeout D gives a trial longer; "));
  CHECK(!has(text, "--trials"));
  CHECK(has(json_of(cut, {}), R"("bad":9,"total":9,"unseen":9})"));
}

TEST_CASE("what is decided is not to go on longer") {
  CHECK(has(text_of(tried({3, 9}, {2, 9}), {}), "the same with --trials 400 goes on longer"));
  const std::string refuted = text_of(tried({9, 9}, {9, 9}), {});
  CHECK(has(refuted, "refuted"));
  CHECK(has(refuted, "NEXT     culprit try --restore 7 takes it back\n"));
}

TEST_CASE("a change that was not taken back is not offered as a patch") {
  Tried stays = tried({9, 9}, {9, 9});
  stays.patch = ".culprit/tries/7/change.patch";
  stays.tree = Tried::Tree::in_the_way;
  CHECK(!has(text_of(stays, {}), "git apply"));
  TryRequest command;
  command.apply = "make fix";
  CHECK(has(text_of(stays, command), "git apply .culprit/tries/7/change.patch"));
  stays.tree = Tried::Tree::half_done;
  CHECK(!has(text_of(stays, command), "git apply"));
}

}  // namespace culprit
