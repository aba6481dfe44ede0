#include "workbench/bisect_settings.h"

#include <doctest/doctest.h>

namespace culprit {
namespace {

TEST_CASE("what was begun is taken back as it was, but for what the user says now") {
  BisectRequest begun;
  begun.command = {"sh", "-c", "x=1\n\tgrep -q '=' state", ""};
  begun.links = {"node_modules"};
  begun.kept = {"build", "a=b"};
  begun.runner = "srun -N1 --";
  begun.rates = BisectRequest::Rates{0.1, 0.3};
  begun.timeout = std::chrono::milliseconds(2500);
  begun.workers = 3;
  begun.builds = 5;
  begun.follow = Follow::first_parents;
  BisectFolder::Identity head = identity_of(begun);
  head.merge(settings_of(begun));
  const auto journal = read_bisect_journal(bisect_head_line(head));
  REQUIRE(journal.has_value());
  BisectRequest now;
  now.workers = 4;
  take_begun(now, journal->head);
  CHECK(now.command == begun.command);
  CHECK(now.links == begun.links);
  CHECK(now.kept == begun.kept);
  CHECK(now.runner == begun.runner);
  CHECK(now.timeout == begun.timeout);
  CHECK(now.builds == begun.builds);
  CHECK(now.follow == begun.follow);
  REQUIRE(now.rates.has_value());
  CHECK(now.rates->bad == 0.3);
  CHECK(now.workers == 4);
}

}  // namespace
}  // namespace culprit
