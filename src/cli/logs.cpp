#include <cstdio>

#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/log_rows.h"
#include "cli/logs_follow.h"
#include "cli/progress.h"
#include "cli/sources.h"
#include "workbench/keep.h"
#include "workbench/logs.h"

namespace culprit {
namespace {

constexpr std::size_t buffered_max = 64 << 10;  // bytes of rows; pipes take as much at once

// Rows on their way to standard output: the first at once, then many together.
class Output {
 public:
  explicit Output(const Terminal& terminal) : at_once_(terminal.tty) {}
  Status add(std::string_view text) {
    rows_ += text;
    if (!at_once_ && any_ && rows_.size() < buffered_max) return ok();
    any_ = true;
    return flush();
  }
  Status flush() {
    const std::string rows = std::exchange(rows_, {});
    return print(rows);
  }

 private:
  std::string rows_;
  bool at_once_;
  bool any_ = false;
};

void note(const std::string& text) {
  std::fputs(fmt::format("culprit: {}\n", text).c_str(), stderr);
}

Result<Level> level_flag(const Arguments& arguments) {
  const Level level = level_named(arguments.value("--level"));
  if (level != Level::none || !arguments.has("--level")) return level;
  Error made = error(Fault::usage, "--level {} is no level", arguments.value("--level"));
  made.advice = "--level error   or trace, debug, info, warn, fatal";
  return made;
}

Result<LogsOptions> options_of(const Arguments& arguments, World& world) {
  LogsOptions options;
  Arguments sources = arguments;  // moments in logs are resolved by the logs' own clock
  sources.flags.erase("--since");
  sources.flags.erase("--until");
  options.gather = TRY(gather_options(sources, world));
  options.since = TRY(moment_flag(arguments, "--since"));
  options.until = TRY(moment_flag(arguments, "--until"));
  options.at = TRY(moment_flag(arguments, "--at"));
  if (arguments.has("--around")) {
    options.around = TRY(duration_flag(arguments, "--around"));
    if (!options.at) {
      Error made = error(Fault::usage, "--around says how far from --at, which is missing");
      made.advice = fmt::format("--at 14:03 --around {}", arguments.value("--around"));
      return made;
    }
  }
  if (arguments.has("--where")) {
    options.where = TRY(parse_expr(arguments.value("--where")).during("reading --where"));
  }
  options.whole_units = arguments.has("--units");
  if (options.whole_units && !options.where) {
    Error made = error(Fault::usage, "--units shows the whole units that --where selects");
    made.advice = "--units --where 'status >= 500'";
    return made;
  }
  options.template_id = arguments.value("--template");
  options.level = TRY(level_flag(arguments));
  options.details = arguments.has("--json");
  return options;
}

std::string names_of(const std::vector<std::string>& names) {
  std::string text = names.front();
  if (names.size() == 2) text += " and " + names.back();
  if (names.size() > 2) text += fmt::format(" and {} others", names.size() - 1);
  return text;
}

// Why there is not a single row.
std::string nothing_found(const LogView& view, const LogsSummary& summary,
                          const LogsOptions& options) {
  const bool filtered =
      options.where || options.level != Level::none || !options.template_id.empty();
  std::string text = filtered ? "no event matches" : "no events";
  if (summary.window.from != Time::min()) text += " from " + to_string(summary.window.from);
  // The instant at the end of --around still counts, so the window ends just behind it.
  const Duration behind{options.at ? 1 : 0};
  if (summary.window.to != Time::max()) text += " to " + to_string(summary.window.to - behind);
  const auto evidence = view.evidence();
  if (evidence && evidence->from != no_time && summary.window != Window{}) {
    text += fmt::format("; the sources run from {} to {}", to_string(evidence->from),
                        to_string(evidence->to));
  }
  return text;
}

std::string lines(std::uint64_t count) {
  return fmt::format("{} line{}", count, count == 1 ? "" : "s");
}

void say_what_to_know(const LogView& view, const LogsOptions& options) {
  const LogsSummary summary = view.summary();
  for (const std::string& fault : summary.faults) note(fault);
  if (!summary.zone_assumed.empty()) {
    note(fmt::format("times in {} name no zone: UTC is taken (--tz says another)",
                     names_of(summary.zone_assumed)));
  }
  const MergeCounts& counts = summary.counts;
  if (counts.late > 0) {
    note(fmt::format("{} came later than the window of 2s puts in order, marked late",
                     lines(counts.late)));
  }
  if (counts.untimed > 0) note(lines(counts.untimed) + " without a time left out");
  const bool filtered =
      options.where || options.level != Level::none || !options.template_id.empty();
  if (counts.unreadable > 0 && filtered) {
    note(lines(counts.unreadable) + " could not be read as events, left out");
  }
  if (options.whole_units && summary.unit_fields.empty()) {
    note("no field joins events to units here, so each event was taken for one (--unit FIELD)");
  }
  if (summary.rows > 0) return;
  if (!summary.unseen_fields.empty()) {
    note(fmt::format("--where names {}, which no event has", names_of(summary.unseen_fields)));
  }
  note(nothing_found(view, summary, options));
}

Result<Exit> run(const Arguments& arguments, Session& session) {
  LogsOptions options = TRY(options_of(arguments, session.world));
  if (arguments.has("--follow")) return follow_logs(arguments, session, std::move(options));
  if (!arguments.has("--fresh")) {
    options.gather.index.folder = index_folder_here(session.world);
  }
  Progress progress(session);
  options.gather.progress = progress.callback();
  Output output(session.terminal);
  Status written = ok();
  options.waiting = [&] {
    if (written) written = output.flush();
  };
  LogView view = TRY(LogView::open(session.world, options));
  progress.clear();
  const LogRows rows(view.sources(), session.terminal);
  for (;;) {
    auto row = view.next();
    if (!row) {
      TRY(output.flush());
      return row.error();
    }
    if (!*row) break;
    if (written) written = output.add(options.details ? json_of(**row) : rows.text_of(**row));
    if (!written) return written.error();
  }
  TRY(output.flush());
  say_what_to_know(view, options);
  return view.summary().rows > 0 ? Exit::found : Exit::nothing;
}

}  // namespace

Command logs_command() {
  std::vector<Flag> flags = {
      {"--at", "T", "jumps to that instant; RFC 3339, 14:03, -2h before the newest event"},
      {"--around", "D", "so much before and after --at (30s)"},
      {"--where", "EXPR", "only events that satisfy it, e.g. 'status >= 500'"},
      {"--units", "", "whole units (requests, traces, jobs) that satisfy --where"},
      {"--template", "ID", "only lines of that template, as `investigate` prints it"},
      {"--level", "LEVEL", "only that level and above: debug, info, warn, error, fatal"},
      {"--follow", "", "then what is written from now on, through rotations, until Ctrl-C"}};
  for (const Flag& flag : source_flags()) {
    if (flag.name == "--bad" || flag.name == "--good" || flag.name == "--memory") continue;
    flags.push_back(flag);
    if (flag.name == "--unit") flags.back().help = "what joins events to units, for --units";
  }
  flags.push_back(
      {"--fresh", "", "reads everything, whatever the index of an investigation holds"});
  flags.push_back({"--json", "", "one object a line (see docs/json.md)"});
  return {
      "logs",
      "SOURCE... [flags]",
      "the lines of many sources in order of time: jump, filter",
      "Each line comes with its source and offset. Sources may differ in format; what comes\n"
      "more than 2s late is shown where it was read, marked and counted.\n"
      "14:03 is on the day of the newest event, by the clocks of --tz; for --at and --since,\n"
      "of the day before if the newest event is earlier. Units are judged by their events\n"
      "between --since, --until or around --at. Exit 1: nothing matched.\n"
      "--follow begins with the last ten lines, or with all since --since; files that appear in\n"
      "a folder are followed too, journald: and docker:NAME as they write.\n\n"
      "  culprit logs logs/ --at 14:03 --around 10s\n"
      "  culprit logs logs/ --since -5m --where 'status >= 500' --units\n"
      "  culprit logs logs/*.gz --template t3f2c1a09 --json\n"
      "  culprit logs /var/log/nginx docker:web --follow --level error",
      std::move(flags),
      run};
}

}  // namespace culprit
