#include "workbench/next_steps.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace culprit {
namespace {

std::string instant(Time time) { return shell_quoted(to_string(time)); }

void look_at_onset(const Investigation& made, const std::string& sources,
                   std::vector<NextStep>& steps) {
  if (made.when.onset == no_time) return;
  std::string command =
      fmt::format("culprit logs {} --at {} --around 30s", sources, instant(made.when.onset));
  std::string why = "reads the lines around the onset";
  if (!made.who.empty()) {
    why += ", of the affected units";
    command += " --units --where " + shell_quoted(made.who.front().where);
  }
  steps.push_back({std::move(command), std::move(why)});
}

// The new message of most failing units; of a silence the one that stopped, which was heard most.
const ChangedTemplate* most_telling(const Investigation& made) {
  const bool silent = made.rule.how == OutcomeRule::How::volume;
  const TemplateStatus wanted = silent ? TemplateStatus::stopped : TemplateStatus::fresh;
  const auto weight = [&](const ChangedTemplate& one) {
    return std::make_pair(silent && one.what.text == made.silent,
                          silent ? one.before : one.what.bad_events);
  };
  const ChangedTemplate* best = nullptr;
  for (const ChangedTemplate& one : made.templates) {
    if (one.status != wanted) continue;
    if (best == nullptr || weight(one) > weight(*best)) best = &one;
  }
  return best;
}

void look_at_template(const Investigation& made, const std::string& sources,
                      std::vector<NextStep>& steps) {
  const ChangedTemplate* telling = most_telling(made);
  if (telling == nullptr) return;
  steps.push_back({fmt::format("culprit logs {} --template {}", sources, telling->what.id),
                   fmt::format("shows every \"{}\"", telling->what.text)});
}

void look_at_commit(const Investigation& made, const InvestigateOptions& options,
                    std::vector<NextStep>& steps) {
  for (const RankedChange& change : made.changes) {
    if (change.commits.empty() || change.change.kind == ChangeKind::none) continue;
    steps.push_back({fmt::format("git -C {} show {}", shell_quoted(options.repository),
                                 change.commits.front().sha.substr(0, 12)),
                     fmt::format("the likeliest commit: \"{}\"", change.commits.front().subject)});
    return;
  }
}

// Runs of a bisection: the bits that are missing, both ends, and tests of the answer again.
std::size_t runs_about(double bits) {
  constexpr double ends_and_again = 5;  // of a test that never errs (docs/bisect.md)
  return static_cast<std::size_t>(std::ceil(bits) + ends_and_again);
}

// What the ranking of the commits leaves open, where a fifth of the belief is spread evenly, as
// bisect does (workbench/bisect_prior.h).
double bits_left(const RankedChange& change) {
  const auto count = static_cast<double>(change.change.commits.size());
  double named = 0;
  for (const RankedCommit& commit : change.commits) named += commit.probability;
  double bits = 0;
  for (const CommitText& commit : change.change.commits) {
    const auto ranked =
        std::find_if(change.commits.begin(), change.commits.end(),
                     [&](const RankedCommit& one) { return one.sha == commit.sha; });
    const double own = ranked == change.commits.end() ? 0 : ranked->probability / named;
    const double belief = 0.8 * own + 0.2 / count;
    bits -= belief * std::log2(belief);
  }
  return bits;
}

// Whoever has a test that fails gets the commit by it.
void bisect_deploy(const Investigation& made, const InvestigateOptions& options,
                   std::vector<NextStep>& steps) {
  for (const RankedChange& ranked : made.changes) {
    const Change& change = ranked.change;
    if (ranked.commits.empty() || change.kind == ChangeKind::none) continue;
    if (change.commits.size() < 2 || change.from_sha.empty() || change.sha.empty()) return;
    const bool named = !change.from_version.empty() && !change.version.empty();
    steps.push_back(
        {fmt::format("culprit bisect {} {} --repo {} --prior case -- ./test.sh",
                     shell_quoted(named ? change.from_version : change.from_sha.substr(0, 12)),
                     shell_quoted(named ? change.version : change.sha.substr(0, 12)),
                     shell_quoted(options.repository)),
         fmt::format("which commit, by a test that fails: about {} runs; {} if nothing were known",
                     runs_about(bits_left(ranked)),
                     runs_about(std::log2(static_cast<double>(change.commits.size()))))});
    return;
  }
}

void say_what_failure_is(const Investigation& made, const std::string& sources,
                         std::vector<NextStep>& steps) {
  for (const std::string& bad : made.could_fail) {
    steps.push_back({fmt::format("culprit investigate {} --bad {}", sources, shell_quoted(bad)),
                     "takes that for failure"});
  }
}

}  // namespace

std::string shell_quoted(const std::string& word) {
  constexpr std::string_view plain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./:=@%+,";
  if (!word.empty() && word.find_first_not_of(plain) == std::string::npos) return word;
  std::string quoted = "'";
  for (const char c : word) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

std::vector<NextStep> next_steps(const Investigation& investigation,
                                 const InvestigateOptions& options) {
  std::string sources;
  for (const auto* words : {&options.gather.sources, &options.reading}) {
    for (const std::string& word : *words) {
      sources += (sources.empty() ? "" : " ") + shell_quoted(word);
    }
  }
  std::vector<NextStep> steps;
  if (!investigation.when.found) {
    // Where failure is known and nothing moved, other meanings of failure would be guesses.
    if (investigation.rule.how == OutcomeRule::How::unknown) {
      say_what_failure_is(investigation, sources, steps);
    }
    return steps;
  }
  look_at_onset(investigation, sources, steps);
  look_at_template(investigation, sources, steps);
  look_at_commit(investigation, options, steps);
  bisect_deploy(investigation, options, steps);
  return steps;
}

}  // namespace culprit
