#include "workbench/next_steps.h"

#include <algorithm>

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
  return steps;
}

}  // namespace culprit
