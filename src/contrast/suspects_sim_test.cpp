#include <algorithm>
#include <array>
#include <cmath>
#include <random>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "contrast/suspects.h"

// Whole incidents from a seed: three days of deploys and flags, one of them guilty or none, often
// with an innocent deploy of another service half a minute before the onset. The shares (how often
// a log line shares words with its commit, a service or a version is known) are set by hand; they
// say what the ranking must live with, not what the world is like.
namespace culprit {
namespace {

enum class Cause { at_once, rollout, delayed, flag, nothing };

struct Incident {
  Cause cause = Cause::nothing;
  bool decoy = false;
  std::vector<Change> changes;
  ChangeEvidence evidence;
  std::string guilty;  // id; "none of these" without one
  std::string guilty_sha;
};

class Generator {
 public:
  explicit Generator(std::uint64_t seed) : dice_(seed) {}

  Incident incident(Cause cause) {
    Incident made;
    made.cause = cause;
    const Time onset = start_ + seconds_of(uniform(2 * 86400.0, 3 * 86400.0));
    std::size_t number = 0;
    for (double t = 0; t < 3 * 86400.0; t += exponential(4 * 3600.0)) {
      made.changes.push_back(deploy(start_ + seconds_of(t), pick_service(), ++number));
    }
    made.guilty = "none of these";
    std::size_t failing = pick_service();
    if (cause != Cause::nothing) failing = plant(made, onset, number);
    made.decoy = chance(0.5);
    if (made.decoy) {
      const std::size_t other = (failing + 1 + dice_() % (services.size() - 1)) % services.size();
      made.changes.push_back(deploy(onset - seconds_of(30), other, ++number));
    }
    observe(made, onset, failing);
    return made;
  }

 private:
  static constexpr std::array<const char*, 6> services = {"payments", "auth",   "catalog",
                                                          "checkout", "search", "gateway"};

  static Duration seconds_of(double count) { return from_seconds(count); }
  double uniform(double low, double high) {
    return low + (high - low) * static_cast<double>(dice_() >> 11U) * 0x1p-53;
  }
  bool chance(double share) { return uniform(0, 1) < share; }
  double exponential(double mean) { return -mean * std::log(1 - uniform(0, 1)); }
  std::size_t pick_service() { return dice_() % services.size(); }

  // Each service has words of its own, and there are words that all use.
  std::string word(std::size_t service) {
    static constexpr std::array<const char*, 12> common = {"client", "request", "timeout", "config",
                                                           "retry",  "handler", "cache",   "pool",
                                                           "worker", "queue",   "metric",  "token"};
    if (chance(0.5)) return common[dice_() % common.size()];
    static constexpr std::array<const char*, 8> stems = {"bar", "del", "fin", "gor",
                                                         "hem", "lux", "mip", "tov"};
    static constexpr std::array<const char*, 6> ends = {"ano", "ebi", "iru", "oka", "ush", "yte"};
    return std::string(stems[(dice_() % 5 + service) % stems.size()]) + ends[dice_() % ends.size()];
  }

  CommitText commit(std::size_t service) {
    CommitText made;
    made.sha = fmt::format("{:040x}", dice_());
    made.subject = fmt::format("{}: {} the {} {}", services[service], word(service), word(service),
                               word(service));
    made.message = made.subject;
    const std::size_t files = 1 + dice_() % 3;
    for (std::size_t i = 0; i < files; ++i) {
      FileDiff file;
      const bool test = chance(0.15);
      file.path =
          fmt::format("{}/{}{}.py", services[service], test ? "tests/test_" : "", word(service));
      const std::size_t lines = 1 + dice_() % 30;
      for (std::size_t j = 0; j < lines; ++j) {
        file.added += fmt::format("  {} = {}.{}({})\n", word(service), word(service), word(service),
                                  word(service));
      }
      made.files.push_back(std::move(file));
    }
    return made;
  }

  Change deploy(Time at, std::size_t service, std::size_t number) {
    Change change;
    change.id = fmt::format("{}-v1.{}.0", services[service], number);
    change.version = change.id;
    change.at = at;
    if (chance(0.5)) change.finished = at + seconds_of(uniform(60, 1200));
    if (chance(0.8)) change.service = services[service];
    const std::size_t commits = 1 + dice_() % 12;
    for (std::size_t i = 0; i < commits; ++i) {
      change.commits.push_back(commit(chance(0.85) ? service : pick_service()));
    }
    return change;
  }

