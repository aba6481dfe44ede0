#include "repo/deploys.h"

#include <string>
#include <vector>

#include <doctest/doctest.h>

namespace culprit {
namespace {

DeployList listed(std::string_view text, const Zone& zone = {}) {
  const auto list = read_deploys(text, zone);
  REQUIRE(list.has_value());
  return *list;
}

Time time_at(std::string_view text) { return *parse_time(text); }

TEST_CASE("the same deploy is found in every syntax") {
  struct Row {
    std::string text;
    std::string format;
  };
  const std::vector<Row> rows = {
      {R"({"time":"2025-11-20T14:01:40Z","version":"v1.9.0","sha":"3f2c1a9","service":"payments"})",
       "json"},
      {R"({"ts":"2025-11-20T14:01:40Z","tag":"v1.9.0","commit":"3f2c1a9","app":"payments"}
{"ts":"2025-11-20T15:00:00Z","tag":"v1.9.1","commit":"4f2c1a9","app":"payments"})",
       "ndjson"},
      {"deployed_at,release,revision,component\n2025-11-20 14:01:40Z,v1.9.0,3f2c1a9,payments\n",
       "csv"},
      {"Version;Time;SHA;Service\r\nv1.9.0;2025-11-20T15:01:40+01:00;3f2c1a9;payments\r\n", "csv"},
      {R"([{"at":1763647300,"ref":"refs/tags/v1.9.0","git_sha":"3f2c1a9","service":"payments"}])",
       "json"},
      {R"({"deploys":[{"createdAt":"2025-11-20T14:01:40Z","imageTag":"v1.9.0","sha":"3f2c1a9",
          "metadata":{"service":"payments"}}],"total":1})",
       "json"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    const DeployList list = listed(row.text);
    CHECK(list.format == row.format);
    CHECK(list.skipped == 0);
    CHECK(list.zoneless == 0);
    const Deploy& deploy = list.deploys.front();
    CHECK(deploy.id == "v1.9.0");
    CHECK(deploy.version == "v1.9.0");
    CHECK(deploy.at == time_at("2025-11-20T14:01:40Z"));
    CHECK(deploy.sha == "3f2c1a9");
    CHECK(deploy.service == "payments");
    CHECK(deploy.kind == "deploy");
  }
}

TEST_CASE("a list may say in which region or cluster a deploy was") {
  const DeployList list = listed(R"({"time":"2025-11-20T14:01:40Z","version":"v2","region":"eu"}
{"time":"2025-11-20T14:01:40Z","version":"v3","cluster":"blue","env":"production"}
{"time":"2025-11-20T14:01:40Z","version":"v4"}
{"time":"2025-11-20T14:01:40Z","version":"v5","namespace":"production"}
{"time":"2025-11-20T14:01:40Z","version":"v6","namespace":"prod-eu"})");
  REQUIRE(list.deploys.size() == 5);
  CHECK(list.deploys[0].place == "eu");
  CHECK(list.deploys[1].place == "blue");
  CHECK(list.deploys[2].place.empty());
  CHECK(list.deploys[3].place.empty());
  CHECK(list.deploys[4].place == "prod-eu");
}

TEST_CASE("GitHub's deployments tell when they succeeded") {
  const DeployList list = listed(R"([
 {"id": 7, "sha": "a84d88e7554fc1fa21bcbc4efae3c782a70d2b9d", "ref": "main", "task": "deploy",
  "environment": "production", "description": "ship it", "creator": {"login": "ada"},
  "created_at": "2025-11-20T14:01:40Z", "updated_at": "2025-11-20T14:05:00Z",
  "statuses_url": "https://api.github.com/x",
  "statuses": [{"state": "inactive", "created_at": "2025-11-21T09:00:00Z"},
               {"state": "success", "created_at": "2025-11-20T14:04:00Z"},
               {"state": "in_progress", "created_at": "2025-11-20T14:02:00Z"}]}])");
  CHECK(list.format == "github");
  const Deploy& deploy = list.deploys.front();
  CHECK(deploy.id == "a84d88e75");
  CHECK(deploy.version.empty());
  CHECK(deploy.status == "success");
  CHECK(deploy.environment == "production");
  CHECK(deploy.at == time_at("2025-11-20T14:01:40Z"));
  CHECK(deploy.finished == time_at("2025-11-20T14:04:00Z"));
  CHECK(deploy.kind == "deploy");
}

TEST_CASE("GitLab's deployments tell when the job began, and which never did") {
  const DeployList list = listed(R"([
 {"created_at": "2025-11-20T13:00:00.000Z", "id": 42, "iid": 2, "ref": "v1.9.0",
  "sha": "a91957a858320c0e17f3a0eca7cfacbff50ea29a", "status": "success", "user": {"name": "Ada"},
  "environment": {"id": 9, "name": "production"}, "updated_at": "2025-11-20T14:10:00Z",
  "deployable": {"commit": {"id": "a91957a858320c0e17f3a0eca7cfacbff50ea29a", "title": "pool"},
   "started_at": "2025-11-20T14:01:40Z", "finished_at": "2025-11-20T14:03:00Z", "tag": true}},
 {"created_at": "2025-11-20T15:00:00.000Z", "iid": 3, "ref": "main", "status": "canceled",
  "sha": "b91957a858320c0e17f3a0eca7cfacbff50ea29a", "environment": {"name": "production"}}])");
  CHECK(list.format == "gitlab");
  REQUIRE(list.deploys.size() == 2);
  CHECK(list.deploys[0].version == "v1.9.0");
  CHECK(list.deploys[0].environment == "production");
  CHECK(list.deploys[0].at == time_at("2025-11-20T14:01:40Z"));
  CHECK(list.deploys[0].finished == time_at("2025-11-20T14:03:00Z"));
  CHECK(took_place(list.deploys[0]));
  CHECK_FALSE(took_place(list.deploys[1]));
}

