#include "cli/commands.h"
#include "cli/flag_values.h"
#include "cli/kept.h"
#include "cli/repro_text.h"
#include "workbench/repro_request.h"

namespace culprit {
namespace {

Result<ReproRequest> request_of(const Arguments& arguments, const Session& session) {
  ReproRequest request;
  request.command = arguments.rest;
  request.vary = texts_of(arguments, "--vary");
  request.upstreams = texts_of(arguments, "--upstream");
  request.prior = arguments.value("--prior", "none");
  request.load = arguments.value("--load");
  request.signature = arguments.value("--signature");
  if (arguments.has("--rate-at-least")) {
    request.rate_at_least = TRY(share_flag(arguments, "--rate-at-least"));
  }
  if (arguments.has("--confidence"))
    request.confidence = TRY(share_flag(arguments, "--confidence"));
  if (arguments.has("--trials")) {
    request.trials_max = TRY(number_flag<std::size_t>(arguments, "--trials", "150"));
  }
  if (arguments.has("--workers")) {
    request.workers = TRY(number_flag<std::size_t>(arguments, "--workers", "4"));
  }
  if (arguments.has("--time")) request.time_max = TRY(duration_flag(arguments, "--time"));
  if (arguments.has("--timeout")) request.timeout = TRY(duration_flag(arguments, "--timeout"));
  request.seed = TRY(seed_flag(arguments));
  request.folder = arguments.value("--out", ".");
  if (arguments.has("--resume")) request.begin = ReproRequest::Begin::resume;
  if (arguments.has("--skip-impossible")) request.impossible = ReproRequest::Impossible::left_out;
  request.version = CULPRIT_VERSION;
  request.program = session.program;
  return request;
}

// One trial of a repro.toml, which speaks as its command would.
Result<Exit> run_once(const Arguments& arguments, Session& session) {
  const OnceDone done = TRY(run_repro_once(session.world, arguments.value("--spec")));
  TRY(print(done.trial.out.text));
  say(done.trial.error.text);
  if (!done.judgement.outcome) say(fmt::format("culprit: not judged: {}\n", done.judgement.reason));
  return static_cast<Exit>(bisect_code(done.trial, done.judgement));
}

Entry entry_of(const Reproduced& done, const ReproRequest& request) {
  Entry entry;
  entry.kind = "repro";
  entry.result = json_of(done);
  entry.report = text_of(done, request);
  entry.summary = entry.report.substr(0, entry.report.find('\n'));
  return entry;
}

void show_progress(const ReproProgress& progress) {
  say(fmt::format("\r\033[K{}: {} of at most {} trials, {} failed; last: {}", progress.phase,
                  progress.trials, progress.trials_max, progress.failures, progress.last));
}

Result<Exit> run(const Arguments& arguments, Session& session) {
  if (arguments.has("--once")) {
    if (!arguments.has("--spec"))
      return usage_error("--once runs a trial of a file", "--spec repro.toml --once");
    return run_once(arguments, session);
  }
  ReproRequest request = TRY(request_of(arguments, session));
  if (arguments.has("--spec"))
    TRY(read_repro_spec(session.world, arguments.value("--spec"), request));
  if (request.command.empty() && request.load.empty()) {
    return usage_error("repro needs a command that fails sometimes", "culprit repro -- ./test.sh");
  }
  if (session.terminal.progress) request.progress = show_progress;
  const Result<Reproduced> done = run_repro(session.world, request);
  if (session.terminal.progress) say("\r\033[K");
  if (!done) return done.error();
  const Status shown = print(arguments.has("--json") ? json_of(*done) : text_of(*done, request));
  if (!done->unwritten.empty()) say(fmt::format("culprit: {}\n", done->unwritten));
  if (!arguments.has("--no-case")) keep_in_case(arguments, session, entry_of(*done, request));
  TRY(shown);
  if (done->made.end == Reproduction::End::interrupted) return Exit::interrupted;
  if (done->made.end == Reproduction::End::untestable) return Exit::untestable;
  return done->made.verdict == Reproduction::Verdict::reproduced ? Exit::found : Exit::nothing;
}

std::string details() {
  std::string text =
      "Runs COMMAND as trials, which are bad as `git bisect run` says: exit 0 good, 125 not "
      "judged, 1\n"
      "to 127 bad; death by a signal and a sanitizer's report are bad. With --vary it looks for "
      "the\n"
      "conditions under which it fails most, and leaves out what does not matter. It writes "
      "repro.sh,\n"
      "which runs one trial of them and is a test for git bisect, and repro.toml. What can "
      "vary:\n\n";
  for (const Constraint& one : constraints()) {
    std::string name(one.name);
    if (one.argument != Constraint::Argument::none) name += fmt::format("({})", one.argument_name);
    text += fmt::format("  {:24} {}{}\n", name, one.what,
                        one.range.empty() ? "" : fmt::format(" ({})", one.range));
  }
  return text +
         "\nCOMMAND finds the proxy before an upstream by CULPRIT_<NAME>, or by {name} in its "
         "words;\n"
         "CULPRIT_PORT, CULPRIT_WORKER and TMPDIR are its own, CULPRIT_SEED is fresh in each "
         "trial.\n"
         "Ctrl-C shows what is known so far. Exit 0: it was reproduced; 1: it was not.\n\n"
         "  culprit repro -- ./flaky_test\n"
         "  culprit repro --vary starvation --vary stalls --vary tz -- ./flaky_test\n"
         "  culprit repro --upstream db=127.0.0.1:5432 --vary 'latency(db)=0..500ms' \\\n"
         "    --vary 'barrier(db, match=SELECT balance)' -- ./deposit_twice";
}

}  // namespace

Command repro_command() {
  static const std::string told = details();
  return {"repro",
          "[--vary FACTOR=RANGE]... [flags] -- COMMAND...",
          "how often a command fails, and under which conditions",
          told,
          {{"--vary", "FACTOR", "FACTOR or FACTOR=RANGE, see below; repeated", true},
           {"--upstream", "U", "NAME=HOST:PORT, or NAME=LISTEN>HOST:PORT; repeated", true},
           {"--prior", "P", "varies what an investigation names: case, or a file of its --json"},
           {"--load", "SPEC", "a spec of `culprit load` as the trial, in place of COMMAND"},
           {"--rate-at-least", "P", "stops once it is decided whether it fails so often, e.g. 30%"},
           {"--confidence", "C", "of intervals and decisions (0.95)"},
           {"--signature", "EXPR",
            "which failure is meant: exit, signal, timed_out, seconds, stdout, stderr, output"},
           {"--trials", "N", "at most (150)"},
           {"--time", "D", "at most, of all trials together"},
           {"--timeout", "D", "of one trial (10 times the slowest without conditions)"},
           {"--workers", "N", "trials beside each other (1)"},
           {"--seed", "N", "of the search and of every fault (1)"},
           {"--out", "FOLDER", "where repro.sh, repro.toml and repro.journal are written (.)"},
           {"--resume", "", "goes on with the search of repro.journal"},
           {"--skip-impossible", "", "leaves out factors that this machine cannot apply"},
           {"--spec", "FILE", "a repro.toml: its command and conditions again"},
           {"--once", "", "one trial of --spec; exits as git bisect's test does"},
           {"--case", "ID", "the case to keep the result in (the open one)"},
           {"--no-case", "", "keeps nothing"},
           {"--json", "", "one object (see docs/json.md)"}},
          run};
}

}  // namespace culprit
