// lost-update is one trial: two deposits of 1 at once, and whether both are there. It speaks as a
// test for `culprit repro` and `git bisect run` does: 0 both are there, 1 one was lost, 125
// unknown.

#include <fmt/format.h>
#include <unistd.h>

#include <charconv>
#include <cstdlib>
#include <random>
#include <span>
#include <string_view>
#include <vector>

#include "lost-update/round.h"

namespace bank {
namespace {

using culprit::Fault;
using culprit::Result;

constexpr std::string_view usage =
    "usage: lost-update [--port P] [--account NAME] [--deposits 2] [--jitter MS] [--rounds 1]\n"
    "                   [--seed N]\n"
    "Sets the account to 0, deposits 1 twice at once, and compares. Each deposit comes up to\n"
    "--jitter milliseconds late (20), drawn from the seed. Without --port the service is at\n"
    "LOST_UPDATE_PORT; without --seed the seed is CULPRIT_SEED, or another each time.\n"
    "Exits 0: all are there, 1: some were lost, 125: the service did not answer.\n";
constexpr std::uint64_t rounds_max = 1'000'000;
constexpr std::uint64_t deposits_max = 256;
constexpr std::uint64_t jitter_max = 60'000;

struct Options {
  Round round;
  std::uint64_t rounds = 1;
  std::uint64_t seed = 0;
  bool helped = false;
};

Result<std::uint64_t> number(std::string_view name, std::string_view text, std::uint64_t most) {
  std::uint64_t value = 0;
  const auto [end, wrong] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (wrong == std::errc{} && end == text.data() + text.size() && value <= most) return value;
  return culprit::error(Fault::usage, "{} is not a number that {} takes, up to {}", text, name,
                        most);
}

// What the environment says; flags overrule it.
Result<Options> surroundings() {
  Options options;
  options.seed = std::random_device()();
  if (const char* seed = std::getenv("CULPRIT_SEED")) {
    options.seed = TRY(number("CULPRIT_SEED", seed, UINT64_MAX));
  }
  if (const char* port = std::getenv("LOST_UPDATE_PORT")) {
    options.round.port =
        static_cast<std::uint16_t>(TRY(number("LOST_UPDATE_PORT", port, UINT16_MAX)));
  }
  // Trials at the same time are workers with numbers of their own.
  const char* worker = std::getenv("CULPRIT_WORKER");
  options.round.account = fmt::format("account-{}", worker ? worker : "0");
  return options;
}

Result<Options> with(Options options, std::string_view flag, std::string_view value) {
  if (flag == "--account") {
    options.round.account = value;
  } else if (flag == "--port") {
    options.round.port = static_cast<std::uint16_t>(TRY(number(flag, value, UINT16_MAX)));
  } else if (flag == "--deposits") {
    options.round.deposits = static_cast<std::uint32_t>(TRY(number(flag, value, deposits_max)));
  } else if (flag == "--jitter") {
    options.round.jitter = std::chrono::milliseconds(TRY(number(flag, value, jitter_max)));
  } else if (flag == "--rounds") {
    options.rounds = TRY(number(flag, value, rounds_max));
  } else if (flag == "--seed") {
    options.seed = TRY(number(flag, value, UINT64_MAX));
  } else {
    return culprit::error(Fault::usage, "unknown option {}", flag);
  }
  return options;
}

Result<Options> read_options(std::span<const char* const> arguments) {
  Options options = TRY(surroundings());
  for (std::size_t i = 0; i < arguments.size(); i += 2) {
    const std::string_view flag = arguments[i];
    if (flag == "--help" || flag == "-h") options.helped = true;
    if (options.helped) return options;
    if (i + 1 == arguments.size()) return culprit::error(Fault::usage, "{} needs a value", flag);
    options = TRY(with(std::move(options), flag, arguments[i + 1]));
  }
  if (options.round.port == 0) return culprit::error(Fault::usage, "no --port was given");
  if (options.round.deposits == 0) return culprit::error(Fault::usage, "--deposits is at least 1");
  return options;
}

// How many rounds lost a deposit.
Result<std::uint64_t> lost(Options options) {
  culprit::Dice dice(options.seed);
  std::uint64_t lost = 0;
  for (std::uint64_t i = 0; i < options.rounds; ++i) {
    options.round.name = fmt::format("{:x}-{}", options.seed, i);
    const std::int64_t balance = TRY(played(options.round, dice));
    if (balance == options.round.deposits) continue;
    ++lost;
    fmt::print("expected {}, actual {}: a deposit was lost (seed {}, round {})\n",
               options.round.deposits, balance, options.seed, i);
  }
  if (options.rounds > 1) fmt::print("lost in {} of {} rounds\n", lost, options.rounds);
  return lost;
}

// 125 says to whoever counts trials that this one says nothing, whatever the reason.
constexpr int unknown = 125;

int refused(const culprit::Error& error) {
  fmt::print(stderr, "lost-update: {}\n", error.what);
  if (error.fault != Fault::usage) return unknown;
  fmt::print(stderr, "  try: lost-update --help\n");
  return 2;
}

}  // namespace
}  // namespace bank

int main(int count, char** words) {
  const std::vector<const char*> arguments(words + 1, words + count);
  const auto options = bank::read_options(arguments);
  if (!options) return bank::refused(options.error());
  if (options->helped) {
    fmt::print("{}", bank::usage);
    return 0;
  }
  const auto lost = bank::lost(*options);
  if (!lost) return bank::refused(lost.error());
  return *lost > 0;
}
