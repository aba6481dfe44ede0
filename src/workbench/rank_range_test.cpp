#include "workbench/rank_range.h"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "repo/scratch_test.h"
#include "workbench/diff_cache.h"

namespace culprit {
namespace {

// A payment function whose check is dropped by a commit that says nothing, among decoys: one that
// only talks about it, one that tests it, one that formats it, one that is taken back.
constexpr const char* history = R"(
git init -q -b main .
mkdir -p src tests docs
cat > src/pay.py <<END
def charge(order, owner):
    if owner is None:
        return None
    total = order.total
    return owner.card.pay(total)
END
cat > src/ship.py <<END
def ship(parcel):
    log.error("no carrier for parcel %s", parcel)
    return parcel.carrier
END
commit 1000 begin; git tag good
echo 'def mail(order): return order.mail' > src/mail.py; commit 2000 'mail: send confirmations'
sed -i '/if owner/,+1d' src/pay.py; commit 3000 wip
echo 'charge() needs an owner with a card' > docs/pay.md; commit 4000 'docs: owner, card, charge'
echo 'assert charge(order, owner).card' > tests/test_pay.py
commit 5000 'test: charge the card of an owner'
sed -i 's/order.total/order.total - 1/' src/pay.py; commit 6000 'pay: other total'
at 7000; git revert --no-edit HEAD
)";

constexpr const char* trace =
    "Traceback (most recent call last):\n"
    "  File \"/srv/app/src/pay.py\", line 3, in charge\n"
    "    return owner.card.pay(total)\n"
    "AttributeError: 'NoneType' object has no attribute 'card'\n";

RangeQuestion asking(const ScratchRepository& scratch, const std::string& symptom) {
  RangeQuestion question;
  question.repository = scratch.path();
  question.range = "good..main";
  question.symptom = symptom;
  return question;
}

RangeRanking ranked(const RangeQuestion& question) {
  const auto world = real_world();
  auto ranking = rank_range(*world, question);
  REQUIRE(ranking.has_value());
  return std::move(ranking).value();
}

std::string first_of(const RangeRanking& ranking) {
  return ranking.changes.front().commits.front().subject;
}

Error refused(const RangeQuestion& question) {
  const auto world = real_world();
  const auto ranking = rank_range(*world, question);
  REQUIRE(!ranking.has_value());
  return ranking.error();
}

}  // namespace

TEST_CASE("a stack trace finds the commit that removed the check, whatever it was called") {
  ScratchRepository scratch;
  scratch.run(history);
  const RangeRanking ranking = ranked(asking(scratch, trace));
  CHECK(ranking.found);
  CHECK(ranking.frames == 1);
  CHECK(ranking.frames_known == 1);
  CHECK(first_of(ranking) == "wip");
  CHECK(ranking.commits == 6);
}

TEST_CASE("probabilities of the commits are those of the range, and with none they are one") {
  ScratchRepository scratch;
  scratch.run(history);
  for (const char* symptom : {trace, "parcels have no carrier", "zzz"}) {
    const RangeRanking ranking = ranked(asking(scratch, symptom));
    REQUIRE(ranking.changes.size() == 2);
    double sum = 0;
    for (const RankedCommit& commit : ranking.changes[0].commits) sum += commit.probability;
    CHECK(sum == doctest::Approx(ranking.changes[0].probability));
    CHECK(sum + ranking.changes[1].probability == doctest::Approx(1));
    CHECK(ranking.changes[1].change.kind == ChangeKind::none);
  }
}

TEST_CASE("a log line is found where the source prints it") {
  ScratchRepository scratch;
  scratch.run(history);
  const RangeRanking ranking =
      ranked(asking(scratch, "2026-03-01T10:00:00Z ERROR ship no carrier for parcel 77\n"));
  REQUIRE(ranking.printed.size() == 1);
  CHECK(ranking.printed[0] == "src/ship.py:2");
}

