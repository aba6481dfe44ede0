#include <algorithm>

#include "cli/commands.h"
#include "cli/flag_values.h"
#include "cli/kept.h"
#include "cli/shrink_text.h"

namespace culprit {
namespace {

constexpr std::size_t workers_max = 1000;  // threads, each with processes of its own

// "0,0.5" or "0%,50%".
Result<SetSearch::Rates> rates_of(const Arguments& arguments) {
  const std::string text = arguments.value("--rates");
  const std::size_t comma = text.find(',');
  SetSearch::Rates rates;
  const auto share = [&](std::string word, double& into) {
    double scale = 1;
    if (word.ends_with('%')) {
      word.pop_back();
      scale = 100;
    }
    const auto [end, fault] = std::from_chars(word.data(), word.data() + word.size(), into);
    into /= scale;
    return fault == std::errc{} && end == word.data() + word.size() && into >= 0 && into <= 1;
  };
  const bool read = comma != text.npos && share(text.substr(0, comma), rates.good) &&
                    share(text.substr(comma + 1), rates.bad);
  if (read && rates.good < rates.bad) return rates;
  return usage_error(fmt::format("--rates {} are no two rates of which the second is higher", text),
                     "--rates 0,0.5 where GOOD never fails and BAD does one time in two");
}

Result<ShrinkRequest> request_of(const Arguments& arguments) {
  ShrinkRequest request;
  request.command = arguments.rest;
  request.from = arguments.value("--from");
  request.to = arguments.value("--to");
  if (arguments.has("--as")) request.kind = TRY(difference_kind(arguments.value("--as")));
  request.signature = arguments.value("--signature");
  if (arguments.has("--rates")) request.search.rates = TRY(rates_of(arguments));
  if (arguments.has("--calibrate")) {
    request.search.calibrate = TRY(number_flag<std::size_t>(arguments, "--calibrate", "20"));
  }
  if (arguments.has("--confidence")) {
    request.search.confidence = TRY(share_flag(arguments, "--confidence"));
  }
  if (arguments.has("--trials")) {
    request.trials_max = TRY(number_flag<std::size_t>(arguments, "--trials", "2000"));
  }
  if (arguments.has("--workers")) {
    request.workers = TRY(number_flag<std::size_t>(arguments, "--workers", "4"));
    if (request.workers > workers_max) {
      return usage_error(fmt::format("--workers {} are too many", request.workers),
                         fmt::format("at most {}", workers_max));
    }
  }
  if (arguments.has("--timeout")) request.timeout = TRY(duration_flag(arguments, "--timeout"));
  request.out = arguments.value("--out");
  return request;
}

void show_progress(const ShrinkProgress& progress) {
  say(fmt::format("\r\033[K{} runs, {} differences left; last: {}", progress.trials, progress.kept,
                  progress.last));
}

Entry entry_of(const ShrinkDone& shown, const ShrinkRequest& request) {
  const ShrinkDone done = without_secrets(shown);
  Entry entry;
  entry.kind = "shrink";
  entry.result = json_of(done);
  entry.report = text_of(done, request);
  entry.summary = entry.report.substr(0, entry.report.find('\n'));
  return entry;
}

// A secret of the two files may stand in the words of the command as well.
void keep_shrink(const Arguments& arguments, const Session& session, const ShrinkDone& done,
                 const ShrinkRequest& request) {
  Session own = session;
  own.line = without_words(session.line, done.secrets);
  keep_in_case(arguments, own, entry_of(done, request));
}

Result<Exit> run(const Arguments& arguments, Session& session) {
  if (!arguments.has("--from") || !arguments.has("--to") || arguments.rest.empty()) {
    return usage_error("shrink needs what works, what fails, and a command that tells them apart",
                       "culprit shrink --from good.env --to bad.env -- ./test.sh");
  }
  ShrinkRequest request = TRY(request_of(arguments));
  if (session.terminal.progress) request.progress = show_progress;
  const Result<ShrinkDone> done = run_shrink(session.world, request);
  if (session.terminal.progress) say("\r\033[K");
  if (!done) return done.error();
  const Status shown = print(arguments.has("--json") ? json_of(*done) : text_of(*done, request));
  if (!done->unwritten.empty()) say(fmt::format("culprit: {}\n", done->unwritten));
  if (!arguments.has("--no-case")) keep_shrink(arguments, session, *done, request);
  TRY(shown);
  if (done->made.end == Shrunk::End::interrupted) return Exit::interrupted;
  if (done->made.end == Shrunk::End::untestable) return Exit::untestable;
  return done->made.verdict == Shrunk::Verdict::found ? Exit::found : Exit::nothing;
}

constexpr std::string_view details =
    "Finds which of the differences between two files make COMMAND fail: variables, flags, "
    "settings,\n"
    "versions, parameters and headers of a request, nodes of JSON, or lines. COMMAND is run with "
    "some of\n"
    "them applied and speaks as `git bisect run` says: exit 0 good, 125 not judged, 1 to 127 bad; "
    "it may\n"
    "fail only sometimes. What is left fails, and passes without any one of them.\n\n"
    "COMMAND finds the file it is to try where {} stands in its words, and in CULPRIT_INPUT. "
    "Variables\n"
    "of an env file are set in its environment if there is no {}; flags take the place of a word "
    "{}, or\n"
    "stand at the end. --from empty shrinks an input: each line or node of --to is a difference "
    "(JSON\n"
    "and YAML begin as {} or []). Any failure counts, unless --signature says which is meant.\n"
    "Ctrl-C shows the smallest set so far. Exit 0: it was found; 1: it was not.\n\n"
    "  culprit shrink --from staging.env --to production.env -- ./test.sh\n"
    "  culprit shrink --from old/package-lock.json --to package-lock.json -- ./install_and_test.sh "
    "{}\n"
    "  culprit shrink --from empty --to crash.json --out small.json -- ./parser {}\n"
    "  culprit shrink --from good.flags --to bad.flags -- ./server --self-test {}";

}  // namespace

Command shrink_command() {
  return {"shrink",
          "--from GOOD --to BAD [flags] -- COMMAND...",
          "which differences between two files make a command fail",
          details,
          {{"--from", "GOOD", "a file with which COMMAND passes; empty: nothing at all"},
           {"--to", "BAD", "a file with which it fails"},
           {"--as", "KIND",
            "env, flags, config, json, package-lock, requirements, go.mod, apt, http, lines"},
           {"--out", "FILE", "where the smallest text that fails is written"},
           {"--signature", "EXPR",
            "which failure is meant: exit, signal, timed_out, seconds, stdout, stderr, output"},
           {"--calibrate", "N", "runs before BAD is taken to pass (12); 1: nothing is run twice"},
           {"--rates", "G,B", "how often COMMAND fails at GOOD and BAD, where that is known"},
           {"--confidence", "C", "of the answer where COMMAND is flaky (0.95)"},
           {"--trials", "N", "at most (2000)"},
           {"--timeout", "D", "of one run (10 times the slowest at GOOD)"},
           {"--workers", "N", "runs of one question beside each other, where COMMAND is flaky (1)"},
           {"--case", "ID", "the case to keep the result in (the open one)"},
           {"--no-case", "", "keeps nothing"},
           {"--json", "", "one object (see docs/json.md)"}},
          run};
}

}  // namespace culprit
