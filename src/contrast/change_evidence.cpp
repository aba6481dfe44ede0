#include "contrast/change_evidence.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "base/statistics.h"
#include "contrast/circumstances.h"
#include "contrast/failure_words.h"
#include "contrast/versions.h"
#include "contrast/words.h"
#include "event/roles.h"

namespace culprit {
namespace {

// The weights below say how often such evidence is seen when the change is guilty, against when
// it is not. They are judged, not measured; the bench of accuracy watches over them.
constexpr double only_this_version_log_max = 5;  // 150 to 1
constexpr double alike_log_min = -4.0;           // a shared database can make both fail
constexpr double alike = 2.0;  // of their likelihood, which grows slowly with their number
constexpr double fails_less_log = -3.4;
constexpr double harms_others = 0.03;  // a fault of one version that makes the other fail as much
constexpr double clustered = 0.5;      // failures come in bursts: half their information counts
constexpr double units_min_old = 20;
constexpr double units_min_new = 5;
constexpr double told_missing_min = 3;       // one in twenty serves as many by chance
constexpr double seen_failing_min = 0.1;     // of the failures, in units that ran either
constexpr double compared_failures_min = 3;  // in the stretches that are compared
constexpr double segment_is_version_log = 3.0;
constexpr double segment_is_other_log = -1.6;

constexpr double failing_service_log = 1.5;
constexpr double saying_service_log = 0.7;
constexpr double other_service_log = -2.1;

constexpr double most_failures = 0.5;  // share that begins in one service
constexpr double some_failures = 0.15;
constexpr double some_failures_log = 0.3;
constexpr double blaming_service_log = -0.3;
constexpr double silent_service_log = -3.0;  // it logs nothing of its own
// What fails are requests that are told by its name: it takes part in them, and may ask for what
// others then refuse.
constexpr double silent_but_named_log = -1.5;
constexpr double passed_service_log = -2.5;  // failing requests go through it
constexpr double nearly_all = 0.95;
constexpr double some_of_all = 0.7;
constexpr double only_through_log = 0.7;
constexpr double few_units = 0.1;
constexpr double elsewhere_log = -5.0;

constexpr double touched_service_log = -0.4;  // it brought changes to the service that fails
constexpr double foreign_share = 0.1;

constexpr double together =
    0.8;  // of the weight of the commits; clues of one text are not independent
constexpr double age_share = 0.2;  // less, for each unit of nearness that a change lacks
constexpr double age_share_min = 0.4;

constexpr double shared_name_log = 1.7;  // per word
constexpr double shared_name_log_max = 3.5;
constexpr double foreign_name_log = -0.8;

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
                       same_version(change.logged_version, rate.value) ||
                       (!change.sha.empty() && same_version(change.sha, rate.value));
  const bool other_service = !change.service.empty() && !rate.service.empty() &&
                             !same_service(change.service, rate.service);
  return version && !other_service;
}

// Two versions in the stretches of time in which both ran, the second one as if it had run when the
// first did; and how the second one had fared before the onset.
struct SideBySide {
  Side own;
  Side other;
  Side past;  // of the other
};

// ln of how much likelier these counts are if only the own version is at fault than if both fail
// alike. The other one goes on as before then (difference in differences), unless the own one
// harms it too.
double log_factor(const SideBySide& sides) {
  const Side& other = sides.other;
  const Side& past = sides.past;
  const double anew = log_marginal(other.bad, other.total);
  const double as_before = log_marginal(past.bad + other.bad, past.total + other.total) -
                           log_marginal(past.bad, past.total);
  const double of_other =
      log_add(std::log(1 - harms_others) + as_before, std::log(harms_others) + anew);
  return log_marginal(sides.own.bad, sides.own.total) + of_other -
         log_marginal(sides.own.bad + other.bad, sides.own.total + other.total);
}

Clue side_by_side(std::string_view name, const SideBySide& sides, std::string_view other_name) {
  const Side& own = sides.own;
  const Side& other = sides.other;
  const double factor = log_factor(sides);
  const std::string figures = fmt::format("{} against {}", percent(own), percent(other));
  if (factor <= 0) {
    return {std::max(alike_log_min, alike * factor),
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

// What came later holds the same code and something more: that it fails as well is no wonder.
bool came_later(const VersionRate& other, const VersionRate& own) {
  return other.first_seen != no_time && own.first_seen != no_time &&
         other.first_seen > own.first_seen;
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
    if (came_later(rate, own) && change.kind != ChangeKind::revert) continue;
    others.push_back(&rate);
  }
  return others;
}

SideBySide at_equal_times(const VersionRate& own, const std::vector<const VersionRate*>& others) {
  SideBySide sides;
  double due = 0;  // failures of the others, had they run when this one did
  for (std::size_t i = 0; i < own.strata.size(); ++i) {
    Side beside;
    for (const VersionRate* other : others) {
      if (i >= other->strata.size()) continue;
      beside.total += other->strata[i].total;
      beside.bad += other->strata[i].bad;
    }
    if (beside.total <= 0 || own.strata[i].total <= 0) continue;
    sides.own.total += own.strata[i].total;
    sides.own.bad += own.strata[i].bad;
    sides.other.total += beside.total;
    due += beside.rate() * own.strata[i].total;
  }
  if (sides.own.total > 0) sides.other.bad = sides.other.total * due / sides.own.total;
  return sides;
}

SideBySide sides_of(const VersionRate& own, const std::vector<const VersionRate*>& others) {
  const bool timed = !own.strata.empty() &&
                     std::all_of(others.begin(), others.end(),
                                 [](const VersionRate* other) { return !other->strata.empty(); });
  if (timed) return at_equal_times(own, others);
  SideBySide sides{{own.total_after, own.bad_after}, {}, {}};
  for (const VersionRate* other : others) {
    sides.other.total += other->total_after;
    sides.other.bad += other->bad_after;
  }
  return sides;
}

Clue against_others(const Change& change, const VersionRate& own,
                    const std::vector<VersionRate>& rates) {
  const std::vector<const VersionRate*> others = others_of(change, own, rates);
  SideBySide sides = sides_of(own, others);
  if (sides.other.total < units_min_old || sides.own.total < units_min_new) return {};
  double failures = own.bad_after;
  for (const VersionRate* other : others) {
    failures += other->bad_after;
    sides.past.total += other->total_before;
    sides.past.bad += other->bad_before;
  }
  // Where neither is in the units that fail, both were well, or could not be reached.
  if (failures < seen_failing_min * own.failures_after) return {};
  if (sides.own.bad + sides.other.bad < compared_failures_min) return {};
  return side_by_side(own.value, sides,
                      others.size() == 1 ? others[0]->value : "the other versions");
}

// What a version served until the onset. Its likeliest instant lies behind the time that is surely
// before: the deploy half a minute ahead of the first failing message served in between only.
Side served(const VersionRate& rate) {
  if (rate.total_until > rate.total_before) return {rate.total_until, rate.bad_until};
  return {rate.total_before, rate.bad_before};
}

// How many more of these would have failed at the rate since the onset than did.
double failures_missing(const Side& before, const Side& after) {
  if (before.rate() > after.rate() / 5) return 0;
  return before.total * after.rate() - before.bad;
}

// Whether what came later at the same service, with what the change brought in it. `own`: of the
// change's version; null: the logs do not show it.
bool holds_code_of(const VersionRate& rate, const Change& change, const VersionRate* own) {
  if (change.service.empty() || !same_service(change.service, rate.service)) return false;
  if (rate.first_seen == no_time || change.at == no_time) return false;
  if (own == nullptr) return rate.first_seen >= change.at - change.ahead;
  return rate.field == own->field && rate.service == own->service && came_later(rate, *own);
}

// A version that had carried enough load to fail visibly, and did not, was not to blame at once.
std::string served_well(const VersionRate& own) {
  const Side before = served(own);
  if (failures_missing(before, {own.total_after, own.bad_after}) < told_missing_min) return {};
  return fmt::format("{} had served {:.0f} before the onset with {} failing", own.value,
                     before.total, percent(before));
}

// One host or region fails although others run the same: then versions differ by where they ran.
bool works_elsewhere(const ChangeEvidence& evidence) {
  return std::any_of(
      evidence.spreads.begin(), evidence.spreads.end(), [](const PlaceSpread& spread) {
        return is_concentrated(spread) && spread.elsewhere == PlaceSpread::Elsewhere::same_version;
      });
}

Clue segment_version(const Change& change, const ChangeEvidence& evidence) {
  for (const NamedValue& named : evidence.segment) {
    if (named.value.empty()) continue;
    const bool known =
        std::any_of(evidence.version_rates.begin(), evidence.version_rates.end(),
                    [&](const VersionRate& rate) { return rate.field == named.field; });
    // Rates tell more: the only version of a service that fails is no choice of the failure's.
    if (known || role_of(named.field) != Role::version) continue;
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
    if (names_service(named.field)) services.push_back(named.value);
  }
  return services;
}

// "call to payments answered 500": who says so only passes it on.
bool blames_another(const ChangeEvidence& evidence, const FailingService& own) {
  return std::any_of(evidence.services.begin(), evidence.services.end(),
                     [&](const FailingService& other) {
                       return &other != &own && other.named >= most_failures * own.first &&
                              other.first < some_failures;
                     });
}

// Whether the failures of the service that tells of them are only those of units that came by this
// one too: by a count of paths, or by the search for who is hit, which found it beside others.
bool only_through(const ChangeEvidence& evidence, const FailingService& own) {
  if (own.among < nearly_all) return false;
  return own.beside <= some_of_all ||
         std::any_of(evidence.failing_services.begin(), evidence.failing_services.end(),
                     [&](const std::string& hit) { return same_service(hit, own.name); });
}

// The condition of the affected segment whose value names the service: "/pricing/items", "pricing".
const NamedValue* names_in_segment(const ChangeEvidence& evidence, std::string_view service) {
  for (const NamedValue& named : evidence.segment) {
    if (!names_service(named.field) && speaks_of(named.value, service)) return &named;
  }
  return nullptr;
}

// By where the units that failed met their failure, and which services they went through.
Clue failing_path_clue(const Change& change, const ChangeEvidence& evidence) {
  const FailingService& main = evidence.services.front();
  const FailingService* own = nullptr;
  for (const FailingService& service : evidence.services) {
    if (own == nullptr && same_service(change.service, service.name)) own = &service;
  }
  if (own != nullptr && own->first >= most_failures && blames_another(evidence, *own)) {
    return {blaming_service_log,
            fmt::format("{}, which it changed, tells of failures elsewhere", change.service)};
  }
  if (own != nullptr && own->first >= most_failures) {
    return {failing_service_log, fmt::format("it changed {}, where {:.0f}% of the failures begin",
                                             change.service, 100 * own->first)};
  }
  if (own != nullptr && own->first >= some_failures) {
    return {some_failures_log, fmt::format("it changed {}, where {:.0f}% of the failures begin",
                                           change.service, 100 * own->first)};
  }
  if (own != nullptr && own->named >= some_failures) {
    return {own->named >= most_failures ? failing_service_log : some_failures_log,
            fmt::format("{} tells of failures in {}, which it changed", main.name, change.service)};
  }
  if (own == nullptr || own->logged + own->present <= 0) {
    if (const NamedValue* named = names_in_segment(evidence, change.service)) {
      return {silent_but_named_log,
              fmt::format("it changed {}, which {} = {} names; the failures begin in {}",
                          change.service, named->field, named->value, main.name)};
    }
    return {silent_service_log,
            fmt::format("it changed {}; the failures begin in {}", change.service, main.name)};
  }
  if (own->present < few_units) {
    return {
        elsewhere_log,
        fmt::format("it changed {}, which the failing requests do not go through", change.service)};
  }
  if (only_through(evidence, *own)) {
    return {only_through_log,
            fmt::format("only requests that go through {}, which it changed, fail "
                        "in {}",
                        change.service, main.name)};
  }
  return {passed_service_log,
          fmt::format("it changed {}; the failures begin in {}", change.service, main.name)};
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

// What ran for days before the failure may hold its message and its words as any code does: a
// message that was there before anything failed is no news.
double share_for_age(double nearness) {
  return std::clamp(1 + nearness * age_share, age_share_min, 1.0);
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
    Clue found = against_others(change, rate, evidence.version_rates);
    if (std::abs(found.log_ratio) > std::abs(best.log_ratio)) best = std::move(found);
  }
  if (best.log_ratio > 0 && works_elsewhere(evidence)) return {};
  return best;
}

Clue served_well_clue(const Change& change, const ChangeEvidence& evidence) {
  for (const VersionRate& rate : evidence.version_rates) {
    if (!is_of(change, rate)) continue;
    if (std::string text = served_well(rate); !text.empty()) return {-only_told, std::move(text)};
  }
  return {};
}

double unharmed(const Change& change, const ChangeEvidence& evidence) {
  const std::vector<VersionRate>& rates = evidence.version_rates;
  const auto own = std::find_if(rates.begin(), rates.end(),
                                [&](const VersionRate& rate) { return is_of(change, rate); });
  Side before;
  Side after;
  for (const VersionRate& rate : rates) {
    const bool is_own = own != rates.end() && &rate == &*own;
    if (!is_own && !holds_code_of(rate, change, own == rates.end() ? nullptr : &*own)) continue;
    before.total += served(rate).total;
    before.bad += served(rate).bad;
    after.total += rate.total_after;
    after.bad += rate.bad_after;
  }
  // One failure is due before the first is seen, on average.
  return std::exp(std::min(0.0, 1 - failures_missing(before, after)));
}

Clue service_clue(const Change& change, const ChangeEvidence& evidence) {
  if (change.service.empty()) return {};
  if (!evidence.services.empty() && evidence.services.front().first >= some_failures) {
    return failing_path_clue(change, evidence);
  }
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
      if (!is_stop_word(word)) failing.emplace(stem_of(word));
    });
  };
  for (const Symptom& symptom : evidence.symptoms) {
    add(symptom.text);
    for (std::string_view word : failure_words(symptom.text)) failing.emplace(stem_of(word));
  }
  for (const NamedValue& named : evidence.segment) add(named.field), add(named.value);
  for (const FailingService& service : evidence.services) {
    if (service.first >= most_failures) add(service.name);
  }
  if (failing.empty()) return {};
  std::set<std::string> shared;
  each_word(change.id + " " + change.description, [&](std::string_view word) {
    // That it changed the failing service is said by service_clue().
    if (same_service(word, change.service)) return;
    if (failing.count(stem_of(word)) > 0) shared.emplace(word);
  });
  if (shared.empty() && !is_setting(change.kind)) return {};
  if (shared.empty()) return {foreign_name_log, "its name shares no word with the failure"};
  return {std::min(shared_name_log_max, shared_name_log * static_cast<double>(shared.size())),
          fmt::format("shares words with the failure: {}", fmt::join(shared, ", "))};
}

