#include "cli/bisect_text.h"
#include "cli/commands.h"
#include "cli/flag_values.h"
#include "cli/kept.h"
#include "workbench/next_steps.h"

namespace culprit {
namespace {

// "0" and "1" are rates too, though no shares of anything.
Result<double> rate_in(const std::string& text) {
  if (text == "0" || text == "0%") return 0.0;
  if (text == "1" || text == "100%") return 1.0;
  Arguments alone;
  alone.flags["--rates"] = {text};
  return share_flag(alone, "--rates");
}

Result<BisectRequest::Rates> rates_flag(const Arguments& arguments) {
  const std::string text = arguments.value("--rates");
  const std::size_t comma = text.find(',');
  if (comma == std::string::npos) {
    return usage_error(fmt::format("--rates {} names one rate, and there are two ends", text),
                       "--rates 0,0.3   GOOD's first");
  }
  BisectRequest::Rates rates;
  rates.good = TRY(rate_in(text.substr(0, comma)));
  rates.bad = TRY(rate_in(text.substr(comma + 1)));
  return rates;
}

Status take_numbers(const Arguments& arguments, BisectRequest& request) {
  if (arguments.has("--confidence"))
    request.confidence = TRY(share_flag(arguments, "--confidence"));
  if (arguments.has("--workers"))
    request.workers = TRY(number_flag<std::size_t>(arguments, "--workers", "4"));
  if (arguments.has("--builds"))
    request.builds = TRY(number_flag<std::size_t>(arguments, "--builds", "8"));
  if (arguments.has("--calibrate"))
    request.calibrate = TRY(number_flag<std::size_t>(arguments, "--calibrate", "30"));
  if (arguments.has("--runs"))
    request.runs_max = TRY(number_flag<std::size_t>(arguments, "--runs", "200"));
  if (arguments.has("--rates")) request.rates = TRY(rates_flag(arguments));
  if (arguments.has("--time")) request.time_max = TRY(duration_flag(arguments, "--time"));
  if (arguments.has("--timeout")) request.timeout = TRY(duration_flag(arguments, "--timeout"));
  return ok();
}

// A command that begins where the commits end.
Error behind_dashes(const std::vector<std::string>& words) {
  std::string line = fmt::format("culprit bisect {} {} --", words[0], words[1]);
  for (std::size_t i = 2; i < words.size(); ++i) line += " " + shell_quoted(words[i]);
  return usage_error("bisect takes two commits, and the command stands behind --", line);
}

Result<BisectRequest> request_of(const Arguments& arguments) {
  BisectRequest request;
  const std::size_t words = arguments.words.size();
  if (words > 2 && arguments.rest.empty()) return behind_dashes(arguments.words);
  if (words != 0 && words != 2) {
    return usage_error("bisect takes two commits, GOOD and BAD",
                       "culprit bisect v1.8 v1.9 -- ./test.sh");
  }
  if (words == 2) {
    request.good = arguments.words[0];
    request.bad = arguments.words[1];
  }
  request.command = arguments.rest;
  request.repository = arguments.value("--repo", ".");
  request.rates_from = arguments.value("--rates-from");
  request.prior = arguments.value("--prior", "none");
  request.signature = arguments.value("--signature");
  request.build = arguments.value("--build");
  request.runner = arguments.value("--runner");
  request.worktrees = arguments.value("--worktrees");
  request.log = arguments.value("--log");
  request.replay = arguments.value("--replay");
  request.paths = texts_of(arguments, "--paths");
  request.kept = texts_of(arguments, "--keep");
  request.links = texts_of(arguments, "--link");
  if (arguments.has("--first-parent")) request.follow = Follow::first_parents;
  if (arguments.has("--resume")) request.begin = BisectRequest::Begin::resume;
  if (arguments.has("--no-case")) request.keep = BisectRequest::Keep::nothing;
  TRY(take_numbers(arguments, request));
  return request;
}

Entry entry_of(const Bisected& done, const Session& session) {
  Entry entry;
  entry.kind = "bisect";
  entry.result = json_of(done);
  Terminal plain = session.terminal;
  plain.colour = false;
  entry.report = text_of(done, plain);
  entry.summary = summary_of(done);
  return entry;
}

Exit exit_of(const Bisection& made) {
  if (made.end == Bisection::End::interrupted) return Exit::interrupted;
  if (made.trouble && Calibration::is_untestable(*made.trouble)) return Exit::untestable;
  return made.verdict == Bisection::Verdict::found ? Exit::found : Exit::nothing;
}

Result<Exit> run(const Arguments& arguments, Session& session) {
  BisectRequest request = TRY(request_of(arguments));
  const Terminal& terminal = session.terminal;
  if (terminal.progress) {
    request.progress = [&](const BisectProgress& progress) {
      say(fmt::format("\r\033[K{}", line_of(progress, terminal.columns - 1)));
    };
  }
  request.warning = [](const std::string& text) { say(fmt::format("culprit: {}\n", text)); };
  const Result<Bisected> done = run_bisect(session.world, request);
  if (terminal.progress) say("\r\033[K");
  if (!done) return done.error();
  const Status shown = print(arguments.has("--json") ? json_of(*done) : text_of(*done, terminal));
  if (!arguments.has("--no-case")) keep_in_case(arguments, session, entry_of(*done, session));
  TRY(shown);
  return exit_of(done->made);
}

constexpr std::string_view details =
    "Names the commit between GOOD and BAD that made COMMAND fail, with a probability. COMMAND "
    "speaks\n"
    "as to `git bisect run`: exit 0 good, 125 cannot be tested, 1 to 127 bad, 128 and above "
    "stops;\n"
    "death by a signal is bad, a timeout is not judged. It may fail only sometimes, history may "
    "have\n"
    "merges, and commits that do not build are no evidence.\n\n"
    "It runs in worktrees beside your checkout, which is never touched. What git does not track "
    "is\n"
    "not there: COMMAND itself is copied where it is untracked, --link shares folders. Each trial "
    "has\n"
    "CULPRIT_COMMIT, CULPRIT_WORKER, CULPRIT_PORT and a TMPDIR of its own. Ctrl-C shows what is "
    "known\n"
    "so far; --resume goes on, after a kill too.\n"
    "Exit 0: a commit was found; 1: none, or it is undecided; 125: GOOD or BAD cannot be "
    "tested.\n\n"
    "  culprit bisect v1.8.0 v1.9.0 -- ./test.sh\n"
    "  culprit bisect v1.8.0 HEAD --build 'make -j4' --paths src --paths Makefile -- ./flaky_test\n"
    "  culprit bisect GOOD BAD --signature 'stderr ~ \"deadlock\"' --workers 4 -- make check\n"
    "  culprit bisect GOOD BAD --runner 'srun -N1 --' --worktrees /shared/tmp -- ./test.sh\n"
    "  culprit bisect --resume";

}  // namespace

Command bisect_command() {
  return {
      "bisect",
      "GOOD BAD [flags] -- COMMAND...",
      "which commit made a test fail, also one that fails only sometimes",
      details,
      {{"--repo", "DIR", "the repository (the one here)"},
       {"--build", "CMD", "builds a commit; one that fails cannot be tested, and is no evidence"},
       {"--signature", "EXPR",
        "which failure is meant: exit, signal, timed_out, seconds, stdout, stderr, output"},
       {"--confidence", "C", "that is enough (0.95)"},
       {"--workers", "N", "commits tested beside each other (1)"},
       {"--rates", "G,B", "how often the test fails at GOOD and at BAD, where that is known"},
       {"--rates-from", "FILE", "a repro.toml of BAD: how often it fails there"},
       {"--calibrate", "N", "runs at each end, at most, also where the test seems sure"},
       {"--prior", "P", "what an investigation suspects: case, or a file of its --json"},
       {"--first-parent", "", "whole merges instead of the commits that they brought"},
       {"--paths", "GLOB", "what the build reads (all files), from the top; repeated", true},
       {"--builds", "N", "worktrees that stay built (8)"},
       {"--keep", "PATH", "stays in a worktree when it gets another commit; repeated", true},
       {"--link", "PATH", "of your checkout, shared with each worktree; repeated", true},
       {"--worktrees", "DIR", "where worktrees are made (TMPDIR)"},
       {"--runner", "PREFIX", "runs build and COMMAND: 'srun -N1 --'"},
       {"--timeout", "D", "of one run (10 times the slowest at GOOD)"},
       {"--runs", "N", "at most (2000)"},
       {"--time", "D", "at most"},
       {"--log", "FILE", "written as `git bisect log` does, for git bisect replay"},
       {"--replay", "FILE", "a git bisect log: what is known already"},
       {"--resume", "", "goes on with what was begun; without GOOD BAD and COMMAND: the newest"},
       {"--case", "ID", "the case to keep the result in (the open one)"},
       {"--no-case", "", "keeps nothing"},
       {"--json", "", "one object (see docs/json.md)"}},
      run};
}

}  // namespace culprit
