#include "workbench/message_onset.h"

#include <random>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "workbench/gathered_lines.h"

namespace culprit {
namespace {

constexpr Time start = from_nanoseconds(1'763'645'400'000'000'000);  // 2025-11-20T13:30:00Z
constexpr Time onset = start + std::chrono::minutes(25);
constexpr Time stop = start + std::chrono::minutes(40);

struct Logged {
  double fresh_share = 0;  // of the failures since the onset that say what nobody said before
  double more_slowly = 1;  // how many times as many failures there are at the end as at first
  std::string_view spacing = " ";
};

// Nothing but failures: about thirty a minute of three kinds, and one kind more since the onset.
std::string evidence(const Logged& logged, std::uint64_t seed) {
  std::mt19937_64 dice(seed);
  const auto share = [&] { return std::uniform_real_distribution<double>()(dice); };
  std::string lines;
  for (Time time = start; time < stop;) {
    const double grown = seconds(time - start) / seconds(stop - start);
    time += from_seconds(-std::log(1 - share()) * 2 / (1 + (logged.more_slowly - 1) * grown));
    const bool fresh = time >= onset && share() < logged.fresh_share;
    const auto host = fresh ? 7 : dice() % 10;
    const auto number = dice() % 1000;
    const std::string message =
        fresh             ? fmt::format("no{}shard (of {}) for account", logged.spacing, number)
        : number % 3 == 0 ? fmt::format("deadline exceeded after {} ms", number)
        : number % 3 == 1 ? fmt::format("deadlock on table orders part {}", number)
                          : fmt::format("connection reset by peer {}", number);
    lines +=
        fmt::format("{{\"ts\":\"{}\",\"level\":\"error\",\"msg\":\"{}\",\"host\":\"gw-{}\"}}\n",
                    to_string(time), message, host);
  }
  return lines;
}

struct Told {
  Investigation made;
  std::string bad;
};

Told told_of(const std::string& lines) {
  GatheredLines gathered(lines);
  gathered.find_failure();
  const auto& bad = gathered.made.rule.bad;
  return {gathered.made, bad ? to_string(*bad) : ""};
}

}  // namespace

TEST_CASE("a message that began is the failure, however all failures drift") {
  for (std::uint64_t seed = 1; seed <= 4; ++seed) {
    CAPTURE(seed);
    const Told told = told_of(evidence({0.15, 3}, seed));
    CHECK(told.made.rule.how == OutcomeRule::How::message);
    CHECK(told.bad == "message ~ \"^no shard \\(of .*\\) for account$\"");
    CHECK(told.made.when.found);
    CHECK(told.made.when.from <= onset);
    CHECK(told.made.when.to >= onset);
    CHECK(told.made.when.to - told.made.when.from < std::chrono::minutes(5));
    CHECK(told.made.judged.bad > 20);
    CHECK(told.made.judged.bad < told.made.judged.units / 5);
  }
}

TEST_CASE("white space that the skeleton lost is left open in the expression") {
  CHECK(told_of(evidence({0.3, 1, "  "}, 1)).bad ==
        "message ~ \"^no\\s+shard\\s+\\(of\\s+.*\\)\\s+for\\s+account$\"");
}

// Plain text without levels: who logs in, and who is refused.
std::string logins(double refused_share, std::uint64_t seed) {
  std::mt19937_64 dice(seed);
  const auto share = [&] { return std::uniform_real_distribution<double>()(dice); };
  std::string lines;
  for (Time time = start; time < stop;) {
    time += from_seconds(-std::log(1 - share()) * 5);
    const bool refused = share() < (time >= onset ? refused_share : 0.02);
    const char* what = refused ? "Failed password" : "Accepted publickey";
    lines +=
        fmt::format("{} gw sshd[{}]: {} for u{} from 10.0.0.{} port {} ssh2\n", to_string(time),
                    dice() % 9000 + 1000, what, dice() % 5, dice() % 9, dice() % 50000 + 10000);
  }
  return lines;
}

TEST_CASE("where no field says what failed, a message that speaks of failure began") {
  for (std::uint64_t seed = 21; seed <= 24; ++seed) {
    CAPTURE(seed);
    const Told told = told_of(logins(0.6, seed));
    CHECK(told.made.rule.how == OutcomeRule::How::message);
    CHECK(told.bad.starts_with("message ~ \"^Failed password for"));
    CHECK(told.made.when.from <= onset + std::chrono::seconds(30));
    CHECK(told.made.when.to >= onset);
    CHECK(!told.made.schema.unit.errors_only);
  }
}

TEST_CASE("messages that always spoke of failure began nothing") {
  for (std::uint64_t seed = 31; seed <= 330; ++seed) {
    CAPTURE(seed);
    CHECK(told_of(logins(0.02, seed)).made.rule.how == OutcomeRule::How::unknown);
  }
}

TEST_CASE("where every message drifts alike, none of them began") {
  for (std::uint64_t seed = 11; seed <= 14; ++seed) {
    CAPTURE(seed);
    CHECK(told_of(evidence({0, 2}, seed)).made.rule.how != OutcomeRule::How::message);
  }
}

}  // namespace culprit
