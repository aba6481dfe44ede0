#include "deploys.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

namespace shop {
namespace {

constexpr Instant never = std::numeric_limits<Instant>::max();
constexpr std::string_view version_old = "v1.8.0";
constexpr std::string_view version_before = "v1.8.1";
constexpr std::string_view version_decoy = "v1.8.2";
constexpr std::string_view version_released = "v1.9.0";
constexpr std::string_view version_next = "v1.9.1";
constexpr size_t commit_letters = 8;

Release release(std::string_view version, const RepoInfo& repo) {
  return {std::string(version), repo.sha_of(version).substr(0, commit_letters)};
}

void add(Plan& plan, const RepoInfo& repo, Instant at, std::string_view service,
         std::string_view version, std::string_view environment = "production") {
  plan.deploys.push_back({at, std::string(version), std::string(service), std::string(environment),
                          repo.sha_of(version)});
}

// In a shuffled order; a canary takes most of the rest of the log, any other rollout 45 seconds.
void roll_out(Plan& plan, Instant first, const Population& population, Dice& dice) {
  const size_t count = population.hosts.size();
  const bool canary = plan.kind.name == "canary";
  const double length =
      canary ? static_cast<double>(plan.log.to - first) * dice.between(0.5, 0.9) : 45.0 * second;
  std::vector<size_t> order(count);
  for (size_t i = 0; i < count; ++i) order[i] = i;
  for (size_t i = count - 1; i > 0; --i) {
    std::swap(order[i], order[dice.below(static_cast<uint32_t>(i + 1))]);
  }
  for (size_t i = 0; i < count; ++i) {
    const double passed = length * static_cast<double>(i) / static_cast<double>(count);
    plan.switch_at[order[i]] = first + static_cast<Instant>(passed);
  }
}

// Before the onset or after it, by 30 seconds to 4 minutes; where the log has no onset, or begins
// behind it, somewhere in the first half.
Instant drawn_decoy(const Plan& plan, Dice& dice) {
  const Instant length = plan.log.to - plan.log.from;
  const auto lag = static_cast<Instant>(dice.between(30, 240) * second);
  const bool after = dice.chance(0.5);
  const auto somewhere =
      plan.log.from + static_cast<Instant>(dice.between(0.2, 0.5) * static_cast<double>(length));
  if (!plan.onset || *plan.onset < plan.log.from) return somewhere;
  return after ? *plan.onset + lag : *plan.onset - lag;
}

}  // namespace

void draw_deploys(Plan& plan, const RepoInfo& repo, const Population& population, Dice& dice) {
  plan.before = release(version_before, repo);
  plan.released = release(version_released, repo);
  plan.switch_at.assign(population.hosts.size(), never);
  const Instant start = plan.log.from;
  const auto ago = [&](double low, double high) {
    return start - static_cast<Instant>(dice.between(low, high) * hour);
  };
  add(plan, repo, ago(70, 76), "gateway", version_before);
  add(plan, repo, ago(46, 52), "auth", version_old);
  add(plan, repo, ago(22, 28), "payments", version_before);
  add(plan, repo, ago(3, 5), "frontend", version_before);
  add(plan, repo, ago(0.4, 0.9), "gateway", version_released, "staging");
  plan.decoy = version_decoy;
  plan.decoy_at = drawn_decoy(plan, dice);
  add(plan, repo, plan.decoy_at, "auth", version_decoy);
  const auto lead = static_cast<Instant>(dice.between(60, 180) * second);
  const bool harmless = !plan.onset && dice.chance(0.5);
  const auto harmless_at = start + static_cast<Instant>(dice.between(0.3, 0.7) *
                                                        static_cast<double>(plan.log.to - start));
  if (plan.code_caused || harmless) {
    const Instant at = plan.onset ? *plan.onset - lead : harmless_at;
    add(plan, repo, at, "gateway", version_released);
    const bool canary = plan.kind.name == "canary";
    roll_out(plan, canary ? *plan.onset : at + 5 * second, population, dice);
  }
  // A later release that waits in staging and cannot have done anything.
  add(plan, repo, plan.log.to - 2 * minute, "gateway", version_next, "staging");
  std::sort(plan.deploys.begin(), plan.deploys.end(),
            [](const Deploy& a, const Deploy& b) { return a.at < b.at; });
}

std::string deploys_ndjson(const Plan& plan) {
  std::string text;
  for (const Deploy& deploy : plan.deploys) {
    text += fmt::format(
        R"({{"time":"{}","version":"{}","service":"{}","environment":"{}","sha":"{}"}})"
        "\n",
        rfc3339(deploy.at), deploy.version, deploy.service, deploy.environment, deploy.sha);
  }
  return text;
}

}  // namespace shop
