// A suspect is a change that may have caused the failure; "none of these" is always one of them.
//
// Posterior = prior by kind x P(onset | time of the change) x evidence, normalised over all
// changes and "none". The lag is a mixture: at once (seconds to minutes), during a rollout (up to
// about half an hour), delayed (hours: caches, leaks, jobs), latent (days). A change after the
// onset cannot be the cause, beyond a small allowance for clock skew. Evidence are the failure
// rates of the versions that ran side by side, the services touched and the texts of the commits.
// Nearness alone decides little: the deploy 30 s before the onset is often the innocent one.
//
// The judgement reads values only; who gathers them is the workbench.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "contrast/commits.h"
#include "contrast/failing_service.h"
#include "contrast/frames.h"
#include "event/tally.h"

namespace culprit {

enum class ChangeKind : std::uint8_t {
  deploy,
  commit,
  flag,
  config,
  dependency,
  version,  // a version that the logs show for the first time
  revert,
  none,  // none of the changes that are known
};

std::string_view name_of(ChangeKind kind);
ChangeKind change_kind_named(std::string_view text);  // any case; unknown: deploy

// What is empty is not known.
struct Change {
  ChangeKind kind = ChangeKind::deploy;
  std::string id = {};  // as a report shows it: "v1.9.0", "3f2c1a9", "new_checkout on"
  Time at = no_time;
  std::optional<Time> finished = {};  // when a rollout was through
  std::string service = {};
  std::string environment = {};
  std::string place = {};  // the part of it: a region, a cluster; empty: all, or not known
  std::string version = {};
  std::string from_version = {};
  std::string sha = {};
  std::string from_sha = {};
  std::string logged_version = {};  // as the logs tell it, where that is something else
  Duration ahead{};                 // of the clock of the list that says `at`, before the logs'
  std::string description = {};
  bool deployed = true;  // false: made then (a commit, a tag) and put in place some time later
  std::vector<CommitText> commits = {};     // what it brought; a change of kind commit holds itself
  std::vector<CommitText> taken_back = {};  // what a revert took out of production
};

// Its commits, or those that it took back.
std::span<const CommitText> brought_by(const Change& change);

// Flags and settings take effect at once, without a rollout.
bool is_setting(ChangeKind kind);

// Whether it is a commit by itself: of code that nobody lists a deploy of, of flags or settings
// that are applied when they reach the branch.
bool is_one_commit(const Change& change);

// How one value of a version-like field fared on both sides of the onset.
struct VersionRate {
  std::string field = {};  // "version"
  std::string value = {};  // "v1.9.0"
  std::string service = {};
  Time first_seen = no_time;
  double total_before = 0;
  double bad_before = 0;
  double total_after = 0;
  double bad_after = 0;
  double total_until = 0;  // until the onset's likeliest instant, which lies behind what is before
  double bad_until = 0;
  double units_after = 0;           // of all values, each unit once; 0: not known
  double failures_after = 0;        // likewise
  std::vector<Counts> strata = {};  // after the onset, in equal stretches of time; empty: not known
};

struct Onset {
  Time from = no_time;  // 95 % interval
  Time at = no_time;
  Time to = no_time;
  bool slow = false;        // the rate rose slowly, as a ramp
  bool round = false;       // at a full or half hour, when jobs start and things expire
  bool of_message = false;  // told by the first line of a message that no unit had said before
};

// How the failures of the service in which most began lie over a field that says where it ran.
struct PlaceSpread {
  enum class Elsewhere : std::uint8_t { unknown, same_version, another_version };
  std::string field = {};                    // "host", "region"
  std::string value = {};                    // where most of them are
  double failures = 0;                       // share of the failures that are there
  double traffic = 0;                        // of the successful units
  std::size_t places = 0;                    // values seen among these
  double seen = 0;                           // failures that were looked at
  Elsewhere elsewhere = Elsewhere::unknown;  // what ran where hardly anything failed
  std::vector<std::string> others = {};      // the other values
};

struct ChangeEvidence {
  std::optional<Onset> onset = {};  // nothing: the evidence begins inside the incident, or no onset
  std::vector<Symptom> symptoms = {};
  std::vector<NamedValue> segment = {};            // the affected segment, from "who"
  std::vector<std::string> failing_services = {};  // those whose own units began to fail
  std::vector<FailingService> services = {};       // empty: lines were not looked at
  std::string told_first = {};                     // what failing units say first, most often
  std::string outside = {};  // whom these call then, where nobody here puts that in place
  Time until = no_time;      // of the evidence, or the end of the incident
  std::vector<PlaceSpread> spreads = {};
  bool values_wrong = false;  // the failing units succeed, with a value that is none: code's doing
  std::optional<NamedValue> customer = {};  // the only one of many that is concerned
  double traffic = 1;                       // units per minute since the onset, over those before
  std::vector<VersionRate> version_rates = {};
  std::vector<Frame> trace = {};  // a stack trace of the failures
  std::string trace_text = {};    // as it was logged, with what lies in packages
  // What the repository tells of both, where there is one.
  std::vector<SourceLine> source_lines = {};
  std::vector<FramePlace> frames = {};
  std::vector<std::string> formatting = {};  // commits that are known to change no meaning
};

struct RankedChange {
  Change change;  // kind none: "none of these"
  double probability = 0;
  std::vector<std::string> reasons;   // at most four, strongest first
  std::vector<std::string> against;   // likewise
  std::vector<RankedCommit> commits;  // joint: their probabilities sum to at most the change's
};

struct ChangeOptions {
  double none = 0.2;                        // prior that no known change did it
  Duration skew = std::chrono::seconds(2);  // clocks may disagree by this much
};

// Sorted, likeliest first; always holds one of kind none; probabilities sum to one.
std::vector<RankedChange> rank_changes(std::vector<Change> changes, const ChangeEvidence& evidence,
                                       const ChangeOptions& options = {});

}  // namespace culprit
