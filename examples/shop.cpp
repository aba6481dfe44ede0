// shop writes the logs of a shop that has an incident, and the truth about it: the evidence on
// which culprit is shown, tested and measured. The same options give the same bytes.

#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <exception>
#include <filesystem>
#include <fstream>
#include <vector>

#include "shop/deploys.h"
#include "shop/journal.h"
#include "shop/refusal.h"
#include "shop/traffic.h"
#include "shop/truth.h"

namespace shop {
namespace {

constexpr uint64_t traffic_stream = 6;
// Bytes of log a request, all lines included; measured on step logs of 1 GB and 100 MB.
constexpr double bytes_ndjson = 568;
constexpr double bytes_mixed = 1125;

void write_text(const std::string& path, const std::string& text) {
  std::ofstream file(path, std::ios::binary);
  file << text;
  file.close();
  if (file) return;
  throw Refusal{Fault::denied, fmt::format("cannot write {}: {}", path, std::strerror(errno)),
                "an --out that can be written"};
}

void count(Counts& counts, const Request& request, const Fate& fate) {
  ++counts.requests;
  counts.recovered += fate.outcome == Outcome::recovered;
  if (fate.origin == Origin::planted) {
    ++counts.planted;
    const Instant ended = request.at + fate.duration;
    if (!counts.planted_first || ended < *counts.planted_first) counts.planted_first = ended;
  } else if (fate.outcome == Outcome::failed) {
    ++counts.background;
  }
}

Counts run(const Plan& plan, const Population& population, const Options& options) {
  Journal journal(plan, population, options, options.out + "/logs");
  Traffic traffic(plan, population, options.rate, options.seed);
  const Judge judge(plan, population);
  Dice dice(options.seed, traffic_stream);
  Counts counts;
  Instant ticked = plan.log.from;
  while (const auto request = traffic.next(dice)) {
    for (; ticked <= request->at; ticked += second) {
      journal.advance(ticked);
      journal.tick(ticked);
    }
    journal.advance(request->at);
    const Fate fate = judge.decide(*request, dice);
    journal.record(*request, fate);
    count(counts, *request, fate);
    if (fate.outcome == Outcome::failed) {
      traffic.may_repeat(*request, fate.origin == Origin::planted, dice);
    }
  }
  for (; ticked < plan.log.to; ticked += second) {
    journal.advance(ticked);
    journal.tick(ticked);
  }
  journal.advance(plan.log.to);
  journal.close();
  return counts;
}

void make(Options options) {
  if (options.bytes) {
    const double each = options.format == Format::ndjson ? bytes_ndjson : bytes_mixed;
    options.rate = static_cast<double>(*options.bytes) / each / (60.0 * options.minutes);
  }
  const RepoInfo repo = read_repo_info(options.repo_info);
  const Population population(options.seed);
  const Plan plan = drawn_plan(options, population, repo);
  std::error_code error;
  std::filesystem::create_directories(options.out + "/logs", error);
  if (error) {
    throw Refusal{Fault::denied, fmt::format("cannot make {}: {}", options.out, error.message()),
                  "an --out that can be written"};
  }
  write_text(options.out + "/deploys.ndjson", deploys_ndjson(plan));
  const Counts counts = options.plan_only ? Counts{} : run(plan, population, options);
  write_text(options.out + "/truth.json", truth_json(plan, population, options, repo, counts));
}

}  // namespace
}  // namespace shop

int main(int count, char** words) {
  const std::vector<const char*> arguments(words + 1, words + count);
  for (const std::string_view argument : arguments) {
    if (argument != "--help" && argument != "-h") continue;
    fmt::print("{}", shop::usage());
    return 0;
  }
  try {
    shop::make(shop::read_options(arguments));
    return 0;
  } catch (const shop::Refusal& refusal) {
    fmt::print(stderr, "shop: {}\n  try: {}\n", refusal.what, refusal.advice);
    return static_cast<int>(refusal.fault);
  } catch (const std::exception& error) {
    fmt::print(stderr, "shop: {}\n", error.what());
    return 1;
  }
}
