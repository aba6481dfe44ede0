#include "cli/sources.h"

#include <charconv>

#include "workbench/source_clock.h"

namespace culprit {
namespace {

Result<Expr> expr_flag(const Arguments& arguments, std::string_view flag) {
  return parse_expr(arguments.value(flag)).during("reading {}", flag);
}

Result<std::size_t> size_flag(const Arguments& arguments, std::string_view flag) {
  const std::string text = arguments.value(flag);
  double count = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), count);
  const std::string_view unit(end, static_cast<std::size_t>(text.data() + text.size() - end));
  double scale = 0;
  if (unit == "GB" || unit == "GiB" || unit == "G") scale = 1 << 30;
  if (unit == "MB" || unit == "MiB" || unit == "M" || unit.empty()) scale = 1 << 20;
  if (fault != std::errc{} || scale == 0 || count * scale < (16 << 20)) {
    Error made = error(Fault::usage, "{} {} is no amount of memory", flag, text);
    made.advice = fmt::format("{} 512MB   (at least 16MB)", flag);
    return made;
  }
  return static_cast<std::size_t>(count * scale);
}

}  // namespace

std::vector<Flag> source_flags() {
  return {
      {"--bad", "EXPR", "what counts as failure, e.g. 'status >= 500'"},
      {"--good", "EXPR", "what counts as success; what is neither is not judged"},
      {"--unit", "FIELD|line", "what can fail: events with one value of FIELD, or each line"},
      {"--since", "T", "only events from then on: RFC 3339, 14:03, -2h before the newest event"},
      {"--until", "T", "only events before then"},
      {"--tz", "ZONE", "of times that name no zone: Europe/Berlin, +02:00, local (UTC)"},
      {"--fix-clocks", "", "corrects sources whose clock or zone is off against the others"},
      {"--format", "NAME", "overrules what is recognised, e.g. ndjson; a wrong one lists all"},
      {"--memory", "SIZE", "at most that much for the evidence (512MB)"},
      {"--threads", "N", "reading threads (one per core)"}};
}

Result<unsigned> threads_flag(const Arguments& arguments) {
  const std::string text = arguments.value("--threads");
  unsigned threads = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), threads);
  if (fault == std::errc{} && end == text.data() + text.size() && threads > 0) return threads;
  Error made = error(Fault::usage, "--threads {} is no number of threads", text);
  made.advice = "--threads 2";
  return made;
}

Result<std::optional<Moment>> moment_flag(const Arguments& arguments, std::string_view flag) {
  if (!arguments.has(flag)) return std::optional<Moment>();
  const auto moment = parse_moment(arguments.value(flag));
  if (moment) return moment;
  Error made = error(Fault::usage, "{} {} is no time", flag, arguments.value(flag));
  made.advice = fmt::format("{} 2025-11-20T14:03:00Z   or 14:03, 14:03:12, -2h", flag);
  return made;
}

std::vector<std::string> reading_flags(const Arguments& arguments) {
  std::vector<std::string> flags;
  for (const char* flag : {"--unit", "--since", "--until", "--tz", "--format"}) {
    if (!arguments.has(flag)) continue;
    flags.emplace_back(flag);
    flags.push_back(arguments.value(flag));
  }
  if (arguments.has("--fix-clocks")) flags.emplace_back("--fix-clocks");
  return flags;
}

namespace {

Result<Simd> simd_asked(World& world) {
  const std::string name = world.environment("CULPRIT_SIMD");
  if (name.empty()) return best_simd();
  if (const std::optional<Simd> level = simd_named(name)) return *level;
  Error made = error(Fault::usage, "CULPRIT_SIMD={} is no level of this machine", name);
  made.advice = "scalar, sse2 or avx2, or leave it unset";
  return made;
}

}  // namespace

Result<GatherOptions> gather_options(const Arguments& arguments, World& world) {
  GatherOptions options;
  options.sources = arguments.words;
  if (options.sources.empty()) {
    Error made = error(Fault::usage, "no SOURCE given");
    made.advice = "name a file, a folder with logs in it, a glob, or - for standard input";
    return made;
  }
  if (arguments.has("--bad")) options.bad = TRY(expr_flag(arguments, "--bad"));
  if (arguments.has("--good")) options.good = TRY(expr_flag(arguments, "--good"));
  options.unit_field = arguments.value("--unit");
  options.recognise.simd = TRY(simd_asked(world));
  if (arguments.has("--tz")) {
    options.recognise.zone = TRY(Zone::named(arguments.value("--tz")).during("reading --tz"));
    options.recognise.zone_given = true;
  }
  const std::optional<Moment> since = TRY(moment_flag(arguments, "--since"));
  const std::optional<Moment> until = TRY(moment_flag(arguments, "--until"));
  if (arguments.has("--format")) {
    options.recognise = TRY(with_format(options.recognise, arguments.value("--format")));
  }
  if (arguments.has("--fix-clocks")) options.clocks = GatherOptions::Clocks::fixed;
  if (arguments.has("--memory")) options.memory_max = TRY(size_flag(arguments, "--memory"));
  if (arguments.has("--threads")) options.threads = TRY(threads_flag(arguments));
  if (since || until) set_window(options, since, until);
  return options;
}

}  // namespace culprit
