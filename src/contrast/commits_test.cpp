#include "contrast/commits.h"

#include <algorithm>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "contrast/commit_kind.h"

namespace culprit {
namespace {

CommitText commit(const std::string& subject, const std::string& path, const std::string& added,
                  const std::string& removed = "") {
  CommitText made;
  made.sha = fmt::format("{:0>40}", subject.size());
  made.subject = subject;
  made.message = subject;
  made.files = {{path, added, removed, ""}};
  return made;
}

const std::vector<CommitText>& history() {
  static const std::vector<CommitText> commits = {
      commit("export: write the header once", "src/export/csv.py", "if not written:\n  header()\n"),
      commit("pool: share clients", "src/gateway/pool.py",
             "raise PaymentTimeout(f\"payment timeout gateway_host={host}\")\n"),
      commit("docs: what a payment timeout means", "docs/runbook.md",
             "A payment timeout of a gateway host means that the gateway_host is slow.\n"),
      commit("tests: payment timeout", "tests/test_pool.py",
             "assert \"payment timeout gateway_host=a\" in log\n"),
      commit("session: keep two hours", "src/auth/session.js", "const hours = 2\n"),
      commit("cart: say how many lines", "src/gateway/cart.py", "raise TooMany(f\"{n} lines\")\n"),
  };
  return commits;
}

CommitQuestion question() { return {{{"payment timeout gateway_host=<*>", "gateway", 1}}, {}, {}}; }

double sum_of(const std::vector<RankedCommit>& ranked) {
  double sum = 0;
  for (const RankedCommit& entry : ranked) sum += entry.probability;
  return sum;
}

TEST_CASE("the commit that wrote the failing message comes first, with its reason") {
  const auto ranked = rank_commits(history(), question());
  REQUIRE(ranked.size() == history().size());
  CHECK(ranked[0].subject == "pool: share clients");
  CHECK(ranked[0].probability > 0.9);
  CHECK(ranked[0].reasons[0] ==
        "wrote the line that prints \"payment timeout gateway_host=<*>\" in src/gateway/pool.py");
  CHECK(sum_of(ranked) < 1);
}

TEST_CASE("tests and prose that say the words weigh little, and say why") {
  for (const RankedCommit& entry : rank_commits(history(), question())) {
    if (entry.subject.rfind("docs", 0) == 0) {
      CHECK(entry.probability < 0.05);
      CHECK(entry.reasons.back() == "changes prose only");
    }
    if (entry.subject.rfind("tests", 0) == 0) CHECK(entry.probability < 0.05);
  }
}

TEST_CASE("without symptoms commits share alike but for what they change") {
  const auto ranked = rank_commits(history(), {});
  CHECK(ranked[0].probability < 0.4);
  CHECK(ranked.back().subject.rfind("docs", 0) == 0);
  CHECK(sum_of(ranked) == doctest::Approx(1 - share_without_commit));
}

TEST_CASE("no commits give no ranks") { CHECK(rank_commits({}, question()).empty()); }

TEST_CASE("a rare word weighs more than one that every commit says") {
  std::vector<CommitText> commits;
  for (int i = 0; i < 20; ++i) {
    commits.push_back(commit(fmt::format("gateway change {}", i), fmt::format("src/f{}.py", i),
                             i == 7 ? "gateway idempotency check\n" : "gateway call\n"));
  }
  const auto ranked = rank_commits(commits, {{{"gateway idempotency conflict", "", 1}}, {}, {}});
  CHECK(ranked[0].subject == "gateway change 7");
  CHECK(ranked[0].probability > 3 * ranked[1].probability);
  CHECK(ranked[0].reasons[0].find("idempotency") != std::string::npos);
}

TEST_CASE("a message that stopped points at the commit that removed its line") {
  const std::vector<CommitText> commits = {
      commit("orders: log more", "src/orders.go", "log.Info(\"order confirmed\")\n"),
      commit("orders: queue confirmations", "src/queue.go", "queue <- order\n",
             "log.Info(\"order confirmed\")\n"),
  };
  CommitQuestion asked = {{{"order confirmed", "", 1, true}}, {}, {}};
  CHECK(rank_commits(commits, asked)[0].subject == "orders: queue confirmations");
  asked.symptoms[0].stopped = false;
  CHECK(rank_commits(commits, asked)[0].subject == "orders: log more");
}

TEST_CASE("touching the file that prints the message counts, unless it is printed everywhere") {
  const std::vector<CommitText> commits = {commit("one", "src/a/x.py", "k = 1\n"),
                                           commit("two", "src/b/y.py", "k = 1\n"),
                                           commit("three", "src/b/z.py", "k = 1\n")};
  CommitQuestion asked = {{{"payment refused by bank", "", 1}}, {}, {{"src/b/y.py", 3, "", 0}}};
  const auto ranked = rank_commits(commits, asked);
  CHECK(ranked[0].subject == "two");
  CHECK(ranked[0].reasons[0] == "touches src/b/y.py, where the failing message is printed");
  CHECK(ranked[1].subject == "three");
  for (std::size_t i = 0; i < 30; ++i) asked.source_lines.push_back({"src/b/y.py", i, "", 0});
  CHECK(rank_commits(commits, asked)[0].subject == "one");
}

TEST_CASE("a commit's kind is that of its likeliest file") {
  struct Row {
    std::string path;
    std::string added;
    std::string removed;
    CommitKind kind;
  };
  const std::vector<Row> rows = {
      {"src/a.py", "x = 1\n", "", CommitKind::code},
      {"src/a.go", "  x = 1\n", "x  =  1\n", CommitKind::formatting},
      {"src/a.py", "    x = 1\n", "x = 1\n", CommitKind::code},  // indentation is meaning
      {"test/a.py", "x\n", "", CommitKind::tests},
      {"src/a_test.go", "x\n", "", CommitKind::tests},
      {"src/latest.go", "x\n", "", CommitKind::code},
      {"README.md", "x\n", "", CommitKind::prose},
      {"VERSION", "1.9.0\n", "1.8.1\n", CommitKind::prose},
      {"examples/shop.py", "x\n", "", CommitKind::beside},
      {"src/com/example/Shop.java", "x\n", "", CommitKind::code},
      {"go.sum", "x\n", "", CommitKind::dependencies},
      {"yarn.lock", "x\n", "", CommitKind::dependencies},
      {".github/workflows/ci.yml", "x\n", "", CommitKind::build},
      {"deploy/values.yaml", "x\n", "", CommitKind::settings},
  };
  for (const Row& row : rows) {
    CAPTURE(row.path);
    CHECK(kind_of_commit(commit("c", row.path, row.added, row.removed)) == row.kind);
  }
  CommitText mixed = commit("c", "README.md", "x\n");
  mixed.files.push_back({"src/a.py", "x = 1\n", "", ""});
  CHECK(kind_of_commit(mixed) == CommitKind::code);
  mixed.files.clear();
  CHECK(kind_of_commit(mixed) == CommitKind::unknown);
}

TEST_CASE("a message that was printed before the range is not begun by who prints it once more") {
  const std::vector<CommitText> commits = {
      commit("orders: log retries", "src/retry.go", "log.Info(\"order refused by bank\")\n"),
      commit("orders: ask once", "src/orders.go", "ask(order)\n", "order.retry(ask, bank)\n"),
  };
  CommitQuestion asked = {{{"order refused by bank", "", 1}}, {}, {}};
  const double begun = rank_commits(commits, asked)[0].probability;
  CHECK(rank_commits(commits, asked)[0].subject == "orders: log retries");
  asked.symptoms[0].known = true;
  CHECK(rank_commits(commits, asked)[0].probability < begun);
  CHECK(rank_commits(commits, asked)[0].subject == "orders: ask once");
}

TEST_CASE("a dependency that the failure names points at who changed it") {
  std::vector<CommitText> commits = {
      commit("bump jsonfast", "requirements.txt", "jsonfast==1.4.1\n", "jsonfast==1.4.0\n"),
      commit("bump pgpool", "requirements.txt", "pgpool==2.0.0\n", "pgpool==1.9.4\n"),
  };
  for (int i = 0; i < 20; ++i) {
    commits.push_back(commit(fmt::format("orders {}", i), "src/orders.py", "order(1)\n"));
  }
  CommitQuestion asked;
  asked.words = "unsupported option passed to pgpool while storing an order";
  const auto ranked = rank_commits(commits, asked);
  CHECK(ranked[0].subject == "bump pgpool");
  CHECK(ranked[0].reasons[0] == "changes the dependency pgpool, which the failure names");
}

TEST_CASE("words that stand together weigh more than those spread over a large commit") {
  CommitText spread = commit("rework", "src/a.py", "gateway()\n");
  spread.files.push_back({"src/b.py", "idempotency()\n", "", ""});
  spread.files.push_back({"src/c.py", "conflict()\n", "", ""});
  std::vector<CommitText> commits = {
      spread, commit("gateway", "src/d.py", "gateway(idempotency, conflict)\n")};
  for (int i = 0; i < 20; ++i) commits.push_back(commit("other", "src/e.py", "other()\n"));
  CommitQuestion asked;
  asked.words = "idempotency conflict in the gateway";
  CHECK(rank_commits(commits, asked)[0].subject == "gateway");
}

TEST_CASE("the order of commits does not decide") {
  std::vector<CommitText> reversed = history();
  std::reverse(reversed.begin(), reversed.end());
  const auto ranked = rank_commits(reversed, question());
  CHECK(ranked[0].subject == "pool: share clients");
  CHECK(ranked[0].probability ==
        doctest::Approx(rank_commits(history(), question())[0].probability));
}

}  // namespace
}  // namespace culprit
