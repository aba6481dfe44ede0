#include "workbench/try.h"
#include "cli/commands.h"
#include "cli/flag_values.h"
#include "cli/json_text.h"
#include "cli/kept.h"
#include "cli/try_text.h"
#include "workbench/try_kept.h"

namespace culprit {
namespace {

Result<RateComparison::Prediction> prediction_of(const Arguments& arguments) {
  using Prediction = RateComparison::Prediction;
  const std::string text = arguments.value("--predict", "lower");
  for (const Prediction one : {Prediction::lower, Prediction::higher, Prediction::same}) {
    if (text == name_of(one)) return one;
  }
  return usage_error(fmt::format("no prediction: {}", text), "--predict lower, higher or same");
}

// Whole MiB: "512", or with a unit: "8GiB".
Result<std::uint64_t> size_flag(const Arguments& arguments, std::string_view flag) {
  std::string text = arguments.value(flag);
  unsigned shift = 20;
  if (text.ends_with("GiB")) shift = 30;
  if (text.ends_with("iB")) text.resize(text.size() - 3);
  Arguments number;
  number.flags[std::string(flag)] = {text};
  const std::uint64_t size = TRY(number_flag<std::uint64_t>(number, flag, "8GiB"));
  if (size >> (63 - shift) != 0)
    return usage_error(fmt::format("{} is too much", arguments.value(flag)), "--copy-max 8GiB");
  return size << shift;
}

Result<TryRequest> request_of(const Arguments& arguments) {
  TryRequest request;
  if (arguments.words.size() > 1) {
    return usage_error(
        fmt::format("a try has one hypothesis, and {} is a second word", arguments.words[1]),
        "culprit try 'the pool is shared' -- ./test.sh");
  }
  if (!arguments.words.empty()) request.hypothesis = arguments.words.front();
  request.prediction = TRY(prediction_of(arguments));
  request.apply = arguments.value("--apply");
  if (arguments.has("--apply") && request.apply.empty())
    return usage_error("--apply without a command", "--apply 'git apply fix.patch'");
  request.test = arguments.rest;
  request.signature = arguments.value("--signature");
  request.links = texts_of(arguments, "--link");
  if (arguments.has("--confidence"))
    request.confidence = TRY(share_flag(arguments, "--confidence"));
  if (arguments.has("--trials"))
    request.trials_max = TRY(number_flag<std::size_t>(arguments, "--trials", "200"));
  if (arguments.has("--workers"))
    request.workers = TRY(number_flag<std::size_t>(arguments, "--workers", "4"));
  if (arguments.has("--timeout")) request.timeout = TRY(duration_flag(arguments, "--timeout"));
  if (arguments.has("--copy-max")) request.copy_bytes_max = TRY(size_flag(arguments, "--copy-max"));
  request.seed = TRY(seed_flag(arguments));
  if (arguments.has("--stack")) request.pending = TryRequest::Pending::stacked;
  if (arguments.has("--keep")) request.refuted = TryRequest::Refuted::kept;
  return request;
}

void show_note(const std::string& text) { say(fmt::format("culprit: {}\n", text)); }

void show_progress(const PairedProgress& progress) {
  say(fmt::format(
      "\r\033[K{} of at most {} trials; without the change {:.0f} of {:.0f} failed, with it "
      "{:.0f} of {:.0f}",
      progress.trials, progress.trials_max, progress.without.bad, progress.without.total,
      progress.with.bad, progress.with.total));
}

// What is predicted stands in the case before the first trial.
Entry prediction_entry(const TryRequest& request, const std::vector<std::string>& paths) {
  Entry entry;
  entry.kind = "try";
  entry.summary = fmt::format("predicts {}: {}", name_of(request.prediction), request.hypothesis);
  entry.report = fmt::format("{}\n\nThe change:\n", entry.summary);
  for (const std::string& path : paths) entry.report += fmt::format("  {}\n", path);
  return entry;
}

Entry verdict_entry(const Tried& tried, const TryRequest& request) {
  Entry entry;
  entry.kind = "try";
  entry.result = json_of(tried, request);
  entry.report = text_of(tried, request);
  entry.summary = fmt::format("{}: {}", name_of(tried.verdict), request.hypothesis);
  return entry;
}

// A prediction does not stand there without an end.
Entry failure_entry(const TryRequest& request, const Error& why) {
  Entry entry;
  entry.kind = "try";
  entry.summary = fmt::format("not tried: {}", request.hypothesis);
  entry.report = fmt::format("{}\n{}\n", entry.summary, why.what);
  return entry;
}

Status check_number(const Arguments& arguments) {
  if (arguments.words.empty()) return ok();
  const std::string& word = arguments.words.front();
  if (!word.empty() && word.find_first_not_of("0123456789") == word.npos) return ok();
  return usage_error(fmt::format("{} is no number of a try", word), "culprit try --restore 3");
}

Result<Exit> restore(const Arguments& arguments, Session& session) {
  if (!arguments.rest.empty() || arguments.words.size() > 1)
    return usage_error("--restore takes the number of a try, and no test",
                       "culprit try --restore 3");
  TRY(check_number(arguments));
  const bool with = arguments.has("--with");
  if (with && arguments.words.empty())
    return usage_error("--with takes the number of a try", "culprit try --restore 3 --with");
  const std::string id = arguments.words.empty() ? "" : arguments.words.front();
  const Restored done =
      TRY(restore_try(session.world, id, with ? Restored::To::with : Restored::To::without));
  for (const std::string& text : done.notes) show_note(text);
  TRY(print(arguments.has("--json") ? json_of(done) : text_of(done)));
  if (!done.ids.empty() && !arguments.has("--no-case")) {
    Entry entry;
    entry.kind = "try";
    entry.report = text_of(done);
    entry.summary = fmt::format("{} the change of try {}", with ? "brought back" : "took back",
                                done.ids.front());
    keep_in_case(arguments, session, std::move(entry));
  }
  return done.ids.empty() ? Exit::nothing : Exit::found;
}

Result<Exit> forget(const Arguments& arguments, Session& session) {
  if (!arguments.has("--restore") || arguments.words.size() != 1 || !arguments.rest.empty())
    return usage_error("--forget takes the number of a try", "culprit try --restore 3 --forget");
  TRY(check_number(arguments));
  TRY(forget_try(session.world, arguments.words.front()));
  show_note(fmt::format("try {} is forgotten; the tree stays as it is", arguments.words.front()));
  if (arguments.has("--json"))
    TRY(print(fmt::format("{{\"schema_version\":1,\"forgotten\":[{}]}}\n",
                          json_string(arguments.words.front()))));
  return Exit::found;
}

Result<Exit> prune(const Arguments& arguments, Session& session) {
  if (!arguments.words.empty() || !arguments.rest.empty())
    return usage_error("--prune goes alone", "culprit try --prune");
  const Pruned done = TRY(prune_tries(session.world));
  TRY(print(arguments.has("--json") ? json_of(done) : text_of(done)));
  return Exit::found;
}

Exit exit_of(const Tried& tried) {
  if (tried.tree == Tried::Tree::half_done) return Exit::unreadable;
  if (tried.outcome.end == PairedOutcome::End::interrupted) return Exit::interrupted;
  if (!tried.outcome.judged()) return Exit::untestable;
  const bool supported = tried.verdict == RateComparison::Verdict::supported;
  return supported && tried.tree != Tried::Tree::in_the_way ? Exit::found : Exit::nothing;
}

Result<Exit> run(const Arguments& arguments, Session& session) {
  if (arguments.has("--with") && !arguments.has("--restore"))
    return usage_error("--with goes with --restore", "culprit try --restore 3 --with");
  if (arguments.has("--with") && arguments.has("--forget"))
    return usage_error("--with brings a change back, and --forget leaves the tree as it is",
                       "culprit try --restore 3 --with");
  if (arguments.has("--prune")) return prune(arguments, session);
  if (arguments.has("--forget")) return forget(arguments, session);
  if (arguments.has("--restore")) return restore(arguments, session);
  TryRequest request = TRY(request_of(arguments));
  request.note = show_note;
  if (session.terminal.progress) request.progress = show_progress;
  bool begun = false;
  if (!arguments.has("--no-case")) {
    request.begins = [&](const std::vector<std::string>& paths) {
      begun = true;
      keep_in_case(arguments, session, prediction_entry(request, paths));
    };
  }
  const Result<Tried> tried = run_try(session.world, request);
  if (session.terminal.progress) say("\r\033[K");
  if (!tried && begun) keep_in_case(arguments, session, failure_entry(request, tried.error()));
  if (!tried) return tried.error();
  const Status shown =
      print(arguments.has("--json") ? json_of(*tried, request) : text_of(*tried, request));
  if (!arguments.has("--no-case")) keep_in_case(arguments, session, verdict_entry(*tried, request));
  TRY(shown);
  return exit_of(*tried);
}

constexpr std::string_view details =
    "Tests HYPOTHESIS by a change: it runs TEST without the change and with it, by turns, until it "
    "is\n"
    "known which fails less often. The change is what differs from HEAD (untracked files are not "
    "a\n"
    "part of it: a new file joins by `git add`), or what --apply does. TEST runs in copies of the\n"
    "tree, with all that is untracked and ignored, and speaks as `git bisect run` says: exit 0 "
    "good,\n"
    "125 not judged, 1 to 127 bad. The tree is touched once the verdict is known: a change that "
    "is\n"
    "refuted is taken back, what --apply did comes in unless it is refuted. Both states stay in\n"
    ".culprit/tries/. Hypothesis and prediction are in the case before the first trial.\n\n"
    "Refuted is `lower` where it fails more than half as often with the change, `higher` where it "
    "does\n"
    "not fail 20 points more often, `same` where there is a difference. One change at a time: "
    "while an\n"
    "earlier one is in the tree uncommitted, another is refused. After kill -9 the next try, or\n"
    "--restore, puts the tree right. Exit 0: supported; 1: refuted or undecided; 125: nothing "
    "could be\n"
    "judged.\n\n"
    "  culprit try 'the clients share a pool' -- ./test.sh\n"
    "  culprit try 'it is the cache' --apply 'git revert -n 3f2c1a' -- make check\n"
    "  culprit try 'the lock is held too long' --predict higher --apply 'patch -p1 < sleep.patch' "
    "\\\n"
    "    -- ./flaky_test\n"
    "  culprit try --restore";

}  // namespace

Command try_command() {
  return {"try",
          "HYPOTHESIS [--apply CMD] [flags] -- TEST...  |  --restore [N]",
          "whether a change does what it should; taken back if not",
          details,
          {{"--apply", "CMD", "makes the change: run by sh -c in the root of a copy of the tree"},
           {"--predict", "P", "lower, higher or same: how often it fails with the change (lower)"},
           {"--trials", "N", "at most, of both sides together (200)"},
           {"--confidence", "C", "of intervals and verdicts (0.95)"},
           {"--signature", "EXPR",
            "which failure is meant: exit, signal, timed_out, seconds, stdout, stderr, output"},
           {"--timeout", "D", "of one trial (10 min, then 10 times the slowest that passed)"},
           {"--workers", "N", "trials beside each other, each in copies of its own (1)"},
           {"--seed", "N", "of which side of each pair comes first (1)"},
           {"--link", "PATH", "of the tree: shared by the copies, not copied; repeated", true},
           {"--copy-max", "SIZE", "of a tree that is copied (2GiB)"},
           {"--keep", "", "takes nothing back"},
           {"--stack", "", "tries a second change on top of one that is in the tree uncommitted"},
           {"--restore", "", "takes back what try N left in the tree, or what one cut short owes"},
           {"--with", "", "with --restore N: brings the change of that try back, files and index"},
           {"--forget", "", "with --restore N: the tree stays as it is, and that try is over"},
           {"--prune", "", "removes what tries kept, but of the last 10 and of those in the tree"},
           {"--case", "ID", "the case to keep the result in (the open one)"},
           {"--no-case", "", "keeps no entry in the case"},
           {"--json", "", "one object (see docs/json.md)"}},
          run};
}

}  // namespace culprit