CommitsClue commits_clue(const Change& change, std::vector<CommitWeight> weights,
                         const CommitsQuestion& question) {
  CommitsClue result;
  if (weights.empty()) return result;
  const std::span<const CommitText> commits = brought_by(change);
  for (std::size_t i = 0; i < weights.size(); ++i) {
    if (is_foreign(commits[i], change.service, question.services))
      weights[i].prior *= foreign_share;
  }
  if (is_one_commit(change)) {
    result.prior = weights[0].prior;
    // A flag's name and a number say little of what they do.
    if (is_setting(change.kind)) weights[0].log_ratio = std::max(weights[0].log_ratio, 0.0);
    result.clues = of_one_commit(weights[0]);
    result.ranked = share_out(change.commits, weights);
    result.ranked[0].probability = 1;
    return result;
  }
  const double priors = sum_of_priors(weights);
  const double none = priors * share_without_commit / (1 - share_without_commit);
  const bool back = change.commits.empty();
  if (!back) result.prior = std::clamp(0.5 + 0.2 * std::log2(1 + priors), 0.3, 1.6);
  std::vector<RankedCommit> ranked = share_out(commits, weights);
  double mean = none;
  for (const CommitWeight& weight : weights) mean += weight.prior * std::exp(weight.log_ratio);
  double log_ratio = std::log(mean / (priors + none));
  log_ratio *= log_ratio > 0 ? together * share_for_age(question.nearness) : together;
  const RankedCommit& top = ranked.front();
  if (log_ratio > 0 && !top.reasons.empty()) {
    result.clues.push_back(
        {log_ratio, fmt::format("{}commit {}{} {}", back ? "takes back " : "", short_sha(top.sha),
                                back ? ", which" : "", top.reasons.front())});
  } else if (log_ratio < 0 && !back) {
    result.clues.push_back({log_ratio, says_of_all(weights)});
  }
  const std::string folders = folders_touched(change, question.evidence);
  // Its weight is in those of the commits already.
  if (!folders.empty() && log_ratio > 0) result.clues.push_back({only_told, folders});
  if (!back) result.ranked = std::move(ranked);
  return result;
}

}  // namespace culprit
