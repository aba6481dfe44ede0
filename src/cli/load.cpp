#include <charconv>
#include <cmath>
#include <cstdio>

#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/load_json.h"
#include "cli/load_text.h"
#include "cli/sources.h"
#include "cli/text.h"
#include "workbench/load.h"

namespace culprit {
namespace {

Result<LoadAsked> asked_of(const Arguments& arguments) {
  LoadAsked asked;
  if (arguments.words.size() > 1) {
    return usage_error(fmt::format("load has one URL, not {}", arguments.words.size()),
                       "culprit load http://127.0.0.1:8080/   or --spec FILE for several requests");
  }
  if (!arguments.words.empty()) asked.url = arguments.words.front();
  asked.spec = arguments.value("--spec");
  if (arguments.has("--rate")) asked.rate = TRY(number_flag<double>(arguments, "--rate", "1000"));
  if (arguments.has("--connections")) {
    asked.connections = TRY(number_flag<std::size_t>(arguments, "--connections", "50"));
  }
  if (arguments.has("--duration")) asked.duration = TRY(duration_flag(arguments, "--duration"));
  if (arguments.has("--timeout")) asked.timeout = TRY(duration_flag(arguments, "--timeout"));
  if (arguments.has("--threads")) asked.threads = TRY(threads_flag(arguments));
  if (arguments.has("--seed")) asked.seed = TRY(seed_flag(arguments));
  if (arguments.has("--burst")) asked.pace = LoadAsked::Pace::burst;
  if (arguments.has("--poisson")) asked.arrivals = LoadPlan::Arrivals::poisson;
  if (arguments.has("--insecure")) asked.certificates = LoadPlan::Certificates::taken;
  asked.method = arguments.value("--method");
  asked.body = arguments.value("--body");
  asked.headers = texts_of(arguments, "--header");
  asked.bad = arguments.value("--bad");
  return asked;
}

void show(const LoadProgress& seen, const LoadPlan& plan) {
  const double passed = std::max(seconds(seen.passed), 1e-3);
  std::string line = fmt::format("\r{:.1f} s", passed);
  if (plan.duration > Duration::zero()) line += fmt::format(" of {}", to_string(plan.duration));
  line += fmt::format(", {} requests, {}/s", figure(static_cast<double>(seen.requests)),
                      figure(static_cast<double>(seen.requests) / passed));
  if (seen.bad > 0) line += fmt::format(", {} bad", figure(static_cast<double>(seen.bad)));
  std::fputs((line + "\x1b[K").c_str(), stderr);
  std::fflush(stderr);
}

// A server that is not there is the remote's fault (exit 5), which no Fault says by itself.
Exit complained(const Error& fault) {
  std::fputs(fmt::format("culprit: {}\n", fault.what).c_str(), stderr);
  if (!fault.advice.empty()) std::fputs(fmt::format("  try: {}\n", fault.advice).c_str(), stderr);
  return Exit::remote;
}

Result<Exit> run(const Arguments& arguments, Session& session) {
  const LoadAsked asked = TRY(asked_of(arguments));
  const LoadPlan plan = TRY(load_plan(session.world, asked));
  LoadOptions options;
  options.record = arguments.value("--record");
  if (session.terminal.progress) {
    options.progress = [&](const LoadProgress& seen) { show(seen, plan); };
  }
  const auto report = put_load(session.world, plan, options);
  if (session.terminal.progress) std::fputs("\r\x1b[K", stderr);
  if (!report && report.error().fault == Fault::unavailable) return complained(report.error());
  if (!report) return report.error();
  const LoadResult& result = report->result;
  TRY(print(arguments.has("--json") ? load_json(*report) : load_text(*report, session.terminal)));
  if (!result.record_fault.empty()) {
    std::fputs(fmt::format("culprit: {}\n", result.record_fault).c_str(), stderr);
  }
  if (result.interrupted) return Exit::interrupted;
  if (!result.record_fault.empty()) return Exit::unreadable;
  if (result.requests > 0 && result.answered == 0) return Exit::remote;
  return result.bad > 0 ? Exit::nothing : Exit::found;
}

}  // namespace

Command load_command() {
  return {
      "load",
      "URL | --spec FILE [flags]",
      "puts load on a server: at a rate, by many connections, or all at once",
      "With --rate, requests start when they are due, whatever the server does, and latency runs\n"
      "from that instant: a server that stands still cannot hide whom it kept waiting. Without,\n"
      "each connection asks again once it has its reply. --burst sends one request over each\n"
      "connection but for its last byte, then all last bytes at once; with --duration, again\n"
      "and again. Bad are replies of 500 and above, or as --bad or the spec say, and what was\n"
      "not answered. Exit 0: all were good; 1: some were bad; 5: the server was not there.\n"
      "With --record, requests carry a traceparent header, by which the server's logs join.\n"
      "A spec holds scenarios, captured values, expectations and data (see docs/load.md).\n\n"
      "  culprit load http://127.0.0.1:8080/ --rate 1000 --duration 30s\n"
      "  culprit load http://127.0.0.1:8080/pay --burst --connections 20 --body '{\"n\": 1}'\n"
      "  culprit load --spec shop.toml --record load.ndjson\n"
      "  culprit investigate load.ndjson logs/ --bad 'outcome = failed'",
      {{"--spec", "FILE", "scenarios in TOML; URL then overrules their target"},
       {"--rate", "R", "requests (or runs of a scenario) that start in a second"},
       {"--poisson", "", "at random instants instead of evenly, for --rate"},
       {"--connections", "N",
        "that ask one after the other (10); at most that many for --rate (900)"},
       {"--burst", "", "one request of each connection, released together"},
       {"--duration", "D", "how long requests are begun (10s)"},
       {"--timeout", "D", "a request that takes longer is bad (10s)"},
       {"--threads", "N", "that send and receive (one per core)"},
       {"--method", "M", "of the request to URL (GET; POST with a body)"},
       {"--header", "'N: V'", "one more header of each request", true},
       {"--body", "B|@FILE", "of the request to URL"},
       {"--bad", "EXPR", "which replies are failures ('status >= 500')"},
       {"--insecure", "", "takes any certificate"},
       {"--seed", "N", "for all that is left to chance (1)"},
       {"--record", "FILE", "each request as an event (NDJSON), for investigate"},
       {"--json", "", "one object with everything (see docs/load.md)"}},
      run};
}

}  // namespace culprit