TEST_CASE("flags, settings and reverts are told from deploys") {
  const DeployList list = listed(R"(
{"at":"2025-11-20T14:00:00Z","flag":"new_checkout","enabled":true,"from":"off","to":"on"}
{"at":"2025-11-20T14:01:00Z","setting":"pool.size","value":5}
{"at":"2025-11-20T14:02:00Z","version":"v1.8.1","description":"Revert to v1.8.1"}
{"at":"2025-11-20T14:03:00Z","kind":"Dependency","name":"libpq 15.4"}
{"at":"2025-11-20T14:04:00Z","from":"v1.8.1","to":"v1.9.0"})");
  REQUIRE(list.deploys.size() == 5);
  CHECK(list.deploys[0].kind == "flag");
  CHECK(list.deploys[0].id == "new_checkout on");
  CHECK(list.deploys[0].version.empty());
  CHECK(list.deploys[1].kind == "config");
  CHECK(list.deploys[1].id == "pool.size 5");
  CHECK(list.deploys[2].kind == "revert");
  CHECK(list.deploys[3].kind == "dependency");
  CHECK(list.deploys[3].id == "libpq 15.4");
  CHECK(list.deploys[4].from_version == "v1.8.1");
  CHECK(list.deploys[4].version == "v1.9.0");
}

TEST_CASE("bad rows are counted and the first is told with its line") {
  struct Row {
    std::string text;
    std::size_t deploys;
    std::size_t skipped;
    std::size_t line;
    std::string why;
  };
  const std::vector<Row> rows = {
      {"\n{\"at\":\"2025-11-20T14:00:00Z\",\"sha\":\"abcdef1\"}\nnot json\n{\"sha\":\"abcdef1\"}\n",
       1, 2, 3, "it is not a JSON object"},
      {"{\"sha\":\"abcdef1\"}\n{\"at\":\"2025-11-20T14:00:00Z\",\"sha\":\"abcdef1\"}\n", 1, 1, 1,
       "it has no time"},
      {"time,version\nyesterday,v1\n2025-11-20T14:00:00Z,v2\n\n2025-11-20T14:00:00Z,v3,x\n", 1, 2,
       2, "its time \"yesterday\" cannot be read"},
      {"time,note,version\n2025-11-20T14:00:00Z,\"two\nlines, \"\"so\"\"\",v2\n2025-11-20,,\n", 1,
       1, 4, "its time \"2025-11-20\" cannot be read"},
      {"[3, {\"at\":\"2025-11-20T14:00:00Z\",\"version\":\"v1\"}]", 1, 1, 1, "it is not an object"},
      {"at,user\n2025-11-20T14:00:00Z,ada\n2025-11-20T14:00:00Z,eve", 0, 0, 0, ""},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    const auto list = read_deploys(row.text);
    REQUIRE(list.has_value() == (row.deploys > 0));
    if (!list) continue;
    CHECK(list->deploys.size() == row.deploys);
    CHECK(list->skipped == row.skipped);
    REQUIRE(list->first_skipped.has_value());
    CHECK(list->first_skipped->line == row.line);
    CHECK(list->first_skipped->why == row.why);
  }
}

TEST_CASE("a text without any deploy is an error with advice") {
  for (std::string_view text :
       {"", " \n", "[]", "{}", "[1, 2", "{\"a\": 1}", "name,version\nx,v1\n", "hello\nworld\n",
        "\xEF\xBB\xBF", "[[[[[[[[", "{\"a\":{\"b\":[{}]}}", "time\n"}) {
    CAPTURE(text);
    const auto list = read_deploys(text);
    REQUIRE_FALSE(list.has_value());
    CHECK(list.error().fault == Fault::malformed);
    CHECK_FALSE(list.error().advice.empty());
  }
}

TEST_CASE("times without a zone are taken in the one given, and counted") {
  const Zone zone = *Zone::named("+02:00");
  const DeployList list = listed("time,version\n2025-11-20 16:01:40,v1.9.0\n", zone);
  CHECK(list.zoneless == 1);
  CHECK(list.deploys[0].at == time_at("2025-11-20T14:01:40Z"));
}

TEST_CASE("deploys stand by time, those of one instant as they were listed") {
  const DeployList list = listed(
      "time,version\n2025-11-20T14:00:00Z,c\n2025-11-19T14:00:00Z,a\n2025-11-20T14:00:00Z,b\n");
  CHECK(list.deploys[0].version == "a");
  CHECK(list.deploys[1].version == "c");
  CHECK(list.deploys[2].version == "b");
}

}  // namespace
}  // namespace culprit
