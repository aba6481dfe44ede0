#include "workbench/changes.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>

namespace culprit {
namespace {

namespace fs = std::filesystem;

const Time onset_at = *parse_time("2025-11-20T14:03:12Z");

Time before(double count) { return onset_at - from_seconds(count); }

// A repository of two services, made by the git program; gone when the test is.
//   v1.8.0: payments and search    v1.8.1: search    v1.9.0: the guilty commit among four
class Shop {
 public:
  Shop() {
    std::string pattern = (fs::temp_directory_path() / "culprit-shop-XXXXXX").string();
    REQUIRE(mkdtemp(pattern.data()) != nullptr);
    root_ = pattern;
    const std::int64_t day = 86400;
    const std::int64_t end = nanoseconds(onset_at) / 1'000'000'000;
    std::ofstream script(root_ / "script");
    script << "set -e\nmkdir " << path() << "\ncd " << path() << R"(
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null
export GIT_AUTHOR_NAME=Ada GIT_AUTHOR_EMAIL=ada@example.com
export GIT_COMMITTER_NAME=Ada GIT_COMMITTER_EMAIL=ada@example.com
at() { export GIT_AUTHOR_DATE="@$1 +0000" GIT_COMMITTER_DATE="@$1 +0000"; }
commit() { at $1; git add -A; git commit -q -m "$2"; }
git init -q -b main .
mkdir payments search docs
printf 'def pay(card):\n    return bank(card)\n' > payments/pay.py
printf 'def find(title):\n    return index[title]\n' > search/find.py
)";
    script << "commit " << end - 20 * day << " 'shop: import'; git tag v1.8.0\n"
           << "echo 'rank = 2' > search/rank.py; commit " << end - 9 * day
           << " 'search: rank titles'; git tag v1.8.1\n"
           << "echo 'limit = 3' > payments/limit.py; commit " << end - 2 * day
           << " 'payments: limit refunds'\n"
           << "printf 'def share(pool):\\n    raise Late(f\"payment timeout host={pool.host}\")\\n'"
              " > payments/pool.py; commit "
           << end - 30000 << " 'pool: share clients'\n"
           << "echo 'a payment timeout of a host' > docs/run.md; commit " << end - 20000
           << " 'docs: payment timeout'\n"
           << "echo 'synonyms = 1' > search/find2.py; commit " << end - 10000
           << " 'search: know synonyms'; git tag v1.9.0\n"
           << "git checkout -q -b side v1.8.1; echo x > search/side.py; commit " << end - 700
           << " 'search: a side branch'; git checkout -q main\n";
    script.close();
    const std::string log = (root_ / "log").string();
    REQUIRE(std::system(("sh " + (root_ / "script").string() + " >" + log + " 2>&1").c_str()) == 0);
  }
  ~Shop() {
    std::error_code ignored;
    fs::remove_all(root_, ignored);
  }
  Shop(const Shop&) = delete;
  Shop& operator=(const Shop&) = delete;

  std::string path() const { return (root_ / "repo").string(); }
  Repository open() const {
    auto repository = Repository::open(path());
    REQUIRE(repository.has_value());
    return std::move(repository).value();
  }
  void git(const std::string& arguments) const {
    REQUIRE(std::system(("git -C " + path() + " " + arguments + " >/dev/null 2>&1").c_str()) == 0);
  }

