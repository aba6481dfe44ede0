#include "contrast/suspects.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "contrast/change_evidence.h"
#include "contrast/lag.h"

namespace culprit {
namespace {

struct KindRow {
  ChangeKind kind;
  std::string_view name;
  double prior;  // against an ordinary deploy
};

constexpr std::array<KindRow, 8> kinds = {{
    {ChangeKind::deploy, "deploy", 1.0},
    {ChangeKind::commit, "commit", 1.0},
    {ChangeKind::flag, "flag", 1.0},
    {ChangeKind::config, "config", 1.0},
    {ChangeKind::dependency, "dependency", 0.7},
    {ChangeKind::version, "version", 1.0},
    {ChangeKind::revert, "revert", 0.4},
    {ChangeKind::none, "none", 0.0},
}};

constexpr std::size_t sentences_max = 4;
constexpr double worth_telling = 1e-9;

// A change with all that speaks for and against it.
struct Suspect {
  double prior = 1;
  double log_ratio = 0;
  bool after = false;
  std::vector<Clue> clues;
  std::vector<RankedCommit> commits;
};

std::string lower_case(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return result;
}

// All commits are weighed together, since a word's rarity is over all of them.
std::vector<std::vector<CommitWeight>> weigh_all(const std::vector<Change>& changes,
                                                 const ChangeEvidence& evidence) {
  std::vector<const CommitText*> commits;
  for (const Change& change : changes) {
    for (const CommitText& commit : change.commits) commits.push_back(&commit);
  }
  std::vector<CommitWeight> flat =
      weigh_commits(commits, {evidence.symptoms, evidence.segment, evidence.source_lines});
  std::vector<std::vector<CommitWeight>> weights;
  auto next = flat.begin();
  for (const Change& change : changes) {
    const auto end = next + static_cast<std::ptrdiff_t>(change.commits.size());
    weights.emplace_back(std::make_move_iterator(next), std::make_move_iterator(end));
    next = end;
  }
  return weights;
}

Suspect suspect_of(const Change& change, std::vector<CommitWeight> weights,
                   const ChangeEvidence& evidence, const ServiceNames& services,
                   const ChangeOptions& options) {
  Suspect suspect;
  suspect.prior = kinds[static_cast<std::size_t>(change.kind)].prior;
  const LagEvidence lag = lag_evidence(change, evidence.onset, options.skew);
  suspect.after = lag.after;
  suspect.clues.push_back({lag.log_ratio, lag.text});
  suspect.clues.push_back(version_clue(change, evidence));
  suspect.clues.push_back(service_clue(change, evidence));
  suspect.clues.push_back(name_clue(change, evidence));
  CommitsClue commits = commits_clue(change, std::move(weights), evidence, services);
  suspect.prior *= commits.prior;
  suspect.commits = std::move(commits.ranked);
  for (Clue& clue : commits.clues) suspect.clues.push_back(std::move(clue));
  return suspect;
}

void sum_up(Suspect& suspect) {
  for (const Clue& clue : suspect.clues) suspect.log_ratio += clue.log_ratio;
  std::stable_sort(suspect.clues.begin(), suspect.clues.end(), [](const Clue& a, const Clue& b) {
    return std::abs(a.log_ratio) > std::abs(b.log_ratio);
  });
}

void tell(const Suspect& suspect, RankedChange& ranked) {
  for (const Clue& clue : suspect.clues) {
    if (clue.text.empty() || std::abs(clue.log_ratio) < worth_telling) continue;
    auto& sentences = clue.log_ratio > 0 ? ranked.reasons : ranked.against;
    if (sentences.size() < sentences_max) sentences.push_back(clue.text);
  }
}

// Why none of the changes may have done it.
RankedChange none_of_these(const std::vector<Change>& changes, const std::vector<Suspect>& suspects,
                           const ChangeEvidence& evidence) {
  RankedChange none;
  none.change.kind = ChangeKind::none;
  none.change.id = "none of these";
  const Change* nearest = nullptr;
  bool any_service = false;
  bool foreign = !changes.empty();
  for (std::size_t i = 0; i < changes.size(); ++i) {
    if (suspects[i].after || changes[i].at == no_time) continue;
    if (nearest == nullptr || changes[i].at > nearest->at) nearest = &changes[i];
    any_service = any_service || !changes[i].service.empty();
    foreign = foreign && service_clue(changes[i], evidence).log_ratio < 0;
  }
  if (nearest == nullptr) {
    none.reasons.emplace_back("no change is known before the onset");
    return none;
  }
  const LagEvidence lag = lag_evidence(*nearest, evidence.onset, Duration::zero());
  if (lag.log_ratio < 0 && !lag.text.empty()) {
    none.reasons.push_back(fmt::format("the nearest change was {}", lag.text));
  }
  if (foreign && any_service) none.reasons.emplace_back("no change touched what fails");
  return none;
}

std::vector<double> posterior(const std::vector<Suspect>& suspects, double none) {
  double priors = 0;
  for (const Suspect& suspect : suspects) priors += suspect.after ? 0 : suspect.prior;
  std::vector<double> weights;
  double sum = none;
  for (const Suspect& suspect : suspects) {
    const double prior = (1 - none) * suspect.prior / std::max(priors, suspect.prior);
    weights.push_back(prior * std::exp(suspect.log_ratio));
    sum += weights.back();
  }
  for (double& weight : weights) weight /= sum;
  weights.push_back(none / sum);
  return weights;
}

}  // namespace

std::string_view name_of(ChangeKind kind) { return kinds[static_cast<std::size_t>(kind)].name; }

ChangeKind change_kind_named(std::string_view text) {
  const std::string word = lower_case(text);
  const auto says = [&](std::string_view part) { return word.find(part) != word.npos; };
  if (says("revert") || says("rollback") || says("roll back")) return ChangeKind::revert;
  if (says("flag") || says("toggle") || says("feature")) return ChangeKind::flag;
  if (says("config") || says("setting") || says("secret")) return ChangeKind::config;
  if (says("depend") || says("bump") || says("upgrade")) return ChangeKind::dependency;
  for (const KindRow& row : kinds) {
    if (row.name == word) return row.kind;
  }
  return ChangeKind::deploy;
}

std::vector<RankedChange> rank_changes(std::vector<Change> changes, const ChangeEvidence& evidence,
                                       const ChangeOptions& options) {
  std::vector<std::vector<CommitWeight>> weights = weigh_all(changes, evidence);
  const ServiceNames services = service_names(changes, evidence);
  std::vector<Suspect> suspects;
  for (std::size_t i = 0; i < changes.size(); ++i) {
    suspects.push_back(suspect_of(changes[i], std::move(weights[i]), evidence, services, options));
    sum_up(suspects.back());
  }
  const std::vector<double> probabilities =
      posterior(suspects, changes.empty() ? 1.0 : options.none);
  std::vector<RankedChange> ranked;
  RankedChange none = none_of_these(changes, suspects, evidence);
  none.probability = probabilities.back();
  for (std::size_t i = 0; i < changes.size(); ++i) {
    RankedChange entry;
    entry.probability = probabilities[i];
    tell(suspects[i], entry);
    entry.commits = std::move(suspects[i].commits);
    for (RankedCommit& commit : entry.commits) commit.probability *= entry.probability;
    entry.change = std::move(changes[i]);
    ranked.push_back(std::move(entry));
  }
  ranked.push_back(std::move(none));
  std::stable_sort(ranked.begin(), ranked.end(), [](const RankedChange& a, const RankedChange& b) {
    return a.probability > b.probability;
  });
  return ranked;
}

}  // namespace culprit
