#include "workbench/bisect_journal.h"

#include <doctest/doctest.h>

namespace culprit {
namespace {

TEST_CASE("a journal comes back as it was written, without a line that was cut off") {
  const std::map<std::string, std::string> head = {{"bad", "b1"}, {"command", "sh\n-c\na=1\t100%"}};
  BisectRow told;
  told.where = BisectRow::Where::good_end;
  told.sha = "a1";
  told.observation = Observation::good;
  told.told = true;
  BisectRow run;
  run.sha = "c1";
  run.observation = Observation::broken;
  run.seconds = 1.5;
  run.ready_seconds = 60.25;
  run.fresh = true;
  run.reason = "does not build:\texit 2\n";
  run.number = 7;
  const std::string text = bisect_head_line(head) + bisect_row_line(told) + bisect_row_line(run);
  for (const std::string& cut : {std::string(), std::string("commit\tc2\tgo")}) {
    const auto journal = read_bisect_journal(text + cut);
    REQUIRE(journal.has_value());
    CHECK(journal->head == head);
    REQUIRE(journal->rows.size() == 2);
    CHECK(journal->rows[0].told);
    CHECK(journal->rows[0].where == BisectRow::Where::good_end);
    CHECK(journal->rows[1].observation == Observation::broken);
    CHECK(journal->rows[1].ready_seconds == 60.25);
    CHECK(journal->rows[1].fresh);
    CHECK(journal->rows[1].reason == run.reason);
    CHECK(journal->rows[1].number == 7);
    CHECK(!journal->rows[1].timed_out);
  }
}

TEST_CASE("a row without a number is read too, and one that timed out is known") {
  const auto journal =
      read_bisect_journal(bisect_head_line({{"bad", "b"}}) +
                          "bad end\tb\tunjudged\t2\t0\tagain\ttimed out after 2 s\n");
  REQUIRE(journal.has_value());
  CHECK(journal->rows[0].number == 0);
  CHECK(journal->rows[0].timed_out);
  CHECK(journal->rows[0].seconds == 2);
}

TEST_CASE("what is no journal is refused, with the line") {
  CHECK(!read_bisect_journal("").has_value());
  CHECK(!read_bisect_journal("culprit repro journal 1\t1\n").has_value());
  const std::string head = bisect_head_line({{"bad", "b"}});
  for (const char* line :
       {"x\n", "commit\ta\tgood\t1\t1\tfresh\n", "commit\ta\tgod\t1\t1\tfresh\t\n",
        "commit\ta\tgood\t1s\t1\tfresh\t\n", "commit\ta\tgood\t1\t1\tfresh\t\tx\n"}) {
    const auto journal = read_bisect_journal(head + line);
    REQUIRE(!journal.has_value());
    CHECK(journal.error().what == "line 2 of the journal cannot be read");
  }
}

}  // namespace
}  // namespace culprit
