#include "contrast/change_evidence.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "base/statistics.h"
#include "contrast/versions.h"
#include "contrast/words.h"
#include "event/roles.h"

namespace culprit {
namespace {

// The weights below say how often such evidence is seen when the change is guilty, against when
// it is not. They are judged, not measured; the bench of accuracy watches over them.
constexpr double only_this_version_log_max = 4.1;  // 60 to 1
constexpr double alike_log_min = -2.7;             // a shared database can make both fail
constexpr double fails_less_log = -3.4;
constexpr double clustered = 0.5;  // failures come in bursts: half their information counts
constexpr double units_min_old = 20;
constexpr double units_min_new = 5;
constexpr double segment_is_version_log = 3.0;
constexpr double segment_is_other_log = -1.6;
constexpr double served_well_log = -0.7;

constexpr double failing_service_log = 1.1;
constexpr double saying_service_log = 0.7;
constexpr double other_service_log = -2.1;

constexpr double touched_service_log = -0.4;  // it brought changes to the service that fails
constexpr double foreign_share = 0.25;

constexpr double shared_name_log = 0.9;  // per word
constexpr double shared_name_log_max = 2.2;
constexpr double foreign_name_log = -0.3;

constexpr double only_told = 1e-6;  // a sentence whose weight another one carries

struct Side {
  double total = 0;
  double bad = 0;
  double rate() const { return total > 0 ? bad / total : 0; }
};

std::string percent(const Side& side) {
  const double value = 100 * side.rate();
  if (value == 0 || value >= 9.95) return fmt::format("{:.0f}%", value);
  return value >= 0.095 ? fmt::format("{:.1f}%", value) : fmt::format("{:.1g}%", value);
}

bool is_of(const Change& change, const VersionRate& rate) {
  const bool version = same_version(change.version, rate.value) ||
                       (!change.sha.empty() && same_version(change.sha, rate.value));
  const bool other_service = !change.service.empty() && !rate.service.empty() &&
                             !same_service(change.service, rate.service);
  return version && !other_service;
}

Clue side_by_side(std::string_view name, const Side& own, const Side& other,
                  std::string_view other_name) {
  const double factor = log_marginal(own.bad, own.total) + log_marginal(other.bad, other.total) -
                        log_marginal(own.bad + other.bad, own.total + other.total);
  const std::string figures = fmt::format("{} against {}", percent(own), percent(other));
  if (factor <= 0) {
    return {std::max(alike_log_min, clustered * factor),
            fmt::format("{} fails no more than {}: {}", name, other_name, figures)};
  }
  if (own.rate() < other.rate()) {
    return {std::max(fails_less_log, -clustered * factor),
            fmt::format("{} fails less than {}: {}", name, other_name, figures)};
  }
  const bool only = own.rate() > 5 * other.rate();
  return {std::min(only_this_version_log_max, clustered * factor),
          only ? fmt::format("only {} fails: {} on {}", name, figures, other_name)
               : fmt::format("{} fails more: {} on {}", name, figures, other_name)};
}

// Units that went through several services have a version of each; these ran one after the other,
// not side by side, and are no experiment.
bool in_the_same_units(const VersionRate& own, const VersionRate& other) {
  constexpr double slack = 1.02;  // a unit may see a rollout between two of its events
  return own.units_after > 0 && own.total_after + other.total_after > slack * own.units_after;
}

// The versions that it could have been replaced by: its predecessor where that is known, else all
// others of the same field and service.
std::vector<const VersionRate*> others_of(const Change& change, const VersionRate& own,
                                          const std::vector<VersionRate>& rates) {
  std::vector<const VersionRate*> others;
  for (const VersionRate& rate : rates) {
    if (rate.field != own.field || rate.service != own.service || rate.value == own.value) continue;
    if (rate.total_after <= 0 || in_the_same_units(own, rate)) continue;
    if (same_version(change.from_version, rate.value)) return {&rate};
    others.push_back(&rate);
  }
  return others;
}

Clue against_others(const Change& change, const VersionRate& own,
                    const std::vector<VersionRate>& rates) {
  const std::vector<const VersionRate*> others = others_of(change, own, rates);
  Side other;
  for (const VersionRate* rate : others) {
    other.total += rate->total_after;
    other.bad += rate->bad_after;
  }
  if (other.total < units_min_old || own.total_after < units_min_new) return {};
  return side_by_side(own.value, {own.total_after, own.bad_after}, other,
                      others.size() == 1 ? others[0]->value : "the other versions");
}

// A version that had carried enough load to fail visibly, and did not, was not to blame at once.
Clue served_well(const VersionRate& own) {
  const Side before{own.total_before, own.bad_before};
  const Side after{own.total_after, own.bad_after};
  if (before.total * after.rate() < 20 || before.rate() > after.rate() / 5) return {};
  return {served_well_log, fmt::format("{} had served {:.0f} before the onset with {} failing",
                                       own.value, before.total, percent(before))};
}

Clue segment_version(const Change& change, const ChangeEvidence& evidence) {
  for (const NamedValue& named : evidence.segment) {
    const bool known =
        std::any_of(evidence.version_rates.begin(), evidence.version_rates.end(),
                    [&](const VersionRate& rate) { return rate.field == named.field; });
    if (!known && role_of(named.field) != Role::version) continue;
    if (change.version.empty() && change.sha.empty()) continue;
    const std::string text =
        fmt::format("the failures are those with {} = {}", named.field, named.value);
    const bool own = same_version(change.version, named.value) ||
                     (!change.sha.empty() && same_version(change.sha, named.value));
    return {own ? segment_is_version_log : segment_is_other_log, text};
  }
  return {};
}

std::vector<std::string_view> failing_services(const ChangeEvidence& evidence) {
  std::vector<std::string_view> services(evidence.failing_services.begin(),
                                         evidence.failing_services.end());
  for (const NamedValue& named : evidence.segment) {
    // Not client.app: that is who asked.
    static constexpr std::string_view names[] = {"service", "service.name", "service_name", "app",
                                                 "component"};
    const bool names_service =
        std::find(std::begin(names), std::end(names), named.field) != std::end(names);
    if (names_service) services.push_back(named.value);
  }
  return services;
}

std::string_view folder_of(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == path.npos ? std::string_view{} : path.substr(0, slash + 1);
}

// "its 7 commits touch payments/, where the failing message is printed"
std::string folders_touched(const Change& change, const ChangeEvidence& evidence) {
  for (const SourceLine& line : evidence.source_lines) {
    const std::string_view folder = folder_of(line.path);
    if (folder.empty()) continue;
    const auto touching =
        std::count_if(change.commits.begin(), change.commits.end(), [&](const CommitText& commit) {
          return std::any_of(commit.files.begin(), commit.files.end(),
                             [&](const FileDiff& file) { return file.path.rfind(folder, 0) == 0; });
        });
    if (touching == 0) continue;
    const std::size_t all = change.commits.size();
    const std::string who =
        static_cast<std::size_t>(touching) == all
            ? fmt::format("its {}",
                          all == 1 ? "commit touches" : fmt::format("{} commits touch", all))
            : fmt::format("{} of its {} commits touch{}", touching, all, touching == 1 ? "es" : "");
    return fmt::format("{} {}, where the failing message is printed", who, folder);
  }
  return {};
}

std::string short_sha(std::string_view sha) {
  return std::string(is_sha(sha) ? sha.substr(0, 9) : sha);
}

double sum_of_priors(const std::vector<CommitWeight>& weights) {
  double sum = 0;
  for (const CommitWeight& weight : weights) sum += weight.prior;
  return sum;
}

// A change of kind commit is its commit and has that one's own reasons; their common weight is
// carried by the first, the others are only told.
std::vector<Clue> of_one_commit(const CommitWeight& weight) {
  std::vector<Clue> clues;
  if (weight.log_ratio < 0) clues.push_back({weight.log_ratio, "shares little with the failure"});
  for (const std::string& reason : weight.reasons) {
    if (weight.log_ratio <= 0) break;
    clues.push_back({clues.empty() ? weight.log_ratio : only_told, reason});
  }
  if (!weight.note.empty()) clues.push_back({-only_told, weight.note});
  return clues;
}

std::string says_of_all(const std::vector<CommitWeight>& weights) {
  const std::string& note = weights.front().note;
  const bool same = std::all_of(weights.begin(), weights.end(),
                                [&](const CommitWeight& weight) { return weight.note == note; });
  const std::size_t count = weights.size();
  const std::string whose =
      count == 1 ? "its commit" : fmt::format("each of its {} commits", count);
  if (same && !note.empty()) return fmt::format("{} {}", whose, note);
  if (count == 1) return "its commit shares little with the failure";
  return fmt::format("none of its {} commits shares much with the failure", count);
}

}  // namespace

Clue version_clue(const Change& change, const ChangeEvidence& evidence) {
  Clue best = segment_version(change, evidence);
  for (const VersionRate& rate : evidence.version_rates) {
    if (!is_of(change, rate)) continue;
    for (Clue found : {against_others(change, rate, evidence.version_rates), served_well(rate)}) {
      if (std::abs(found.log_ratio) > std::abs(best.log_ratio)) best = std::move(found);
    }
  }
  return best;
}

Clue service_clue(const Change& change, const ChangeEvidence& evidence) {
  if (change.service.empty()) return {};
  std::vector<std::string_view> failing = failing_services(evidence);
  for (std::string_view service : failing) {
    if (!same_service(change.service, service)) continue;
    return {failing_service_log, fmt::format("it changed {}, which fails", change.service)};
  }
  for (const Symptom& symptom : evidence.symptoms) {
    if (symptom.service.empty()) continue;
    failing.push_back(symptom.service);
    if (!same_service(change.service, symptom.service)) continue;
    return {saying_service_log, fmt::format("{} says the failing messages", change.service)};
  }
  if (failing.empty()) return {};
  const bool touched =
      std::any_of(change.commits.begin(), change.commits.end(), [&](const CommitText& commit) {
        return std::any_of(failing.begin(), failing.end(), [&](std::string_view service) {
          return touches_service(commit, service);
        });
      });
  return {touched ? touched_service_log : other_service_log,
          fmt::format("it changed {}; the failures are in {}", change.service, failing.front())};
}

Clue name_clue(const Change& change, const ChangeEvidence& evidence) {
  if (!change.commits.empty() || change.kind == ChangeKind::version) return {};
  std::set<std::string, std::less<>> failing;
  const auto add = [&](std::string_view text) {
    each_word(text, [&](std::string_view word) {
      if (!is_stop_word(word)) failing.emplace(word);
    });
  };
  for (const Symptom& symptom : evidence.symptoms) add(symptom.text);
  for (const NamedValue& named : evidence.segment) add(named.field), add(named.value);
  if (failing.empty()) return {};
  std::set<std::string, std::less<>> shared;
  each_word(change.id + " " + change.description, [&](std::string_view word) {
    if (failing.count(word) > 0) shared.emplace(word);
  });
  const bool named = change.kind == ChangeKind::flag || change.kind == ChangeKind::config ||
                     change.kind == ChangeKind::dependency;
  if (shared.empty()) return {named ? foreign_name_log : 0, {}};
  return {std::min(shared_name_log_max, shared_name_log * static_cast<double>(shared.size())),
          fmt::format("shares words with the failure: {}", fmt::join(shared, ", "))};
}

CommitsClue commits_clue(const Change& change, std::vector<CommitWeight> weights,
                         const ChangeEvidence& evidence, const ServiceNames& services) {
  CommitsClue result;
  if (weights.empty()) return result;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    if (is_foreign(change.commits[i], change.service, services)) weights[i].prior *= foreign_share;
  }
  if (change.kind == ChangeKind::commit) {
    result.prior = weights[0].prior;
    result.clues = of_one_commit(weights[0]);
    result.ranked = share_out(change.commits, weights);
    result.ranked[0].probability = 1;
    return result;
  }
  const double priors = sum_of_priors(weights);
  const double none = priors * share_without_commit / (1 - share_without_commit);
  result.prior = std::clamp(0.5 + 0.2 * std::log2(1 + priors), 0.3, 1.6);
  result.ranked = share_out(change.commits, weights);
  double mean = none;
  for (const CommitWeight& weight : weights) mean += weight.prior * std::exp(weight.log_ratio);
  const double log_ratio = std::log(mean / (priors + none));
  const RankedCommit& top = result.ranked.front();
  if (log_ratio > 0 && !top.reasons.empty()) {
    result.clues.push_back(
        {log_ratio, fmt::format("commit {} {}", short_sha(top.sha), top.reasons.front())});
  } else if (log_ratio < 0) {
    result.clues.push_back({log_ratio, says_of_all(weights)});
  }
  const std::string folders = folders_touched(change, evidence);
  // Its weight is in those of the commits already.
  if (!folders.empty() && log_ratio > 0) result.clues.push_back({only_told, folders});
  return result;
}

}  // namespace culprit
