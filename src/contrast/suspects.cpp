#include "contrast/suspects.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "contrast/change_evidence.h"
#include "contrast/circumstances.h"
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
    {ChangeKind::revert, "revert", 0.8},
    {ChangeKind::none, "none", 0.0},
}};

constexpr std::size_t sentences_max = 4;
constexpr double worth_telling = 1e-9;
// A deploy of another service just before the onset takes part of the prior that some change did it
// from what lies further back: all of it (0) makes of every such deploy an argument for none, none
// of it (1) one against.
constexpr double relevance = 0.5;
// Where nothing else is known, what lies a quarter of an hour back takes all of the prior that some
// change did it, and what lies hours back an eighth of it or less.
constexpr double whole_share = 8;
constexpr double proven_log = 3;
constexpr double path_of_proven = 0.2;

// A change with all that speaks for and against it.
struct Suspect {
  double prior = 1;  // by its kind, its commits and its nearness
  double log_ratio = 0;
  double prior_share = 1;  // what it takes of the prior that some change did it
  bool after = false;
  Clue nearness;
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
    for (const CommitText& commit : brought_by(change)) commits.push_back(&commit);
  }
  CommitQuestion question;
  question.symptoms = evidence.symptoms;
  question.fields = evidence.segment;
  question.source_lines = evidence.source_lines;
  question.frames = evidence.frames;
  question.formatting = evidence.formatting;
  question.trace = evidence.trace_text;
  std::vector<CommitWeight> flat = weigh_commits(commits, question);
  std::vector<std::vector<CommitWeight>> weights;
  auto next = flat.begin();
  for (const Change& change : changes) {
    const auto end = next + static_cast<std::ptrdiff_t>(brought_by(change).size());
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
  const Clue served = served_well_clue(change, evidence);
  const LagEvidence lag =
      lag_evidence(change, {evidence.onset, options.skew, unharmed(change, evidence)});
  suspect.after = lag.after;
  suspect.nearness = {lag.log_ratio, lag.text};
  suspect.prior *= std::exp(lag.log_ratio);
  suspect.clues.push_back(version_clue(change, evidence));
  suspect.clues.push_back(served);
  Clue service = service_clue(change, evidence);
  // What ran side by side and fails alone matters, whatever service tells of it first.
  const bool proven = suspect.clues.front().log_ratio >= proven_log;
  if (proven && service.log_ratio < 0) service.log_ratio *= path_of_proven;
  suspect.clues.push_back(std::move(service));
  const double refuted = std::min(0.0, suspect.clues.front().log_ratio);
  suspect.prior_share =
      suspect.prior * std::exp(relevance * suspect.clues.back().log_ratio + refuted);
  suspect.clues.push_back(name_clue(change, evidence));
  suspect.clues.push_back(kind_clue(change, evidence));
  suspect.clues.push_back(traffic_clue(change, evidence));
  suspect.clues.push_back(spread_clue(change, evidence));
  suspect.clues.push_back(customer_clue(change, evidence));
  suspect.clues.push_back(round_clue(change, evidence));
  CommitsClue commits =
      commits_clue(change, std::move(weights), {evidence, services, lag.log_ratio});
  suspect.prior *= commits.prior;
  suspect.prior_share *= commits.prior;
  suspect.commits = std::move(commits.ranked);
  for (Clue& clue : commits.clues) suspect.clues.push_back(std::move(clue));
  return suspect;
}

void sum_up(Suspect& suspect) {
  for (const Clue& clue : suspect.clues) suspect.log_ratio += clue.log_ratio;
  suspect.clues.insert(suspect.clues.begin(), suspect.nearness);
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
  const LagEvidence lag = lag_evidence(*nearest, {evidence.onset, Duration::zero(), 1});
  if (lag.log_ratio < 0 && !lag.text.empty()) {
    none.reasons.push_back(fmt::format("the nearest change was {}", lag.text));
  }
  if (foreign && any_service) none.reasons.emplace_back("no change touched what fails");
  return none;
}

// The prior that some change did it is shared out by nearness; where all lie far back, not all of
// it.
std::vector<double> posterior(const std::vector<Suspect>& suspects, double none, double whole) {
  double priors = 0;
  for (const Suspect& suspect : suspects) priors += suspect.prior_share;
  std::vector<double> weights;
  double sum = none;
  for (const Suspect& suspect : suspects) {
    const double prior = (1 - none) * suspect.prior / std::max(priors, whole);
    weights.push_back(prior * std::exp(suspect.log_ratio));
    sum += weights.back();
  }
  for (double& weight : weights) weight /= sum;
  weights.push_back(none / sum);
  return weights;
}

}  // namespace

std::string_view name_of(ChangeKind kind) { return kinds[static_cast<std::size_t>(kind)].name; }

bool is_setting(ChangeKind kind) { return kind == ChangeKind::flag || kind == ChangeKind::config; }

bool is_one_commit(const Change& change) {
  return change.kind == ChangeKind::commit ||
         (is_setting(change.kind) && change.commits.size() == 1);
}

std::span<const CommitText> brought_by(const Change& change) {
  return change.commits.empty() ? change.taken_back : change.commits;
}

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
      posterior(suspects, changes.empty() ? 1.0 : options.none, evidence.onset ? whole_share : 1.0);
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