TEST_CASE("who prints a message at one more place did not begin it") {
  ScratchRepository scratch;
  scratch.run(history);
  scratch.run(R"(
sed -i 's/return parcel.carrier/return parcel.box/' src/ship.py; commit 8000 box
cat >> src/ship.py <<END
def again(parcel):
    log.error("no carrier for parcel %s", parcel)
END
commit 9000 again
)");
  RangeQuestion question = asking(scratch, "2026-01-02 ERROR no carrier for parcel 77\n");
  CHECK(first_of(ranked(question)) == "box");
  // A message that nobody printed before is begun by who wrote it.
  question.symptom = "2026-01-02 ERROR mailbox of customer 77 is full\n";
  scratch.run(
      "echo 'log.error(\"mailbox of customer %s is full\", 1)' >> src/mail.py; commit 9500 said");
  CHECK(first_of(ranked(question)) == "said");
}

TEST_CASE("what was taken back is seldom at fault") {
  ScratchRepository scratch;
  scratch.run(history);
  const RangeRanking ranking = ranked(asking(scratch, "the total of an order is one too low"));
  CHECK(first_of(ranking) != "pay: other total");
  for (const RankedCommit& commit : ranking.changes[0].commits) {
    if (commit.subject == "pay: other total")
      CHECK(commit.note.find("taken back") != commit.note.npos);
  }
}

TEST_CASE("diffs from the case folder give the same answer, also when its file is broken") {
  ScratchRepository scratch;
  scratch.run(history);
  RangeQuestion question = asking(scratch, trace);
  const double plain = ranked(question).changes[0].commits[0].probability;
  question.cache = scratch.path() + "/.culprit";
  const std::string file = question.cache + "/diffs";
  for (int round = 0; round < 2; ++round) {
    CHECK(ranked(question).changes[0].commits[0].probability == plain);
  }
  const auto size = std::filesystem::file_size(file);
  for (const auto cut : {size - 1, size / 2, std::uintmax_t{17}, std::uintmax_t{3}}) {
    std::filesystem::resize_file(file, cut);
    CHECK(ranked(question).changes[0].commits[0].probability == plain);
    CHECK(std::filesystem::file_size(file) == size);
  }
  std::ofstream(file) << "something else altogether, and long enough to be read as sizes";
  CHECK(ranked(question).changes[0].commits[0].probability == plain);
}

TEST_CASE("a question that cannot be answered says why") {
  ScratchRepository scratch;
  scratch.run(history);
  struct Case {
    const char* range;
    const char* symptom;
    Fault fault;
    const char* what;
  };
  const Case rows[] = {
      {"good", "x", Fault::usage, "--range good is not GOOD..BAD"},
      {"..main", "x", Fault::usage, "--range ..main is not GOOD..BAD"},
      {"a..b..c", "x", Fault::usage, "--range a..b..c is not GOOD..BAD"},
      {"", "x", Fault::usage, "--range  is not GOOD..BAD"},
      {"main..good", "x", Fault::usage, "there is no commit in main..good"},
      {"good..good", "x", Fault::usage, "there is no commit in good..good"},
      {"good..main", " \n", Fault::usage, "the symptom is empty"},
      {"good..main", "absent.txt", Fault::missing, "no such file or directory: absent.txt"},
  };
  for (const Case& row : rows) {
    CAPTURE(std::string(row.range));
    RangeQuestion question = asking(scratch, row.symptom);
    question.range = row.range;
    const Error error = refused(question);
    CHECK(error.fault == row.fault);
    CHECK(error.what == row.what);
    CHECK(!error.advice.empty());
  }
  RangeQuestion question = asking(scratch, "x");
  question.range = "good..absent";
  CHECK(refused(question).fault == Fault::missing);
  question.repository = "/nowhere/at/all";
  CHECK(refused(question).fault == Fault::missing);
}

}  // namespace culprit