  // Puts the guilty change before the onset; the service in which it shows.
  std::size_t plant(Incident& made, Time onset, std::size_t& number) {
    const std::size_t service = pick_service();
    const double lag = made.cause == Cause::at_once   ? exponential(60)
                       : made.cause == Cause::rollout ? uniform(60, 1500)
                       : made.cause == Cause::flag    ? exponential(45)
                                                      : uniform(3600, 6 * 3600);
    Change change = deploy(onset - seconds_of(lag), service, ++number);
    if (made.cause == Cause::flag) {
      change.kind = ChangeKind::flag;
      change.id = fmt::format("{}_{}", word(service), word(service));
      change.version.clear();
      change.commits.clear();
    } else {
      guilty_commit_ = dice_() % change.commits.size();
      change.commits[guilty_commit_].files[0].path =
          fmt::format("{}/{}.py", services[service], word(service));
      made.guilty_sha = change.commits[guilty_commit_].sha;
    }
    made.guilty = change.id;
    made.changes.push_back(std::move(change));
    return chance(0.85) ? service : pick_service();
  }

  void observe(Incident& made, Time onset, std::size_t failing) {
    const double width = exponential(10);
    made.evidence.onset = Onset{onset - seconds_of(width * uniform(0, 1)), onset, onset};
    made.evidence.onset->to = made.evidence.onset->from + seconds_of(width + 0.5);
    if (chance(0.8)) made.evidence.failing_services = {services[failing]};
    std::string text = fmt::format("{} {} <*>", word(failing), word(failing));
    const auto guilty = std::find_if(made.changes.begin(), made.changes.end(),
                                     [&](const Change& c) { return c.id == made.guilty; });
    if (guilty != made.changes.end() && chance(0.75)) text = symptom_of(*guilty, text);
    made.evidence.symptoms = {{text, services[failing], 1}};
    made.evidence.told_first = made.cause == Cause::nothing ? said_by_nobody(text) : said(text);
    if (chance(0.4)) observe_versions(made, onset);
  }

  // What fails for no change's sake mostly says so; some of it looks like any other failure.
  std::string said_by_nobody(const std::string& text) {
    static constexpr std::array<const char*, 8> rows = {
        "certificate has expired",          "write failed: no space left on device",
        "read error: Input/output error",   "the database system is starting up",
        "lookup db.internal: no such host", "provider answered 503",
        "queue is full, 120 waiting",       "quota of the tenant exceeded"};
    return chance(0.8) ? rows[dice_() % rows.size()] : text;
  }

  // Faulty code says what runtimes say of it, or its own words, or what it does to others.
  std::string said(const std::string& text) {
    static constexpr std::array<const char*, 4> faults = {
        "KeyError: 'id'", "TypeError: x is not a function", "nil pointer dereference",
        "index out of range"};
    static constexpr std::array<const char*, 3> shared = {
        "timed out after 3000 ms", "connection refused", "deadlock detected"};
    if (chance(0.3)) return faults[dice_() % faults.size()];
    return chance(0.15) ? shared[dice_() % shared.size()] : text;
  }

  // Two lines of the guilty diff lend a word each.
  std::string symptom_of(const Change& guilty, const std::string& otherwise) {
    if (guilty.commits.empty()) return otherwise + " " + guilty.id;
    const std::string& added = guilty.commits[guilty_commit_].files[0].added;
    const std::string first = added.substr(2, added.find(' ', 2) - 2);
    const std::size_t last = added.rfind('(');
    return otherwise + " " + first + " " + added.substr(last + 1, added.rfind(')') - last - 1);
  }

