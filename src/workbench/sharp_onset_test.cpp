#include "workbench/sharp_onset.h"

#include <random>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "workbench/gathered_lines.h"

namespace culprit {
namespace {

constexpr Time start = from_nanoseconds(1'763'645'400'000'000'000);  // 2025-11-20T13:30:00Z
constexpr Time birth = start + std::chrono::minutes(15);
constexpr int requests = 15'000;  // in 30 minutes
constexpr Duration apart = std::chrono::milliseconds(120);

// Version 2 takes a growing share of the traffic from `birth` on and fails at one rate from `fails`
// on.
std::string evidence(Time fails, std::uint64_t seed) {
  std::mt19937_64 dice(seed);
  const auto share = [&] { return std::uniform_real_distribution<double>()(dice); };
  std::string lines;
  for (int i = 0; i < requests; ++i) {
    const Time time = start + apart * i;
    const bool second = share() < std::min(0.8, seconds(time - birth) / 600);
    const double rate = second && time >= fails ? 0.1 : 0.001;
    lines += fmt::format("{{\"ts\":\"{}\",\"version\":\"v{}\",\"status\":{}}}\n", to_string(time),
                         second ? 2 : 1, share() < rate ? 500 : 200);
  }
  return lines;
}

WhenAnswer sharpened(const std::string& lines) {
  GatheredLines gathered(lines);
  gathered.find_failure();
  REQUIRE(gathered.made.when.found);
  Segment segment;
  segment.finding.conditions = {{"version", Condition::Op::is, "v2"}};
  segment.finding.share_of_bad = 0.95;
  gathered.made.who.push_back(segment);
  sharpen_onset(*gathered.engine, gathered.made);
  return gathered.made.when;
}

}  // namespace

TEST_CASE("what fails since its birth began with its birth, not where the whole rose") {
  int held = 0;
  for (std::uint64_t seed = 1; seed <= 6; ++seed) {
    const WhenAnswer when = sharpened(evidence(birth, seed));
    held += when.from <= birth && birth <= when.to ? 1 : 0;
    CHECK(when.to - when.from < std::chrono::seconds(90));
  }
  CHECK(held >= 5);
}

TEST_CASE("what began to fail after its birth did so when it did") {
  const Time fails = birth + std::chrono::minutes(6);
  int held = 0;
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    const WhenAnswer when = sharpened(evidence(fails, seed));
    held += when.from <= fails && fails <= when.to ? 1 : 0;
    CHECK(when.from > birth + std::chrono::minutes(4));
  }
  CHECK(held == 3);
}

}  // namespace culprit
