#include "contrast/suspects.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "contrast/change_evidence.h"
#include "contrast/lag.h"
#include "contrast/services.h"

namespace culprit {
namespace {

const Time onset_at = *parse_time("2025-11-20T14:03:12Z");

Time before(double count) { return onset_at - from_seconds(count); }

Change deploy(const std::string& version, double seconds_before, const std::string& service = "") {
  Change change;
  change.id = version;
  change.version = version;
  change.at = before(seconds_before);
  change.service = service;
  return change;
}

ChangeEvidence evidence() {
  ChangeEvidence made;
  made.onset = Onset{before(4), onset_at, before(-3)};
  return made;
}

const RankedChange& entry_of(const std::vector<RankedChange>& ranked, const std::string& id) {
  const auto found = std::find_if(ranked.begin(), ranked.end(),
                                  [&](const RankedChange& entry) { return entry.change.id == id; });
  REQUIRE(found != ranked.end());
  return *found;
}

bool says(const std::vector<std::string>& sentences, const std::string& text) {
  return std::any_of(sentences.begin(), sentences.end(),
                     [&](const std::string& sentence) { return sentence.find(text) != text.npos; });
}

double sum_of(const std::vector<RankedChange>& ranked) {
  double sum = 0;
  for (const RankedChange& entry : ranked) sum += entry.probability;
  return sum;
}

TEST_CASE("without any change nothing but none is left") {
  const auto ranked = rank_changes({}, evidence());
  REQUIRE(ranked.size() == 1);
  CHECK(ranked[0].change.kind == ChangeKind::none);
  CHECK(ranked[0].probability == doctest::Approx(1));
  CHECK(says(ranked[0].reasons, "no change is known"));
}

TEST_CASE("probabilities sum to one and none is always there") {
  for (std::size_t count : {1U, 2U, 7U, 40U}) {
    std::vector<Change> changes;
    for (std::size_t i = 0; i < count; ++i) {
      changes.push_back(deploy(fmt::format("v1.{}", i), 100.0 * static_cast<double>(i * i)));
    }
    const auto ranked = rank_changes(changes, evidence());
    CHECK(ranked.size() == count + 1);
    CHECK(sum_of(ranked) == doctest::Approx(1));
    CHECK(entry_of(ranked, "none of these").probability > 0);
    CHECK(std::is_sorted(ranked.begin(), ranked.end(), [](const auto& a, const auto& b) {
      return a.probability > b.probability;
    }));
  }
}

TEST_CASE("a deploy just before the onset is suspected, one after it is not") {
  const auto ranked = rank_changes({deploy("v1.9.0", 92), deploy("v1.9.1", -60)}, evidence());
  CHECK(ranked[0].change.id == "v1.9.0");
  // That it is near tells which change it was, not whether it was any.
  CHECK(ranked[0].probability == doctest::Approx(0.8).epsilon(0.001));
  CHECK(says(ranked[0].reasons, "1m 32s before the onset"));
  const RankedChange& late = entry_of(ranked, "v1.9.1");
  CHECK(late.probability < 1e-5);
  CHECK(says(late.against, "1m after the onset"));
}

TEST_CASE("clocks may disagree by two seconds") {
  const auto lag_of = [&](double seconds_before) {
    return lag_evidence(deploy("v", seconds_before),
                        {evidence().onset, std::chrono::seconds(2), 1});
  };
  CHECK_FALSE(lag_of(-4.5).after);
  CHECK(lag_of(-5.5).after);
  CHECK(lag_of(-4.5).log_ratio < lag_of(60).log_ratio);
  CHECK(lag_of(-2).text == "2s after the likeliest onset, within its interval");
  CHECK(lag_of(0.2).text == "at the onset");
}

TEST_CASE("a clock known to be ahead may be so by some seconds more") {
  Change change = deploy("v", -110);
  change.ahead = std::chrono::seconds(100);
  const auto skew = std::chrono::seconds(2);
  CHECK_FALSE(lag_evidence(change, {evidence().onset, skew, 1}).after);
  change.ahead = std::chrono::seconds(60);
  CHECK(lag_evidence(change, {evidence().onset, skew, 1}).after);
}

TEST_CASE("the longer ago, the less likely, but never impossible") {
  double last = 100;
  for (double ago : {5.0, 300.0, 1800.0, 7200.0, 86400.0, 10 * 86400.0}) {
    const LagEvidence lag =
        lag_evidence(deploy("v", ago), {evidence().onset, std::chrono::seconds(2), 1});
    CHECK(lag.log_ratio <= last);
    CHECK(lag.log_ratio > -5);
    last = lag.log_ratio;
  }
}

TEST_CASE("a rollout of known length reaches as far as it took") {
  Change rolling = deploy("v1.9.0", 1500);
  rolling.finished = before(60);
  const Change quick = deploy("v1.9.0", 1500);
  const auto skew = std::chrono::seconds(2);
  CHECK(lag_evidence(rolling, {evidence().onset, skew, 1}).log_ratio >
        lag_evidence(quick, {evidence().onset, skew, 1}).log_ratio);
}

TEST_CASE("weeks ago with nothing else known, none of them is likelier") {
  const auto ranked = rank_changes({deploy("v1.9.0", 5 * 86400.0)}, evidence());
  CHECK(ranked[0].change.kind == ChangeKind::none);
  CHECK(says(ranked[0].reasons, "the nearest change was 5d"));
}

TEST_CASE("without an onset time says nothing") {
  ChangeEvidence throughout;
  const auto ranked = rank_changes({deploy("a", 60), deploy("b", 86400)}, throughout);
  CHECK(ranked[0].probability == doctest::Approx(ranked[1].probability));
}

VersionRate rate(const std::string& value, double total, double bad) {
  VersionRate made;
  made.field = "version";
  made.value = value;
  made.total_after = total;
  made.bad_after = bad;
  return made;
}

TEST_CASE("versions that ran side by side are a natural experiment") {
  struct Row {
    VersionRate own;
    VersionRate other;
    std::string text;
    bool speaks_for;
  };
  const std::vector<Row> rows = {
      {rate("v1.9.0", 2000, 138), rate("v1.8.1", 2000, 2),
       "only v1.9.0 fails: 6.9% against 0.1% on v1.8.1", true},
      {rate("1.9.0", 2000, 138), rate("1.8.1", 2000, 60), "fails more: 6.9% against 3.0%", true},
      {rate("v1.9.0", 2000, 138), rate("v1.8.1", 2000, 137), "fails no more than v1.8.1", false},
      {rate("v1.9.0", 2000, 2), rate("v1.8.1", 2000, 138), "fails less than v1.8.1", false},
  };
  const double plain = rank_changes({deploy("v1.9.0", 600)}, evidence())[0].probability;
  for (const Row& row : rows) {
    ChangeEvidence seen = evidence();
    seen.version_rates = {row.own, row.other};
    const auto ranked = rank_changes({deploy("v1.9.0", 600)}, seen);
    const RankedChange& entry = entry_of(ranked, "v1.9.0");
    CAPTURE(row.text);
    CHECK(says(row.speaks_for ? entry.reasons : entry.against, row.text));
    CHECK((entry.probability > plain) == row.speaks_for);
  }
}

TEST_CASE("too few units are no experiment, another service's version is no witness") {
  ChangeEvidence seen = evidence();
  seen.version_rates = {rate("v1.9.0", 3, 3), rate("v1.8.1", 2000, 2)};
  const double plain = rank_changes({deploy("v1.9.0", 600)}, evidence())[0].probability;
  CHECK(rank_changes({deploy("v1.9.0", 600)}, seen)[0].probability == doctest::Approx(plain));
  seen.version_rates = {rate("v1.9.0", 2000, 138), rate("v1.8.1", 2000, 2)};
  for (VersionRate& one : seen.version_rates) one.service = "payments";
  const auto ranked = rank_changes({deploy("v1.9.0", 600, "search")}, seen);
  CHECK_FALSE(says(entry_of(ranked, "v1.9.0").reasons, "only v1.9.0 fails"));
}

TEST_CASE("versions of services that the same units went through are no experiment") {
  ChangeEvidence seen = evidence();
  seen.version_rates = {rate("v1.9.0", 2000, 138), rate("v1.8.2", 2000, 138)};
  for (VersionRate& one : seen.version_rates) one.units_after = 2000;
  const double plain = rank_changes({deploy("v1.9.0", 600)}, evidence())[0].probability;
  CHECK(rank_changes({deploy("v1.9.0", 600)}, seen)[0].probability == doctest::Approx(plain));
}

TEST_CASE("a version is compared with the one that it replaces") {
  ChangeEvidence seen = evidence();
  seen.version_rates = {rate("v1.9.0", 500, 35), rate("v1.8.1", 1500, 2), rate("v7", 100, 90)};
  Change change = deploy("v1.9.0", 600);
  change.from_version = "1.8.1";
  const auto ranked = rank_changes({change}, seen);
  CHECK(says(ranked[0].reasons, "only v1.9.0 fails: 7.0% against 0.1% on v1.8.1"));
}

TEST_CASE("a version that served well before the onset is less suspect") {
  ChangeEvidence seen = evidence();
  VersionRate own = rate("v1.9.0", 2000, 138);
  own.total_before = 12000;
  own.bad_before = 12;
  seen.version_rates = {own};
  const auto ranked = rank_changes({deploy("v1.9.0", 3600)}, seen);
  CHECK(says(entry_of(ranked, "v1.9.0").against,
             "v1.9.0 had served 12000 before the onset with 0.1% failing"));
}

TEST_CASE("of two deploys within a minute, the one that had served by then is less suspect") {
  ChangeEvidence seen = evidence();
  VersionRate early{"version", "v1.9.0", "payments", before(40)};
  VersionRate late{"version", "v2.1.0", "pricing", before(4)};
  early.total_after = late.total_after = 900, early.bad_after = late.bad_after = 180;
  early.total_until = 31;  // six would have failed
  late.total_until = 4;
  seen.version_rates = {early, late};
  const auto ranked =
      rank_changes({deploy("v1.9.0", 50, "payments"), deploy("v2.1.0", 20, "pricing")}, seen);
  CHECK(ranked[0].change.id == "v2.1.0");
  CHECK(says(entry_of(ranked, "v1.9.0").against,
             "v1.9.0 had served 31 before the onset with 0% failing"));
  CHECK(unharmed(deploy("v2.1.0", 20, "pricing"), seen) == doctest::Approx(1));
  CHECK(unharmed(deploy("v1.9.0", 50, "payments"), seen) == doctest::Approx(std::exp(-5.2)));
}

TEST_CASE("what later versions served speaks for the code that they hold") {
  VersionRate first{"version", "v1.1.0", "payments", before(600)};
  VersionRate next{"version", "v1.2.0", "payments", before(200)};
  first.total_until = 800;
  next.total_until = 390;
  next.total_after = 1000, next.bad_after = 100;
  ChangeEvidence seen = evidence();
  seen.version_rates = {first, next};
  CHECK(unharmed(deploy("v1.1.0", 610, "payments"), seen) == doctest::Approx(std::exp(-118)));
  CHECK(unharmed(deploy("v1.2.0", 210, "payments"), seen) == doctest::Approx(std::exp(-38)));
  CHECK(unharmed(deploy("v1.0.0", 900, "payments"), seen) == doctest::Approx(std::exp(-118)));
  CHECK(unharmed(deploy("v3", 60, "payments"), seen) == doctest::Approx(1));
  CHECK(unharmed(deploy("v1.0.0", 900, "search"), seen) == doctest::Approx(1));
}

TEST_CASE("what it served counts whole, nearness with its root") {
  const Change change = deploy("v", 90);
  const auto skew = std::chrono::seconds(2);
  const double plain = lag_evidence(change, {evidence().onset, skew, 1}).log_ratio;
  const double served = lag_evidence(change, {evidence().onset, skew, 0.2}).log_ratio;
  // Of the lags near a minute and a half, nearly all are those of what fails at once.
  CHECK(served - plain < std::log(0.35));
  CHECK(served - plain > std::log(0.2));
}

TEST_CASE("a version that begins to fail beside the one that replaces it clears that one") {
  VersionRate old{"version", "v3.23.0", "reviews", before(3000)};
  VersionRate fresh{"version", "v3.24.0", "reviews", before(20)};
  old.total_before = 1500, old.bad_before = 2;
  old.total_after = 110, old.bad_after = 15;
  fresh.total_after = 2567, fresh.bad_after = 476;
  ChangeEvidence seen = evidence();
  seen.version_rates = {old, fresh};
  const auto with_past = rank_changes({deploy("v3.24.0", 40, "reviews")}, seen);
  seen.version_rates[0].total_before = seen.version_rates[0].bad_before = 0;
  const auto without = rank_changes({deploy("v3.24.0", 40, "reviews")}, seen);
  const RankedChange& cleared = entry_of(with_past, "v3.24.0");
  CHECK(says(cleared.against, "v3.24.0 fails no more than v3.23.0: 19% against 14%"));
  const double odds = cleared.probability / (1 - cleared.probability);
  const double unknown = entry_of(without, "v3.24.0").probability;
  CHECK(odds < 0.6 * unknown / (1 - unknown));
}

TEST_CASE("a short rollout is an experiment, though it sees few of the failures") {
  VersionRate old{"version", "v2.39.0", "profiles", before(3000)};
  VersionRate fresh{"version", "v2.40.0", "profiles", before(10)};
  old.total_before = 1311, old.bad_before = 1;
  old.total_after = 101, old.bad_after = 0;
  fresh.total_after = 1050, fresh.bad_after = 207;
  old.failures_after = fresh.failures_after = 210;
  old.strata = {{101, 0}, {0, 0}};
  fresh.strata = {{60, 13}, {990, 194}};
  ChangeEvidence seen = evidence();
  seen.version_rates = {old, fresh};
  CHECK(says(entry_of(rank_changes({deploy("v2.40.0", 20, "profiles")}, seen), "v2.40.0").reasons,
             "only v2.40.0 fails: 22% against 0% on v2.39.0"));
}

TEST_CASE("the segment may be the version itself") {
  ChangeEvidence seen = evidence();
  seen.segment = {{"version", "v1.9.0"}};
  const auto ranked = rank_changes({deploy("v1.9.0", 3600), deploy("v1.8.9", 60)}, seen);
  CHECK(ranked[0].change.id == "v1.9.0");
  CHECK(says(ranked[0].reasons, "the failures are those with version = v1.9.0"));
  CHECK(says(entry_of(ranked, "v1.8.9").against, "version = v1.9.0"));
}

TEST_CASE("versions are compared in the moments in which both ran") {
  // The failure grows; what came late meets its worse half, and fails no more than the old one.
  VersionRate old{"version", "v1.8.1", "payments", before(9000)};
  VersionRate late{"version", "v1.9.0", "payments", before(-300)};
  old.total_after = 1100, old.bad_after = 60, old.failures_after = late.failures_after = 110;
  late.total_after = 100, late.bad_after = 50;
  old.strata = {{1000, 10}, {100, 50}};
  late.strata = {{0, 0}, {100, 50}};
  ChangeEvidence seen = evidence();
  seen.version_rates = {old, late};
  Change change = deploy("v1.9.0", 600, "payments");
  change.from_version = "v1.8.1";
  const auto timed = rank_changes({change}, seen);
  CHECK(
      says(entry_of(timed, "v1.9.0").against, "v1.9.0 fails no more than v1.8.1: 50% against 50%"));
  for (VersionRate& rate : seen.version_rates) rate.strata.clear();
  CHECK(says(entry_of(rank_changes({change}, seen), "v1.9.0").reasons, "only v1.9.0 fails"));
}

TEST_CASE("the service in which failures begin is suspected, those that pass them on are not") {
  ChangeEvidence seen = evidence();
  seen.services = {{.name = "payments", .first = 1.0, .present = 1.0, .logged = 0.3},
                   {.name = "checkout", .present = 1.0, .logged = 0.5, .among = 1.0},
                   {.name = "search", .present = 0.0, .logged = 0.4}};
  const auto ranked = rank_changes(
      {deploy("v1", 900, "payments"), deploy("v2", 30, "checkout"), deploy("v3", 30, "search")},
      seen);
  CHECK(ranked[0].change.id == "v1");
  CHECK(says(ranked[0].reasons, "it changed payments, where 100% of the failures begin"));
  CHECK(says(entry_of(ranked, "v2").against, "checkout; the failures begin in payments"));
  CHECK(
      says(entry_of(ranked, "v3").against, "search, which the failing requests do not go through"));
  // Unless only what comes by it fails there.
  seen.services[1].beside = 0.4;
  const auto through = rank_changes({deploy("v2", 30, "checkout")}, seen);
  CHECK(says(through[0].reasons, "only requests that go through checkout"));
  seen.services[1].beside = 1;
  seen.failing_services = {"checkout"};
  CHECK(says(rank_changes({deploy("v2", 30, "checkout")}, seen)[0].reasons,
             "only requests that go through checkout"));
}

TEST_CASE("a service that logs nothing is likelier if the failing requests are told by its name") {
  ChangeEvidence seen = evidence();
  seen.services = {{.name = "search", .first = 1.0, .present = 1.0, .logged = 0.7}};
  const Change caller = deploy("v2", 30, "pricing");
  const double silent = rank_changes({caller}, seen)[0].probability;
  const auto clue = [&](const NamedValue& segment) {
    seen.segment = {segment};
    return service_clue(caller, seen);
  };
  CHECK(clue({"route", "/pricing/items"}).text ==
        "it changed pricing, which route = /pricing/items names; the failures begin in search");
  CHECK(clue({"route", "/pricing/items"}).log_ratio > clue({"route", "/items"}).log_ratio);
  CHECK(clue({"service", "pricing"}).text == clue({"route", "/items"}).text);
  seen.segment = {{"route", "/pricing/items"}};
  CHECK(rank_changes({caller}, seen)[0].probability > silent);
}

TEST_CASE("who only tells of failures elsewhere is less suspect than the one it names") {
  ChangeEvidence seen = evidence();
  seen.services = {{.name = "checkout", .first = 1.0, .present = 1.0, .logged = 0.5},
                   {.name = "payments", .named = 1.0, .present = 0.0, .logged = 0.5}};
  const auto ranked =
      rank_changes({deploy("v1", 60, "payments"), deploy("v2", 60, "checkout")}, seen);
  CHECK(ranked[0].change.id == "v1");
  CHECK(says(ranked[0].reasons, "checkout tells of failures in payments, which it changed"));
  CHECK(says(entry_of(ranked, "v2").against,
             "checkout, which it changed, tells of failures elsewhere"));
}

TEST_CASE("what shows slowly or at a full hour lies further back than what shows at once") {
  const auto share_of_late = [&](bool slow, bool round) {
    ChangeEvidence seen = evidence();
    seen.onset->slow = slow;
    seen.onset->round = round;
    return entry_of(rank_changes({deploy("late", 3 * 3600), deploy("near", 120)}, seen), "late")
        .probability;
  };
  CHECK(share_of_late(true, false) > 2 * share_of_late(false, false));
  CHECK(share_of_late(false, true) > 2 * share_of_late(false, false));
}

TEST_CASE("a rollback is judged by what it took back") {
  Change back = deploy("v1.8.1", 60);
  back.kind = ChangeKind::revert;
  CommitText commit{"3f2c1a9b7", "pool: refuse a second lease", "", before(9000), {}};
  FileDiff file;
  file.path = "payments/pool.py";
  file.added = "    raise LeaseTwice(f\"lease taken twice by {owner}\")\n";
  commit.files = {file};
  ChangeEvidence seen = evidence();
  seen.symptoms = {{"lease taken twice by <*>", "payments", 1}};
  const double plain = entry_of(rank_changes({back}, seen), "v1.8.1").probability;
  back.taken_back = {commit};
  const auto ranked = rank_changes({back}, seen);
  CHECK(entry_of(ranked, "v1.8.1").probability > plain);
  CHECK(says(entry_of(ranked, "v1.8.1").reasons, "takes back commit 3f2c1a9b7"));
  CHECK(entry_of(ranked, "v1.8.1").commits.empty());
}

TEST_CASE("the decoy 30 s before the onset is told by its service") {
  ChangeEvidence seen = evidence();
  seen.failing_services = {"payments"};
  const auto ranked =
      rank_changes({deploy("v1.9.0", 900, "payments-api"), deploy("v3.2.0", 30, "search")}, seen);
  CHECK(ranked[0].change.id == "v1.9.0");
  CHECK(says(ranked[0].reasons, "it changed payments-api, which fails"));
  CHECK(
      says(entry_of(ranked, "v3.2.0").against, "it changed search; the failures are in payments"));
}

CommitText commit(const std::string& subject, const std::string& path, const std::string& added) {
  CommitText made;
  made.sha = fmt::format("{:0>40}", subject.size());
  made.subject = made.message = subject;
  made.files = {{path, added, "", ""}};
  return made;
}

TEST_CASE("commits share out their deploy's probability") {
  ChangeEvidence seen = evidence();
  seen.symptoms = {{"payment timeout gateway_host=<*>", "payments", 1}};
  seen.source_lines = {{"payments/pool.py", 3, "", 0}};
  Change guilty = deploy("v1.9.0", 700);
  guilty.commits = {commit("pool: share clients", "payments/pool.py",
                           "fail(f\"payment timeout gateway_host={h}\")\n"),
                    commit("cart: count lines", "payments/cart.py", "n = 1\n")};
  Change other = deploy("v2.0.0", 30);
  other.commits = {commit("search: index titles", "search/index.py", "index(title)\n")};
  const auto ranked = rank_changes({other, guilty}, seen);
  REQUIRE(ranked[0].change.id == "v1.9.0");
  REQUIRE(ranked[0].commits.size() == 2);
  CHECK(ranked[0].commits[0].subject == "pool: share clients");
  const double sum = ranked[0].commits[0].probability + ranked[0].commits[1].probability;
  CHECK(sum <= ranked[0].probability);
  CHECK(sum > 0.9 * ranked[0].probability);
  CHECK(says(ranked[0].reasons, "wrote the line that prints"));
  CHECK(says(ranked[0].reasons,
             "its 2 commits touch payments/, where the failing message is printed"));
  CHECK(says(entry_of(ranked, "v2.0.0").against, "its commit shares little with the failure"));
}

TEST_CASE("a commit that is a change of its own has its own reasons") {
  ChangeEvidence seen = evidence();
  seen.symptoms = {{"payment timeout gateway_host=<*>", "payments", 1}};
  std::vector<Change> changes;
  for (int i = 0; i < 30; ++i) {
    Change change = deploy("", 20000.0 * i + 3000);
    change.kind = ChangeKind::commit;
    change.deployed = false;
    change.id = fmt::format("c{}", i);
    const std::string text = i == 11 ? "fail(f\"payment timeout gateway_host={h}\")\n" : "n = 1\n";
    change.commits = {commit(fmt::format("change {}", i), fmt::format("src/f{}.py", i), text)};
    changes.push_back(change);
  }
  const auto ranked = rank_changes(changes, seen);
  CHECK(ranked[0].change.id == "c11");
  CHECK(says(ranked[0].reasons, "wrote the line"));
  REQUIRE(ranked[0].commits.size() == 1);
  CHECK(ranked[0].commits[0].probability == doctest::Approx(ranked[0].probability));
  CHECK(sum_of(ranked) == doctest::Approx(1));
}

TEST_CASE("a flag is compared by its name") {
  ChangeEvidence seen = evidence();
  seen.segment = {{"new_checkout", "true"}};
  Change flag = deploy("", 400);
  flag.kind = ChangeKind::flag;
  flag.id = "new_checkout on";
  Change foreign = flag;
  foreign.id = "dark_mode on";
  foreign.at = before(40);
  const auto ranked = rank_changes({foreign, flag}, seen);
  CHECK(ranked[0].change.id == "new_checkout on");
  CHECK(says(ranked[0].reasons, "shares words with the failure: checkout"));
}

TEST_CASE("a deploy is seldom at fault for what only touched another service") {
  const CommitText payments = commit("a", "src/payments/ledger.go", "x\n");
  const ServiceNames services = {"gateway", "payments"};
  CHECK(is_foreign(payments, "gateway", services));
  CHECK_FALSE(is_foreign(payments, "payments-api", services));
  CHECK_FALSE(is_foreign(payments, "", services));
  CHECK_FALSE(is_foreign(commit("b", "src/shared/x.go", "x\n"), "gateway", services));
}

TEST_CASE("kinds have names") {
  for (ChangeKind kind :
       {ChangeKind::deploy, ChangeKind::commit, ChangeKind::flag, ChangeKind::config,
        ChangeKind::dependency, ChangeKind::version, ChangeKind::revert}) {
    CHECK(change_kind_named(name_of(kind)) == kind);
  }
  CHECK(change_kind_named("Feature Flag") == ChangeKind::flag);
  CHECK(change_kind_named("deploy:migrations") == ChangeKind::deploy);
  CHECK(change_kind_named("Rollback") == ChangeKind::revert);
}

}  // namespace
}  // namespace culprit