 private:
  fs::path root_;
};

ChangeQuestion question() {
  ChangeQuestion asked;
  asked.evidence.onset = Onset{before(4), onset_at, before(-3)};
  asked.evidence.symptoms = {{"payment timeout host=<*>", "payments", 1}};
  asked.newest = before(-900);
  return asked;
}

Deploy deploy(const std::string& version, double seconds_before, const std::string& service = "") {
  Deploy made;
  made.id = made.version = version;
  made.at = before(seconds_before);
  made.service = service;
  made.kind = "deploy";
  return made;
}

std::vector<RankedChange> ranked(const ChangeQuestion& asked, const Repository* repository,
                                 const std::vector<Deploy>& deploys) {
  auto result = what_changed(asked, repository, deploys);
  REQUIRE(result.has_value());
  double sum = 0;
  for (const RankedChange& entry : *result) sum += entry.probability;
  CHECK(sum == doctest::Approx(1));
  return std::move(result).value();
}

const RankedChange* find_entry(const std::vector<RankedChange>& entries, const std::string& id) {
  for (const RankedChange& entry : entries) {
    if (entry.change.id == id) return &entry;
  }
  return nullptr;
}

std::string subjects(const Change& change) {
  std::string all;
  for (const CommitText& commit : change.commits) {
    all += (all.empty() ? "" : ", ") + commit.subject;
  }
  return all;
}

TEST_CASE("a listed deploy brings the commits since the deploy before it") {
  const Shop shop;
  const Repository repository = shop.open();
  const auto found =
      ranked(question(), &repository, {deploy("v1.8.1", 5 * 86400), deploy("release-1.9.0", 92)});
  REQUIRE(found[0].change.id == "release-1.9.0");
  CHECK(
      subjects(found[0].change) ==
      "search: know synonyms, docs: payment timeout, pool: share clients, payments: limit refunds");
  CHECK(found[0].commits[0].subject == "pool: share clients");
  CHECK(found[0].commits[0].probability > 0.5);
}

TEST_CASE("a deploy that the list does not precede is compared with the tag before it") {
  const Shop shop;
  const Repository repository = shop.open();
  const auto found = ranked(question(), &repository, {deploy("v1.9.0", 92)});
  CHECK(found[0].change.commits.size() == 4);
}

TEST_CASE("without a list tags are the deploys, and versions in the logs say when they ran") {
  const Shop shop;
  const Repository repository = shop.open();
  ChangeQuestion asked = question();
  auto found = ranked(asked, &repository, {});
  CHECK(found[0].change.id == "v1.9.0");
  CHECK(found[0].change.kind == ChangeKind::deploy);
  CHECK(find_entry(found, "v1.8.1") != nullptr);
  CHECK(find_entry(found, "v1.8.0") == nullptr);  // 20 days ago

  VersionRate old{"version", "1.8.1", "", before(7200)};
  VersionRate fresh{"version", "1.9.0", "", before(120)};
  asked.evidence.version_rates = {old, fresh};
  found = ranked(asked, &repository, {});
  CHECK(found[0].change.id == "1.9.0");
  CHECK(found[0].change.kind == ChangeKind::version);
  CHECK(found[0].change.at == before(120));
  CHECK(found[0].change.commits.size() == 4);
  CHECK(find_entry(found, "v1.9.0") == nullptr);
}

TEST_CASE("a version in the logs that the list knows is not told twice") {
  ChangeQuestion asked = question();
  VersionRate old{"version", "1.8.1", "", before(7200)};
  VersionRate fresh{"version", "1.9.0", "", before(80)};
  asked.evidence.version_rates = {old, fresh};
  const auto found = ranked(asked, nullptr, {deploy("v1.9.0", 92)});
  CHECK(found.size() == 2);
  CHECK(found[0].change.id == "v1.9.0");
}

TEST_CASE("a version and its commit in the logs are one change") {
  ChangeQuestion asked = question();
  asked.evidence.version_rates = {
      {"commit", "3f2c1a9d", "", before(7200)},  {"commit", "4a2c1a9d", "", before(120)},
      {"image", "shop:1.9.0", "", before(7200)}, {"image", "shop:1.9.1", "", before(120)},
      {"version", "v1.9.0", "", before(7200)},   {"version", "v1.9.1", "", before(119)},
      {"version", "v2.0.0", "", before(119)},
  };
  const auto found = ranked(asked, nullptr, {});
  REQUIRE(found.size() == 3);
  const RankedChange* both = find_entry(found, "shop:1.9.1");
  REQUIRE(both != nullptr);
  CHECK(both->change.sha == "4a2c1a9d");
  CHECK(find_entry(found, "v2.0.0") != nullptr);
}

TEST_CASE("without deploys and tags every commit of 14 days is a change") {
  const Shop shop;
  shop.git("tag -d v1.8.0 v1.8.1 v1.9.0");
  const Repository repository = shop.open();
  const auto found = ranked(question(), &repository, {});
  CHECK(found.size() == 6);  // five commits and none; the first is 20 days old
  CHECK(found[0].change.kind == ChangeKind::commit);
  CHECK(found[0].change.description == "pool: share clients");
  CHECK(found[0].probability > 0.5);
}

TEST_CASE("what never took place, was elsewhere or long ago is no suspect") {
  ChangeQuestion asked = question();
  Deploy cancelled = deploy("v1", 60);
  cancelled.status = "canceled";
  Deploy staging = deploy("v2", 60);
  staging.environment = "staging";
  Deploy production = deploy("v3", 600);
  production.environment = "Production";
  const std::vector<Deploy> deploys = {cancelled,         staging,
                                       production,        deploy("v4", 15 * 86400),
                                       deploy("v5", -60), deploy("v6", -86400)};
  const auto found = ranked(asked, nullptr, deploys);
  CHECK(found.size() == 3);  // v3, v5 and none
  CHECK(found[0].change.id == "v3");
  CHECK(find_entry(found, "v5")->probability < 1e-4);
  asked.environment = "staging";
  CHECK(find_entry(ranked(asked, nullptr, deploys), "v2") != nullptr);
}

TEST_CASE("a rollback is a revert without commits of its own") {
  const Shop shop;
  const Repository repository = shop.open();
  const auto found =
      ranked(question(), &repository, {deploy("v1.9.0", 5000), deploy("v1.8.1", 60)});
  const RankedChange* back = find_entry(found, "v1.8.1");
  REQUIRE(back != nullptr);
  CHECK(back->change.kind == ChangeKind::revert);
  CHECK(back->change.commits.empty());
}

TEST_CASE("versions that the repository does not know stay without commits") {
  const Shop shop;
  const Repository repository = shop.open();
  Deploy strange = deploy("v7.0.0", 60);
  strange.sha = "0123456789012345678901234567890123456789";
  const auto found = ranked(question(), &repository, {strange});
  CHECK(find_entry(found, "v7.0.0")->change.commits.empty());
}

TEST_CASE("services of one repository have tags and predecessors of their own") {
  const Shop shop;
  shop.git("tag search-v3 v1.8.1");
  shop.git("tag search-v4 v1.9.0");
  const Repository repository = shop.open();
  const auto found = ranked(question(), &repository,
                            {deploy("v3", 9000, "search"), deploy("v1.8.0", 8000, "payments"),
                             deploy("v4", 40, "search"), deploy("v1.9.0", 300, "payments")});
  CHECK(found[0].change.service == "payments");
  CHECK(found[0].change.id == "v1.9.0");
  CHECK(found[0].change.commits.size() == 5);
  CHECK(find_entry(found, "v4")->change.commits.size() == 4);
}

TEST_CASE("flags and settings that no deploy brought are changes of their own") {
  const Shop shop;
  const std::int64_t at = nanoseconds(onset_at) / 1'000'000'000 - 40;
  shop.git("checkout -q main");
  REQUIRE(std::system(("mkdir " + shop.path() + "/flags && echo 'new_pay: true' > " + shop.path() +
                       "/flags/pay.yaml && echo 'a: 1' > " + shop.path() + "/payments/limits.yaml")
                          .c_str()) == 0);
  const auto commit = [&](const std::string& file, std::int64_t when) {
    const std::string date = fmt::format("@{} +0000", when);
    setenv("GIT_COMMITTER_DATE", date.c_str(), 1);
    shop.git("add " + file);
    shop.git(
        fmt::format("-c user.name=Ada -c user.email=ada@example.com commit -q --date='{}' "
                    "-m 'set {}'",
                    date, file));
    unsetenv("GIT_COMMITTER_DATE");
  };
  commit("flags/pay.yaml", at);
  commit("payments/limits.yaml", at + 10);
  const Repository repository = shop.open();
  const auto entries = ranked(question(), &repository, {deploy("v1.9.0", 92, "payments")});
  const auto of_kind = [&](ChangeKind kind) {
    return std::find_if(entries.begin(), entries.end(),
                        [&](const RankedChange& entry) { return entry.change.kind == kind; });
  };
  REQUIRE(of_kind(ChangeKind::flag) != entries.end());
  CHECK(of_kind(ChangeKind::flag)->change.at == before(40));
  REQUIRE(of_kind(ChangeKind::config) != entries.end());
  CHECK(of_kind(ChangeKind::config)->change.service == "payments");
}

TEST_CASE("a version that serves before the list says so shows that the list's clock is ahead") {
  ChangeQuestion asked = question();
  VersionRate old{"version", "v1.8.1", "payments", before(9000)};
  VersionRate next{"version", "v1.9.0", "payments", before(20)};
  old.total_after = next.total_after = 100;
  asked.evidence.version_rates = {old, next};
  const auto entries = ranked(asked, nullptr, {deploy("v1.9.0", -40, "payments")});
  const RankedChange* entry = find_entry(entries, "v1.9.0");
  REQUIRE(entry != nullptr);
  CHECK(entry->change.ahead == std::chrono::seconds(60));
  CHECK(entry->probability > 0.5);
}

TEST_CASE("nothing at all leaves none of these") {
  const auto found = ranked(question(), nullptr, {});
  REQUIRE(found.size() == 1);
  CHECK(found[0].change.kind == ChangeKind::none);
}

TEST_CASE("without an onset the window ends with the evidence") {
  ChangeQuestion asked = question();
  asked.evidence.onset.reset();
  const auto found = ranked(asked, nullptr, {deploy("v1", 60), deploy("v2", -2000)});
  CHECK(found.size() == 2);
}

}  // namespace
}  // namespace culprit
