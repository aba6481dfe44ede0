#include "contrast/circumstances.h"

#include <doctest/doctest.h>

namespace culprit {
namespace {

const Time onset_at = from_nanoseconds(1'763'000'000'000'000'000);

ChangeEvidence evidence_of(std::string message) {
  ChangeEvidence evidence;
  evidence.onset = {onset_at, onset_at, onset_at};
  evidence.until = onset_at + std::chrono::minutes(20);
  evidence.told_first = std::move(message);
  return evidence;
}

Change deploy_of(std::string service) {
  Change change;
  change.service = std::move(service);
  change.at = onset_at - std::chrono::seconds(30);
  return change;
}

PlaceSpread one_host(PlaceSpread::Elsewhere elsewhere) {
  return {"host", "web-3", 1.0, 0.25, 4, 40, elsewhere, {"web-1", "web-2", "web-4"}};
}

TEST_CASE("an expired certificate speaks against every change, a null pointer for one of code") {
  const ChangeEvidence expired = evidence_of("certificate has expired");
  const Clue against = kind_clue(deploy_of("web"), expired);
  CHECK(against.log_ratio < -3);
  CHECK(against.text == "\"certificate has expired\" tells of something that expired");
  CHECK(kind_clue(deploy_of("web"), evidence_of("null pointer dereference")).log_ratio > 0);
  CHECK(kind_clue(deploy_of("web"), evidence_of("cannot merge cart 77")).log_ratio == 0);
}

TEST_CASE("who cannot be reached after its own deploy is not excused by the network") {
  ChangeEvidence evidence = evidence_of("connect to payments: connection refused");
  evidence.services = {{.name = "checkout", .first = 1.0}, {.name = "payments", .named = 1.0}};
  CHECK(kind_clue(deploy_of("payments"), evidence).log_ratio == 0);
  CHECK(kind_clue(deploy_of("checkout"), evidence).log_ratio < -2);
}

TEST_CASE("who waits for somebody outside is not to blame") {
  ChangeEvidence evidence = evidence_of("timed out after 3000 ms");
  const double alone = kind_clue(deploy_of("web"), evidence).log_ratio;
  evidence.outside = "api.mailgrid.example";
  const Clue waits = kind_clue(deploy_of("web"), evidence);
  CHECK(waits.log_ratio < alone - 1);
  CHECK(waits.text.find("api.mailgrid.example") != std::string::npos);
}

TEST_CASE("a full pool tells of load only where there is more load") {
  ChangeEvidence evidence = evidence_of("connection pool exhausted, 12 waiting");
  const double alone = kind_clue(deploy_of("web"), evidence).log_ratio;
  evidence.traffic = 2;
  CHECK(kind_clue(deploy_of("web"), evidence).log_ratio < alone - 1);
  CHECK(traffic_clue(deploy_of("web"), evidence).log_ratio < -3);
  evidence.traffic = 1.1;
  CHECK(traffic_clue(deploy_of("web"), evidence).log_ratio == 0);
}

TEST_CASE("one host that fails while others run the same is no deploy's doing") {
  ChangeEvidence evidence = evidence_of("internal error");
  evidence.spreads = {one_host(PlaceSpread::Elsewhere::same_version)};
  const Clue same = spread_clue(deploy_of("web"), evidence);
  CHECK(same.log_ratio < -4);
  CHECK(same.text == "only host = web-3 fails; elsewhere the same version works");
  evidence.spreads = {one_host(PlaceSpread::Elsewhere::another_version)};
  CHECK(spread_clue(deploy_of("web"), evidence).log_ratio == 0);
  evidence.spreads = {one_host(PlaceSpread::Elsewhere::unknown)};
  CHECK(spread_clue(deploy_of("web"), evidence).log_ratio < 0);
  Change rolling = deploy_of("web");
  rolling.finished = evidence.until;
  CHECK(spread_clue(rolling, evidence).log_ratio == 0);
}

TEST_CASE("a deploy to one region is excused of one host only where there are other regions") {
  ChangeEvidence evidence = evidence_of("internal error");
  evidence.spreads = {one_host(PlaceSpread::Elsewhere::unknown)};
  Change change = deploy_of("web");
  change.place = "eu-west";
  CHECK(spread_clue(change, evidence).log_ratio == 0);
  evidence.spreads.push_back(
      {"region", "eu-west", 1.0, 1.0, 1, 40, PlaceSpread::Elsewhere::unknown, {}});
  CHECK(spread_clue(change, evidence).log_ratio < -2);
}

TEST_CASE("a deploy to the region that fails is suspected, one to another region is not") {
  ChangeEvidence evidence = evidence_of("internal error");
  evidence.spreads = {
      {"region", "eu-west", 1.0, 0.5, 2, 40, PlaceSpread::Elsewhere::unknown, {"us-east"}}};
  Change here = deploy_of("web");
  here.place = "eu-west";
  Change there = deploy_of("web");
  there.place = "us-east";
  CHECK(spread_clue(here, evidence).log_ratio > 1);
  CHECK(spread_clue(there, evidence).log_ratio < -4);
}

TEST_CASE("failures that lie as the traffic does are in no one place") {
  PlaceSpread spread = one_host(PlaceSpread::Elsewhere::unknown);
  CHECK(is_concentrated(spread));
  spread.traffic = 0.95;
  CHECK_FALSE(is_concentrated(spread));
  spread = one_host(PlaceSpread::Elsewhere::unknown);
  spread.seen = 3;
  CHECK_FALSE(is_concentrated(spread));
}

TEST_CASE("one customer of many is seldom the fault of a change") {
  ChangeEvidence evidence = evidence_of("deadlock detected");
  CHECK(customer_clue(deploy_of("web"), evidence).log_ratio == 0);
  evidence.customer = NamedValue{"tenant", "t-17"};
  CHECK(customer_clue(deploy_of("web"), evidence).log_ratio < -3);
}

TEST_CASE("a full hour is when jobs start") {
  ChangeEvidence evidence = evidence_of("");
  CHECK(round_clue(deploy_of("web"), evidence).log_ratio == 0);
  evidence.onset->round = true;
  CHECK(round_clue(deploy_of("web"), evidence).log_ratio < 0);
}

}  // namespace
}  // namespace culprit
