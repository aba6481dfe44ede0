#include "workbench/part_onset.h"

#include <random>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "workbench/gathered_lines.h"
#include "workbench/onset_search.h"

namespace culprit {
namespace {

constexpr Time start = from_nanoseconds(1'763'645'400'000'000'000);  // 2025-11-20T13:30:00Z
constexpr int requests = 40'000;                                     // in 40 minutes, by 40 hosts
constexpr Duration apart = std::chrono::milliseconds(60);
constexpr double usual = 0.002;  // of requests fail, whatever happens

// One host of forty fails `rate` of its requests for the first minute of every six, from `onset`
// on.
std::string evidence(double rate, Time onset, std::uint64_t seed) {
  std::mt19937_64 dice(seed);
  const auto share = [&] { return std::uniform_real_distribution<double>()(dice); };
  std::string lines;
  for (int i = 0; i < requests; ++i) {
    const Time time = start + apart * i;
    const auto host = dice() % 40;
    const bool burst =
        time >= onset && (time - onset) % std::chrono::minutes(6) < std::chrono::minutes(1);
    const double fails = burst && host == 17 ? rate : usual;
    lines += fmt::format("{{\"ts\":\"{}\",\"host\":\"gw-{}\",\"status\":{}}}\n", to_string(time),
                         host, share() < fails ? 500 : 200);
  }
  return lines;
}

WhenAnswer onset_in(const std::string& lines) {
  GatheredLines gathered(lines);
  const Schema& schema = gathered.made.schema;
  CHECK_FALSE(find_onset(*gathered.engine, {{}, {schema.from, schema.to}, false}).found);
  gathered.find_failure();
  return gathered.made.when;
}

}  // namespace

TEST_CASE("bursts of one host in forty, lost in the sum, are found in its own series") {
  const Time onset = start + std::chrono::minutes(17);
  const WhenAnswer when = onset_in(evidence(0.6, onset, 1));
  CHECK(when.found);
  CHECK(when.shape == Shape::recurring);
  CHECK(when.from <= onset);
  CHECK(onset <= when.to + std::chrono::seconds(10));
}

TEST_CASE("forty hosts that fail alike give nobody an onset") {
  for (std::uint64_t seed = 2; seed < 8; ++seed) {
    CHECK_FALSE(onset_in(evidence(usual, start, seed)).found);
  }
}

}  // namespace culprit
