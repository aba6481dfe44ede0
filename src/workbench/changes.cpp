#include "workbench/changes.h"

#include <algorithm>
#include <cctype>
#include <iterator>
#include <map>
#include <utility>

#include "contrast/services.h"
#include "contrast/versions.h"
#include "workbench/change_commits.h"
#include "workbench/version_evidence.h"

namespace culprit {
namespace {

// Changes that came this much after the onset are shown too, with the reason why they did not do
// it: somebody will ask.
constexpr Duration shown_after = std::chrono::minutes(15);

// Values that the first minute of the logs shows were there before.

// The list's time of a deploy and its first line in the logs lie no further apart than a rollout.
constexpr Duration rollout_max = std::chrono::hours(1);

// Until the first request comes to a version that is being put in place.
constexpr Duration first_request_max = std::chrono::minutes(3);

// A list whose clock is more wrong than that names something else by the same version.
constexpr Duration ahead_max = std::chrono::minutes(10);

// A version and its commit stand in the same line, or in the next of another host.
constexpr Duration same_line = std::chrono::seconds(2);

struct Span {
  Time from;
  Time to;
  bool holds(Time at) const { return at >= from && at <= to; }
};

Span window_of(const ChangeQuestion& question) {
  const auto& onset = question.evidence.onset;
  if (!onset) return {question.newest - question.window, question.newest};
  const Time to = onset->to == no_time ? onset->at : onset->to;
  return {onset->at - question.window, to + shown_after};
}

std::string lower_case(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return result;
}

bool is_production(const std::string& environment) {
  const std::string name = lower_case(environment);
  return name.rfind("prod", 0) == 0 || name == "live";
}

// Staging is not where it failed: where the environment is not told, production is meant if the
// list has one.
bool elsewhere(const Deploy& deploy, const std::string& asked, bool has_production) {
  if (deploy.environment.empty()) return false;
  if (!asked.empty()) return lower_case(deploy.environment) != lower_case(asked);
  return has_production && !is_production(deploy.environment);
}

Change change_of(const Deploy& deploy) {
  Change change;
  change.kind = change_kind_named(deploy.kind);
  change.id = deploy.id;
  change.at = deploy.at;
  change.finished = deploy.finished;
  change.service = deploy.service;
  change.environment = deploy.environment;
  change.place = deploy.place;
  change.version = deploy.version;
  change.from_version = deploy.from_version;
  change.sha = deploy.sha;
  change.description = deploy.description;
  return change;
}

// "payments" of the setting "payments.timeout_ms 200", where deploys of a service of that name are
// listed too.
std::string service_of_setting(const Change& change, std::span<const Deploy> deploys) {
  const std::string name = change.id.substr(0, change.id.find_first_of("./:"));
  const bool known = name.size() < change.id.size() &&
                     std::any_of(deploys.begin(), deploys.end(), [&](const Deploy& deploy) {
                       return lower_case(deploy.service) == lower_case(name);
                     });
  return known ? name : "";
}

// All that took place, by time, those before the window too: they are what the others replaced.
std::vector<Change> listed(std::span<const Deploy> deploys, const std::string& environment) {
  const bool has_production = std::any_of(deploys.begin(), deploys.end(), [](const Deploy& deploy) {
    return is_production(deploy.environment);
  });
  std::vector<Change> changes;
  std::map<std::pair<std::string, std::string>, std::string> running;  // by service, environment
  for (const Deploy& deploy : deploys) {
    if (!took_place(deploy) || elsewhere(deploy, environment, has_production)) continue;
    Change change = change_of(deploy);
    if (is_setting(change.kind) && change.service.empty()) {
      change.service = service_of_setting(change, deploys);
    }
    if (!change.version.empty()) {
      std::string& before = running[{lower_case(change.service), lower_case(change.environment)}];
      if (change.from_version.empty()) change.from_version = before;
      before = change.version;
    }
    changes.push_back(std::move(change));
  }
  return changes;
}

// Whether the logs say that version's number for what the list tells by its commit only, or the
// other way round: the same service, first seen while it was rolled out.
bool is_same_rollout(const Change& logged, const Change& change,
                     const std::vector<VersionRate>& rates) {
  if (logged.service.empty() || change.service.empty()) return false;
  if (!same_service(logged.service, change.service)) return false;
  const Time end = change.finished.value_or(change.at) + first_request_max;
  if (logged.at < change.at - same_line || logged.at > end) return false;
  return std::none_of(rates.begin(), rates.end(), [&](const VersionRate& rate) {
    return same_version(change.version, rate.value) || same_version(change.sha, rate.value);
  });
}

// Gives listed deploys the versions that the logs show for them.
void take_logged_versions(std::vector<Change>& changes, std::vector<Change>& logged,
                          const std::vector<VersionRate>& rates) {
  std::erase_if(logged, [&](const Change& one) {
    const auto found = std::find_if(changes.begin(), changes.end(), [&](const Change& change) {
      return is_same_rollout(one, change, rates);
    });
    if (found == changes.end()) return false;
    found->logged_version = one.version;
    return true;
  });
}

// When the version of a change was first seen, if the logs show what ran before it too.
Time first_seen(const Change& change, const std::vector<VersionRate>& rates) {
  Time seen = no_time;
  for (const VersionRate& rate : rates) {
    const bool own = same_version(change.version, rate.value) ||
                     same_version(change.logged_version, rate.value) ||
                     same_version(change.sha, rate.value);
    const bool other_service = !change.service.empty() && !rate.service.empty() &&
                               !same_service(change.service, rate.service);
    if (!own || other_service || rate.first_seen == no_time) continue;
    const bool replaced = std::any_of(rates.begin(), rates.end(), [&](const VersionRate& other) {
      return other.field == rate.field && other.service == rate.service &&
             other.first_seen != no_time && rate.first_seen - other.first_seen >= settling;
    });
    if (replaced && (seen == no_time || rate.first_seen < seen)) seen = rate.first_seen;
  }
  return seen;
}

// A version that serves before the list says that it was put in place shows that the list's clock
// is ahead of the logs', for all that it lists.
void correct_clock(std::vector<Change>& changes, const std::vector<VersionRate>& rates) {
  Duration ahead{};
  for (const Change& change : changes) {
    const Time seen = first_seen(change, rates);
    if (seen == no_time || change.at - seen > ahead_max) continue;
    ahead = std::max(ahead, change.at - seen);
  }
  if (ahead <= same_line) return;
  for (Change& change : changes) change.ahead = ahead;
}

bool is_listed(const Change& logged, const std::vector<Change>& changes) {
  return std::any_of(changes.begin(), changes.end(), [&](const Change& change) {
    const bool same =
        same_version(change.version, logged.version) || same_version(change.sha, logged.version);
    const bool other_service = !change.service.empty() && !logged.service.empty() &&
                               lower_case(change.service) != lower_case(logged.service);
    return same && !other_service && std::chrono::abs(change.at - logged.at) <= rollout_max;
  });
}

// A rollout shows in every field that tells what runs ("version", "commit", "image"), in the same
// lines: they are one change.
bool merged(const Change& change, const std::string& field, std::vector<Change>& changes,
            const std::vector<std::string>& fields) {
  for (std::size_t i = 0; i < changes.size(); ++i) {
    Change& known = changes[i];
    const bool together = std::chrono::abs(known.at - change.at) <= same_line;
    const bool other_service =
        !known.service.empty() && !change.service.empty() && known.service != change.service;
    if (!together || other_service || fields[i] == field) continue;
    const bool is_commit = is_sha(change.version);
    if (same_version(known.version, change.version)) return true;
    if (is_commit == is_sha(known.version) || !known.sha.empty()) continue;
    const Change& told = is_commit ? known : change;
    const std::string sha = is_commit ? change.version : known.version;
    Change both = told;
    both.sha = sha;
    both.at = std::min(known.at, change.at);
    known = std::move(both);
    return true;
  }
  return false;
}

// Versions that the logs show for the first time, each following the one seen before it.
std::vector<Change> logged(const std::vector<VersionRate>& rates) {
  std::map<std::pair<std::string, std::string>, std::vector<const VersionRate*>> groups;
  for (const VersionRate& rate : rates) {
    if (rate.first_seen != no_time) groups[{rate.field, rate.service}].push_back(&rate);
  }
  std::vector<Change> changes;
  std::vector<std::string> fields;  // of the changes
  for (auto& [key, group] : groups) {
    std::stable_sort(group.begin(), group.end(), [](const VersionRate* a, const VersionRate* b) {
      return a->first_seen < b->first_seen;
    });
    for (std::size_t i = 1; i < group.size(); ++i) {
      if (group[i]->first_seen - group[0]->first_seen < settling) continue;
      Change change;
      change.kind = ChangeKind::version;
      change.id = group[i]->value;
      change.at = group[i]->first_seen;
      change.service = group[i]->service;
      change.version = group[i]->value;
      change.from_version = group[i - 1]->value;
      if (is_listed(change, changes) || merged(change, key.first, changes, fields)) continue;
      changes.push_back(std::move(change));
      fields.push_back(key.first);
    }
  }
  return changes;
}

// "payments" of "payments-v1.9.0", "payments/v1.9.0" and "payments@1.9.0".
std::string service_of_tag(std::string_view tag) {
  std::string_view prefix = version_prefix(tag);
  if (is_generic_prefix(prefix)) return "";
  for (std::string_view end : {"v", "-", "/", "@", "_"}) {
    if (prefix.size() > 1 && prefix.substr(prefix.size() - 1) == end) prefix.remove_suffix(1);
  }
  return std::string(prefix);
}

std::vector<Change> tagged(const Repository& repository) {
  const auto tags = repository.tags();
  std::vector<Change> changes;
  if (!tags) return changes;
  for (const Tag& tag : *tags) {
    Change change;
    change.id = tag.name;
    change.at = tag.at;
    change.version = tag.name;
    change.service = service_of_tag(tag.name);
    change.sha = tag.sha;
    change.deployed = false;
    changes.push_back(std::move(change));
  }
  return changes;
}

void add_unlisted(std::vector<Change>& changes, std::vector<Change> more) {
  std::vector<Change> fresh;
  for (Change& change : more) {
    if (!is_listed(change, changes)) fresh.push_back(std::move(change));
  }
  std::move(fresh.begin(), fresh.end(), std::back_inserter(changes));
}

// A tag says what was made, a version in the logs when it ran.
void drop_tags_that_ran(std::vector<Change>& tags, const std::vector<Change>& ran) {
  tags.erase(std::remove_if(tags.begin(), tags.end(),
                            [&](const Change& tag) {
                              return std::any_of(ran.begin(), ran.end(), [&](const Change& run) {
                                return same_version(tag.version, run.version) ||
                                       same_version(tag.sha, run.version);
                              });
                            }),
             tags.end());
}

std::vector<Change> known_changes(const ChangeQuestion& question, const Repository* repository,
                                  std::span<const Deploy> deploys) {
  std::vector<Change> changes = listed(deploys, question.environment);
  std::vector<Change> seen = logged(question.evidence.version_rates);
  if (deploys.empty() && repository != nullptr) {
    changes = tagged(*repository);
    drop_tags_that_ran(changes, seen);
  }
  take_logged_versions(changes, seen, question.evidence.version_rates);
  correct_clock(changes, question.evidence.version_rates);
  add_unlisted(changes, std::move(seen));
  std::stable_sort(changes.begin(), changes.end(),
                   [](const Change& a, const Change& b) { return a.at < b.at; });
  return changes;
}

// What ran at the onset: the latest commit that a change before its end put in place.
std::string revision_at_onset(const std::vector<Change>& changes, const Repository& repository) {
  std::string revision;
  for (const Change& change : changes) {
    if (repository.resolve(change.sha)) revision = change.sha;
  }
  return revision;
}

// What ran before all of the changes, as far as it is known.
std::string revision_before(const std::vector<Change>& changes, const Repository& repository) {
  for (const Change& change : changes) {
    if (repository.resolve(change.from_sha)) return change.from_sha;
  }
  return "";
}

// The service in whose folder all of its files lie.
std::string service_of_files(const Change& setting, const std::vector<Change>& changes) {
  for (const Change& change : changes) {
    if (change.service.empty()) continue;
    if (lies_in_service(setting.commits.front(), change.service)) return change.service;
  }
  return "";
}

void add_settings(std::vector<Change>& changes, const Repository& repository, const Span& window) {
  std::vector<Change> before;  // what came after the onset did not bring it in time
  std::copy_if(changes.begin(), changes.end(), std::back_inserter(before),
               [&](const Change& change) { return change.at <= window.to - shown_after; });
  std::vector<Change> settings = settings_as_changes(repository, before, window.from, window.to);
  for (Change& change : settings) change.service = service_of_files(change, changes);
  std::move(settings.begin(), settings.end(), std::back_inserter(changes));
  std::stable_sort(changes.begin(), changes.end(),
                   [](const Change& a, const Change& b) { return a.at < b.at; });
}

// Where the tree prints the messages and holds the frames, and who touched that.
void look_into(const Repository& repository, const std::vector<Change>& changes, Time since,
               ChangeQuestion& question) {
  ChangeEvidence& evidence = question.evidence;
  const std::string revision = revision_at_onset(changes, repository);
  evidence.source_lines =
      find_source_lines(repository, revision, evidence.symptoms, question.files_max);
  const std::string before = revision_before(changes, repository);
  if (!before.empty()) mark_known(repository, before, evidence.source_lines, evidence.symptoms);
  find_failing_places(repository, revision, changes, since, evidence);
}

}  // namespace

Result<std::vector<RankedChange>> what_changed(ChangeQuestion question,
                                               const Repository* repository,
                                               std::span<const Deploy> deploys) {
  const Span window = window_of(question);
  std::vector<Change> changes = known_changes(question, repository, deploys);
  if (repository != nullptr) find_revisions(changes, *repository);
  changes.erase(std::remove_if(changes.begin(), changes.end(),
                               [&](const Change& change) { return !window.holds(change.at); }),
                changes.end());
  if (repository != nullptr) find_commits(changes, *repository, question.commits_max);
  if (repository != nullptr && changes.empty() && deploys.empty()) {
    changes = TRY(commits_as_changes(*repository, window.from, window.to, question.commits_max));
  } else if (repository != nullptr) {
    add_settings(changes, *repository, window);
  }
  if (repository != nullptr) look_into(*repository, changes, window.from, question);
  return rank_changes(std::move(changes), question.evidence);
}

}  // namespace culprit