  // The latest deploys ran beside their predecessors for a while.
  void observe_versions(Incident& made, Time onset) {
    for (const Change& change : made.changes) {
      if (change.version.empty() || change.at > onset || change.at < onset - seconds_of(7200)) {
        continue;
      }
      const bool guilty = change.id == made.guilty;
      const double total = uniform(50, 2000);
      VersionRate fresh{"version", change.version, change.service, change.at};
      VersionRate old{"version", change.version + "-before", change.service, start_};
      fresh.total_after = std::floor(total * uniform(0.1, 0.9));
      old.total_after = std::floor(total) - fresh.total_after;
      const double rate = made.cause == Cause::nothing ? 0.05 : 0.001;
      fresh.bad_after = std::floor(fresh.total_after * (guilty ? 0.07 : rate));
      old.bad_after = std::floor(old.total_after * rate);
      fresh.field = old.field = "version." + change.id;
      made.evidence.version_rates.push_back(fresh);
      made.evidence.version_rates.push_back(old);
    }
  }

  std::mt19937_64 dice_;
  Time start_ = from_nanoseconds(1'763'000'000'000'000'000);
  std::size_t guilty_commit_ = 0;
};

struct Score {
  double incidents = 0;
  double right = 0;
  double in_three = 0;
  double baseline = 0;
  double commit_right = 0;
  double commits = 0;
};

std::string nearest_before(const Incident& incident) {
  const Change* nearest = nullptr;
  for (const Change& change : incident.changes) {
    if (change.at > incident.evidence.onset->to) continue;
    if (nearest == nullptr || change.at > nearest->at) nearest = &change;
  }
  return nearest == nullptr ? "none of these" : nearest->id;
}

void judge(const Incident& incident, Score& score, std::array<Score, 10>& bins) {
  const auto ranked = rank_changes(incident.changes, incident.evidence);
  const auto right = [&](const RankedChange& entry) { return entry.change.id == incident.guilty; };
  score.incidents += 1;
  score.right += right(ranked[0]) ? 1 : 0;
  score.in_three += std::any_of(ranked.begin(), ranked.begin() + 3, right) ? 1 : 0;
  score.baseline += nearest_before(incident) == incident.guilty ? 1 : 0;
  if (!incident.guilty_sha.empty() && right(ranked[0]) && !ranked[0].commits.empty()) {
    score.commits += 1;
    score.commit_right += ranked[0].commits[0].sha == incident.guilty_sha ? 1 : 0;
  }
  Score& bin = bins[std::min<std::size_t>(9, static_cast<std::size_t>(ranked[0].probability * 10))];
  bin.incidents += 1;
  bin.right += right(ranked[0]) ? 1 : 0;
  bin.baseline += ranked[0].probability;
}

TEST_CASE("the guilty change is found where the nearest deploy misleads") {
  struct Row {
    Cause cause;
    std::string name;
  };
  const std::vector<Row> rows = {{Cause::at_once, "at once"},
                                 {Cause::rollout, "rollout"},
                                 {Cause::delayed, "delayed"},
                                 {Cause::flag, "flag"},
                                 {Cause::nothing, "no change did it"}};
  constexpr std::size_t seeds = 100;
  std::array<Score, 10> bins;
  Score all;
  Score nothing;
  for (const Row& row : rows) {
    Score score;
    for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
      judge(Generator(seed).incident(row.cause), score, bins);
    }
    MESSAGE(
        fmt::format("{:16}  first {:3.0f}%  in three {:3.0f}%  nearest deploy {:3.0f}%  commit "
                    "{:3.0f}%",
                    row.name, 100 * score.right / score.incidents,
                    100 * score.in_three / score.incidents, 100 * score.baseline / score.incidents,
                    100 * score.commit_right / std::max(1.0, score.commits)));
    all.incidents += score.incidents;
    all.right += score.right;
    all.baseline += score.baseline;
    if (row.cause == Cause::nothing) nothing = score;
  }
  double calibration = 0;
  for (const Score& bin : bins) calibration += std::abs(bin.right - bin.baseline) / all.incidents;
  MESSAGE(
      fmt::format("{:.0f} incidents: first {:.1f}%, nearest deploy {:.1f}%, calibration error "
                  "{:.3f}",
                  all.incidents, 100 * all.right / all.incidents,
                  100 * all.baseline / all.incidents, calibration));
  CHECK(all.right > 1.7 * all.baseline);
  CHECK(nothing.right >= 0.9 * nothing.incidents);
  CHECK(calibration < 0.12);
}

}  // namespace
}  // namespace culprit
