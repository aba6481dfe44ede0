#include "options.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "refusal.h"

namespace shop {
namespace {

// Longer or faster than this is a slip of the finger, not an incident.
constexpr int minutes_max = 7 * 24 * 60;
constexpr double rate_max = 1e6;
constexpr uint64_t bytes_max = 1'000'000'000'000;

constexpr std::array<Kind, 14> table = {{
    {"step", Effect::fails, Shape::step, 0.40, 0.65, 10},
    {"ramp", Effect::fails, Shape::ramp, 0.35, 0.55, 25},
    {"spike", Effect::fails, Shape::spike, 0.35, 0.65, 20},
    {"intermittent", Effect::fails, Shape::recurring, 0.30, 0.45, 30},
    {"combination", Effect::fails, Shape::step, 0.40, 0.65, 10},
    {"threshold", Effect::fails, Shape::step, 0.40, 0.65, 10},
    {"canary", Effect::fails, Shape::ramp, 0.30, 0.50, 20},
    {"wrong", Effect::wrong, Shape::step, 0.40, 0.65, 10},
    {"slow", Effect::slow, Shape::step, 0.40, 0.65, 10},
    {"silent", Effect::silent, Shape::step, 0.40, 0.65, 10},
    {"inside", Effect::fails, Shape::throughout, -0.30, -0.08, 10},
    {"errors_only", Effect::fails, Shape::step, 0.40, 0.65, 10},
    {"everyone", Effect::fails, Shape::step, 0.40, 0.65, 10},
    {"clean", Effect::none, Shape::none, 0.40, 0.65, 10},
}};

[[noreturn]] void refuse(std::string what, std::string advice) {
  throw Refusal{Fault::usage, std::move(what), std::move(advice)};
}

template <typename Number>
Number number(std::string_view flag, std::string_view text, Number low, Number high) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() ||
      !(value >= low && value <= high)) {
    refuse(fmt::format("{} is not a number that {} takes", text, flag),
           fmt::format("{} between {} and {}", flag, low, high));
  }
  return value;
}

const Kind& kind_named(std::string_view name) {
  const auto found =
      std::find_if(table.begin(), table.end(), [&](const Kind& kind) { return kind.name == name; });
  if (found != table.end()) return *found;
  std::string names;
  for (const Kind& kind : table) names += fmt::format(" {}", kind.name);
  refuse(fmt::format("there is no kind of incident called {}", name), "one of" + names);
}

Instant instant(std::string_view text) {
  const auto read = read_rfc3339(text);
  if (!read) refuse(fmt::format("{} is not a time", text), "--start 2025-11-20T13:30:00Z");
  return *read;
}

Format format_named(std::string_view name) {
  if (name == "mixed") return Format::mixed;
  if (name == "ndjson") return Format::ndjson;
  refuse(fmt::format("there is no format called {}", name), "--format mixed or --format ndjson");
}

void set(Options& options, std::string_view flag, std::string_view value) {
  if (flag == "--kind")
    options.kind = kind_named(value);
  else if (flag == "--seed")
    options.seed = number<uint64_t>(flag, value, 0, UINT64_MAX);
  else if (flag == "--out")
    options.out = value;
  else if (flag == "--minutes")
    options.minutes = number<int>(flag, value, 1, minutes_max);
  else if (flag == "--rate")
    options.rate = number<double>(flag, value, 0.01, rate_max);
  else if (flag == "--onset-minute")
    options.onset = number<double>(flag, value, -minutes_max, minutes_max);
  else if (flag == "--bytes")
    options.bytes = number<uint64_t>(flag, value, 1, bytes_max);
  else if (flag == "--format")
    options.format = format_named(value);
  else if (flag == "--repo-info")
    options.repo_info = value;
  else if (flag == "--start")
    options.start = instant(value);
  else
    refuse(fmt::format("unknown option {}", flag), "shop --help");
}

void check(const Options& options) {
  const Kind& kind = options.kind;
  if (kind.name.empty()) refuse("no --kind was given", "shop --kind step --seed 1 --out DIR");
  if (options.out.empty()) refuse("no --out was given", "shop --kind step --seed 1 --out DIR");
  if (options.minutes < kind.minutes_min) {
    refuse(fmt::format("an incident of kind {} does not fit into {} minutes", kind.name,
                       options.minutes),
           fmt::format("--minutes {} or more", kind.minutes_min));
  }
  if (!options.onset) return;
  if (kind.shape == Shape::none) refuse("a clean log has no onset", "leave out --onset-minute");
  const bool before = kind.shape == Shape::throughout;
  if (before ? *options.onset >= 0 : *options.onset < 1 || *options.onset > options.minutes - 1) {
    refuse(
        fmt::format("--onset-minute {} is outside what kind {} allows", *options.onset, kind.name),
        before ? "a negative number: the log begins after the onset"
               : fmt::format("between 1 and {}", options.minutes - 1));
  }
}

}  // namespace

std::span<const Kind> kinds() { return table; }

std::string_view name_of(Shape shape) {
  constexpr std::array<std::string_view, 6> names = {"none",  "step",      "ramp",
                                                     "spike", "recurring", "throughout"};
  return names[static_cast<size_t>(shape)];
}

std::string_view usage() {
  return "usage: shop --kind KIND --seed N --out DIR\n"
         "            [--minutes 40] [--rate 60] [--onset-minute X] [--start TIME]\n"
         "            [--format mixed|ndjson] [--bytes N] [--repo-info FILE] [--plan-only]\n"
         "Writes the logs of a shop with one planted incident to DIR/logs, its deploys to\n"
         "DIR/deploys.ndjson, and what was planted to DIR/truth.json. Same seed, same bytes.\n";
}

Options read_options(std::span<const char* const> arguments) {
  Options options{};
  options.start = instant("2025-11-20T13:30:00Z");
  for (size_t i = 0; i < arguments.size(); ++i) {
    const std::string_view flag = arguments[i];
    if (flag == "--plan-only") {
      options.plan_only = true;
      continue;
    }
    if (i + 1 == arguments.size()) refuse(fmt::format("{} needs a value", flag), "shop --help");
    set(options, flag, arguments[++i]);
  }
  check(options);
  return options;
}

}  // namespace shop
