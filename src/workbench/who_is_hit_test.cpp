#include "workbench/who_is_hit.h"

#include <cmath>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "base/dice.h"
#include "base/sim_world.h"
#include "contrast/outcome_rule.h"
#include "contrast/when.h"
#include "store/embedded/embedded.h"

namespace culprit {
namespace {

struct Request {
  std::string fields;
  bool bad = false;
};
using Burst = std::vector<Request>;

// A log of one line a request: bursts a minute apart, their requests 10 ms after each other.
std::string log_of(const std::vector<Burst>& bursts, std::chrono::milliseconds apart) {
  const Time from = *parse_time("2025-11-20T14:00:00Z");
  std::string text;
  for (std::size_t b = 0; b < bursts.size(); ++b) {
    Time at = from + apart * static_cast<std::int64_t>(b);
    for (const Request& request : bursts[b]) {
      text += fmt::format(R"({{"time":"{}",{},"status":{}}})"
                          "\n",
                          to_string(at), request.fields, request.bad ? 500 : 200);
      at += std::chrono::milliseconds(10);
    }
  }
  return text;
}

// Who is hit, where the evidence begins inside the incident.
std::string told(const std::string& log) {
  SimWorld world;
  world.put("log.ndjson", log);
  GatherOptions options;
  options.sources = {"log.ndjson"};
  auto engine = Embedded::gather(world, options);
  REQUIRE(engine);
  const Schema& schema = (*engine)->schema();
  const OutcomeRule rule = outcome_rule_of(schema);
  (*engine)->judge(rule);
  WhoQuestion question;
  question.has_before = false;
  const Window span{schema.from, schema.to + Duration{1}};
  const Duration bucket = (span.to - span.from) / 480 + Duration{1};
  question.dispersion = find_outbreak((*engine)->hist({{}, span, bucket})).dispersion;
  std::string text;
  for (const Finding& one : who_is_hit(**engine, question, plan_fields(schema, rule)).findings) {
    text += (text.empty() ? "" : "; ") + to_string(expr_of(one.conditions));
  }
  return text;
}
std::string told(const std::vector<Burst>& bursts) {
  return told(log_of(bursts, std::chrono::minutes(1)));
}

std::string path(std::string_view name) { return fmt::format(R"("path":"{}")", name); }

// Of every burst half pays, and that is what fails: `of_pay` of a hundred, `of_others` else.
std::vector<Burst> bound(std::size_t count, std::size_t size, std::size_t of_pay,
                         std::size_t of_others) {
  Dice dice(count * 100 + size);
  std::vector<Burst> bursts(count);
  for (Burst& burst : bursts) {
    for (std::size_t i = 0; i < size; ++i) {
      const bool pays = i % 2 == 0;
      burst.push_back(
          {path(pays ? "/pay" : "/list"), dice.below(100) < (pays ? of_pay : of_others)});
    }
  }
  return bursts;
}

// Eight fields that know nothing of failures.
std::string eight_fields(Dice& dice) {
  std::string text;
  for (std::size_t field = 0; field < 8; ++field) {
    text += fmt::format(R"({}"f{}":"v{}")", field > 0 ? "," : "", field, dice.below(2 + field));
  }
  return text;
}

// Requests that fail by chance; each is tried again, and fails again, in the places of others.
Burst retried(Dice& dice, std::size_t size, double chance, std::size_t tries) {
  Burst burst(size);
  for (Request& request : burst) request = {eight_fields(dice), false};
  for (std::size_t i = 0; i < size; ++i) {
    if (burst[i].bad || dice.uniform() >= chance) continue;
    burst[i].bad = true;
    for (std::size_t again = 1; again < tries; ++again) {
      Request& other = burst[dice.below(size)];
      if (!other.bad) other = burst[i];
    }
  }
  return burst;
}

}  // namespace

TEST_CASE("a value that is bound to failure within every burst is told, however few bursts") {
  struct Given {
    std::size_t bursts;
    std::size_t size;
  };
  // Three bursts of five are too few failures, at even distances too.
  for (const Given& given : {Given{3, 10},
                             {3, 20},
                             {4, 5},
                             {4, 10},
                             {4, 20},
                             {5, 12},
                             {6, 5},
                             {6, 10},
                             {6, 20},
                             {8, 5},
                             {8, 20},
                             {12, 5},
                             {12, 10},
                             {12, 20}}) {
    CAPTURE(given.bursts);
    CAPTURE(given.size);
    CHECK(told(bound(given.bursts, given.size, 100, 0)) == "path = /pay");
    if (given.bursts * given.size < 60) continue;
    CHECK(told(bound(given.bursts, given.size, 90, 5)) == "path = /pay");
  }
}

TEST_CASE("requests in bursts prove what the same requests at even distances do") {
  for (const std::size_t size : {4U, 6U, 10U, 14U, 20U}) {
    CAPTURE(size);
    const std::vector<Burst> bursts = bound(4, size, 100, 0);
    const auto even = std::chrono::milliseconds(10 * size);
    CHECK(told(bursts) == told(log_of(bursts, even)));
  }
}

TEST_CASE("where whole bursts fail, the value that names them is not blamed") {
  for (const std::size_t count : {3U, 4U, 6U, 8U}) {
    for (const std::size_t size : {5U, 10U, 20U}) {
      CAPTURE(count);
      CAPTURE(size);
      std::vector<Burst> by_host(count);
      std::vector<Burst> by_mode(count);
      for (std::size_t b = 0; b < count; ++b) {
        const bool fails = b % 2 == 1;
        for (std::size_t i = 0; i < size; ++i) {
          const std::string any = path(i % 3 == 0 ? "/pay" : "/list");
          by_host[b].push_back({fmt::format(R"({},"host":"h{}")", any, b), fails});
          by_mode[b].push_back({fmt::format(R"({},"mode":"m{}")", any, fails ? 1 : 2), fails});
        }
      }
      CHECK(told(by_host) == "");
      CHECK(told(by_mode) == "");
    }
  }
}

TEST_CASE(
    "where nothing fails more than else, bursts and what is tried again in them blame nobody") {
  struct Given {
    const char* what;
    double chance;
    std::size_t tries;
  };
  for (const Given& given : {Given{"each on its own", 0.3, 1},
                             {"each tried three times", 0.12, 3},
                             {"one or two, ten times", 0.08, 10}}) {
    CAPTURE(given.what);
    constexpr std::size_t runs = 120;
    std::size_t blamed = 0;
    for (std::uint64_t seed = 1; seed <= runs; ++seed) {
      Dice dice(seed);
      std::vector<Burst> bursts(3 + dice.below(10));
      for (Burst& burst : bursts) {
        burst = retried(dice, 5 + dice.below(16), given.chance, given.tries);
      }
      blamed += told(bursts).empty() ? 0 : 1;
    }
    CHECK(blamed <= runs / 20);
  }
}

}  // namespace culprit
