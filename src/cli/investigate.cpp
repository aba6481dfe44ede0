#include <unistd.h>
#include <cstdio>

#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/investigate_range.h"
#include "cli/investigation_json.h"
#include "cli/investigation_text.h"
#include "cli/kept.h"
#include "cli/progress.h"
#include "cli/sources.h"
#include "workbench/investigate.h"
#include "workbench/keep.h"
#include "workbench/verification.h"

namespace culprit {
namespace {

Result<InvestigateOptions> options_of(const Arguments& arguments, World& world) {
  InvestigateOptions options;
  options.gather = TRY(gather_options(arguments, world));
  options.reading = reading_flags(arguments);
  options.repository = arguments.value("--repo");
  options.deploys = arguments.value("--deploys");
  if (const auto metrics = arguments.flags.find("--metrics"); metrics != arguments.flags.end()) {
    options.metrics = metrics->second;
  }
  if (arguments.has("--changed-within")) {
    options.changed_within = TRY(duration_flag(arguments, "--changed-within"));
  }
  options.seed = TRY(seed_flag(arguments));
  return options;
}

// One line of `case show`.
std::string summary_of(const Investigation& made) {
  if (!made.when.found) return "nothing moved";
  std::string text = fmt::format(
      "{} since {}", name_of(made.when.shape),
      made.when.onset == no_time ? std::string("before the evidence") : to_string(made.when.onset));
  if (!made.who.empty()) text += ": " + made.who.front().where;
  return text;
}

Entry entry_of(const Investigation& made) {
  Entry entry;
  entry.summary = summary_of(made);
  entry.result = json_of(made);
  entry.report = text_of(made, Terminal{});  // the same in whatever window it was shown
  return entry;
}

// The next run reads only what was appended. Whoever waits for the report has it already: Ctrl-C
// ends this early and makes the run no failure.
void keep_indexes_of(Session& session, const Investigated& investigation,
                     const InvestigateOptions& options) {
  std::fflush(stdout);
  const std::string warning = keep_indexes(session.world, *investigation.evidence, options.gather);
  if (warning.empty() || interrupted()) return;
  std::fputs(fmt::format("culprit: {}\n", warning).c_str(), stderr);
}

Result<Exit> run(const Arguments& arguments, Session& session) {
  if (asks_for_range(arguments)) return run_range(arguments, session);
  if (arguments.has("--as")) TRY(query_language_named(arguments.value("--as")));
  InvestigateOptions options = TRY(options_of(arguments, session.world));
  Progress progress(session);
  options.gather.progress = progress.callback();
  const bool keeps = !arguments.has("--no-case");
  if (keeps) options.gather.index.folder = index_folder_here(session.world);
  if (arguments.has("--fresh"))
    options.gather.index.known = GatherOptions::Indexing::Known::ignored;
  const Investigated investigation = TRY(investigated(session.world, options));
  const Investigation& made = investigation.made;
  progress.clear();
  std::string text;
  if (arguments.has("--as") && !made.when.found) {
    std::fputs("culprit: nothing moved, so there is no finding to verify\n", stderr);
  } else if (arguments.has("--as")) {
    text = TRY(verification_of(made, arguments.value("--as")).during("writing --as"));
  } else {
    text = arguments.has("--json") ? json_of(made) : text_of(made, session.terminal);
  }
  const bool kept = keeps && keep_in_case(arguments, session, entry_of(made));
  TRY(print(text));
  // Where the case could not be kept, its folder takes no index either, and that was said.
  if (kept) keep_indexes_of(session, investigation, options);
  if (!made.metrics.unreachable.empty()) return Exit::remote;
  return made.when.found ? Exit::found : Exit::nothing;
}

}  // namespace

Command investigate_command() {
  std::vector<Flag> flags = source_flags();
  flags.insert(
      flags.end(),
      {{"--repo", "DIR", "git repository whose commits and tags are suspects"},
       {"--deploys", "FILE", "list of deploys: NDJSON, CSV, GitHub or GitLab deployments"},
       {"--metrics", "SOURCE", "which moved first? files of metrics, prometheus+http://HOST:PORT",
        true},
       {"--changed-within", "D", "how far back a change may lie (14d)"},
       {"--range", "GOOD..BAD", "ranks these commits of --repo for --symptom; no SOURCE then"},
       {"--symptom", "TEXT|FILE", "what was reported: words, a stack trace, log lines"},
       {"--seed", "N", "for the choice of examples (1)"},
       {"--as", "jq|sql|logql", "prints the query that verifies the first finding"},
       {"--case", "ID", "the case to keep the result in (the open one)"},
       {"--no-case", "", "keeps nothing: neither the result nor an index of what was read"},
       {"--fresh", "", "reads everything again, whatever the index of an earlier run holds"},
       {"--json", "", "one object with everything (see docs/json.md)"}});
  return {"investigate",
          "SOURCE... [flags]",
          "when did it begin, who is hit, what changed, what do the logs say",
          "SOURCE is a file, a folder, a glob, or - for standard input; .gz, .zst and .xz too.\n"
          "Formats are recognised. 14:03 is on the day of the newest event, by the clocks of --tz "
          "(for\n"
          "--since of the day before if the newest event is earlier), -2h is before that event.\n"
          "Exit 0: an incident was found; 1: nothing moved; 5: the server of --metrics did not "
          "answer.\n\n"
          "  culprit investigate logs/ --repo .\n"
          "  culprit investigate logs/ --metrics prometheus+http://127.0.0.1:9090\n"
          "  kubectl logs deploy/shop | culprit investigate -\n"
          "  culprit investigate orders.ndjson --bad 'total = 0'\n"
          "  culprit investigate --repo . --range v1.8..v1.9 --symptom trace.txt",
          std::move(flags),
          run};
}

}  // namespace culprit
