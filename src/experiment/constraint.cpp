#include "experiment/constraint.h"

#include <locale.h>
#include <unistd.h>

#include <algorithm>

#include "base/closest.h"
#include "base/zone.h"
#include "experiment/clock.h"
#include "experiment/levels.h"
#include "experiment/limits.h"
#include "experiment/network_constraint.h"
#include "experiment/program.h"
#include "experiment/stalls.h"

namespace culprit {
namespace {

using Levels = Result<std::vector<std::string>>;
using Measure = Amount::Measure;
using Stronger = Amount::Stronger;

constexpr double mib = 1024 * 1024;
constexpr double pib = mib * mib * 1024;

// What a row's amounts are: its levels and every level that is applied are read by this.
struct AmountRow {
  std::string_view name;
  Amount amount;
};
constexpr AmountRow amount_rows[] = {
    {"starvation", {Measure::count, Stronger::more, 0, 64}},
    {"stalls", {Measure::share, Stronger::more, 0, 0.9}},
    {"processors", {Measure::count, Stronger::less, 1, 8192}},
    // Below these a dynamic linker does not even begin.
    {"memory", {Measure::bytes, Stronger::less, 4 * mib, pib}},
    {"descriptors", {Measure::count, Stronger::less, 4, 1e9}},
    {"file_size", {Measure::bytes, Stronger::less, 0, pib}},
    {"disk_full", {Measure::bytes, Stronger::less, 0, pib}},
    {"disk_delay", {Measure::time, Stronger::more, 0, 60}},
    {"concurrency", {Measure::count, Stronger::more, 1, 1024}},
};

const Amount& amount_named(std::string_view name) {
  const auto found = std::find_if(std::begin(amount_rows), std::end(amount_rows),
                                  [&](const AmountRow& row) { return row.name == name; });
  VERIFY(found != std::end(amount_rows));
  return found->amount;
}

Levels read_amounts(const Constraint& constraint, std::string_view range) {
  return amount_levels(range, amount_named(constraint.name));
}

Levels read_words(const Constraint&, std::string_view range) { return word_levels(range); }

// A value of a variable: "off" is one as any other, so a single one varies nothing.
Levels read_values(const Constraint& constraint, std::string_view range) {
  if (range.find(',') == std::string_view::npos) {
    Error made = error(Fault::usage, "{} needs two values at least", constraint.name);
    made.advice = "for example \"env(REGION)=us,eu\"";
    return made;
  }
  return word_levels(range);
}

Levels read_switch(const Constraint& constraint, std::string_view range) {
  if (range == "on" || range == "off,on") return std::vector<std::string>{std::string(off), "on"};
  return error(Fault::usage, "{} is off or on, not {}", constraint.name, range);
}

Levels read_zones(const Constraint&, std::string_view range) {
  auto levels = TRY(word_levels(range));
  for (const std::string& level : levels) {
    if (level != off) TRY(Zone::named(level));
  }
  return levels;
}

Levels read_clocks(const Constraint&, std::string_view range) {
  auto levels = TRY(word_levels(range));
  for (const std::string& level : levels) {
    if (level != off) TRY(clock_shift(level, "UTC", Time{}));
  }
  return levels;
}

// ---- what a level does ----

Result<double> count_in(const Factor& factor, std::string_view level) {
  const Amount& amount = amount_named(factor.constraint->name);
  const std::optional<double> count = count_of(level, amount.measure);
  if (!count || *count < amount.least || *count > amount.most) {
    return error(Fault::usage, "{} cannot be {}", factor.name(), level);
  }
  return *count;
}

Result<std::uint64_t> whole_in(const Factor& factor, std::string_view level) {
  const double count = TRY(count_in(factor, level));
  return static_cast<std::uint64_t>(count);
}

Status starve(const Factor& factor, std::string_view level, TrialSetup& setup) {
  const std::uint64_t count = TRY(whole_in(factor, level));
  setup.hogs = static_cast<std::uint32_t>(count);
  return ok();
}
Status stall(const Factor& factor, std::string_view level, TrialSetup& setup) {
  setup.stalls.share = TRY(count_in(factor, level));
  return ok();
}
Status limit_processors(const Factor& factor, std::string_view level, TrialSetup& setup) {
  const std::uint64_t count = TRY(whole_in(factor, level));
  setup.limits.processors = static_cast<std::uint32_t>(count);
  return ok();
}
Status limit_memory(const Factor& factor, std::string_view level, TrialSetup& setup) {
  setup.limits.memory_bytes_max = TRY(whole_in(factor, level));
  return ok();
}
Status limit_descriptors(const Factor& factor, std::string_view level, TrialSetup& setup) {
  setup.limits.descriptors_max = TRY(whole_in(factor, level));
  return ok();
}
Status limit_files(const Factor& factor, std::string_view level, TrialSetup& setup) {
  setup.limits.file_bytes_max = TRY(whole_in(factor, level));
  return ok();
}
Status run_idle(const Factor&, std::string_view, TrialSetup& setup) {
  setup.limits.idle = true;
  return ok();
}
Status set_zone(const Factor&, std::string_view level, TrialSetup& setup) {
  setup.environment["TZ"] = level;
  return ok();
}
Status set_clock(const Factor&, std::string_view level, TrialSetup& setup) {
  setup.clock = level;
  return ok();
}
Status set_variable(const Factor& factor, std::string_view level, TrialSetup& setup) {
  setup.environment[factor.argument] = level;
  if (level == "unset") setup.environment.erase(factor.argument);
  return ok();
}
Status set_locale(const Factor&, std::string_view level, TrialSetup& setup) {
  setup.environment["LC_ALL"] = level;
  return ok();
}
Status draw_number(const Factor& factor, std::string_view, TrialSetup& setup) {
  setup.fresh_numbers.push_back(factor.argument);
  return ok();
}
Status run_copies(const Factor& factor, std::string_view level, TrialSetup& setup) {
  const std::uint64_t count = TRY(whole_in(factor, level));
  setup.copies = static_cast<std::uint32_t>(count);
  return ok();
}
Status send_burst(const Factor&, std::string_view, TrialSetup& setup) {
  setup.burst = true;
  return ok();
}
std::string folder_of(const Factor& factor) {
  return factor.argument.empty() ? "/" : factor.argument;
}
Status fill_disk(const Factor& factor, std::string_view level, TrialSetup& setup) {
  const std::uint64_t bytes = TRY(whole_in(factor, level));
  setup.disk_full = DiskFull{folder_of(factor), bytes};
  return ok();
}
Status slow_disk(const Factor& factor, std::string_view level, TrialSetup& setup) {
  const double each = TRY(count_in(factor, level));
  setup.disk_delay = DiskDelay{folder_of(factor), from_seconds(each)};
  return ok();
}

// ---- whether this machine can ----

Status always(const Factor&, const TrialSetup&, World&) { return ok(); }

// A traced program does not become another user, unless root traces it.
Status may_trace(const Factor&, const TrialSetup& setup, World& world) {
  const std::string path = setup.command.empty() ? "" : program_path(setup.command[0], world);
  if (::geteuid() != 0 && linkage_of(path) == Linkage::privileged) {
    return error(Fault::unavailable,
                 "{} runs as another user, which it does not while it is traced", path);
  }
  return stalls_possible();
}

Status has_processors(const Factor& factor, const TrialSetup&, World&) {
  const int count = ProcessorSet::allowed().count();
  for (const std::string& level : factor.levels) {
    const std::optional<double> wanted = count_of(level, Measure::count);
    if (!wanted || *wanted <= count) continue;
    Error made = error(Fault::unavailable, "this machine lets a command use {} processors, not {}",
                       count, level);
    made.advice = fmt::format("--vary processors=1..{}", count);
    return made;
  }
  return ok();
}

Status has_shim(const Factor&, const TrialSetup& setup, World& world) {
  TRY(shim_path(world));
  return preload_reaches(setup.command, world);
}

Status has_clock(const Factor& factor, const TrialSetup& setup, World& world) {
  if (faketime_path(world).empty()) return has_shim(factor, setup, world);
  return preload_reaches(setup.command, world);
}

Status has_locales(const Factor& factor, const TrialSetup&, World&) {
  for (const std::string& level : factor.levels) {
    if (level == off) continue;
    const locale_t found = ::newlocale(LC_ALL_MASK, level.c_str(), nullptr);
    if (found == nullptr) {
      Error made = error(Fault::unavailable, "the locale {} is not installed", level);
      made.advice = "locale -a lists those that are; Debian: apt-get install locales-all";
      return made;
    }
    ::freelocale(found);
  }
  return ok();
}

using Argument = Constraint::Argument;

// What concerns the process itself stands here. Rows of the network (toxics of an upstream) and of
// the load (concurrency, burst) belong behind the last: each is levels, apply and available.
constexpr Constraint table[] = {
    {"starvation", "busy processes on each processor of the command", "processes", Argument::none,
     "", "0..8", read_amounts, starve, always},
    {"stalls", "single threads stand still, for 1 ms to 2 s", "share of the time", Argument::none,
     "", "0..20%", read_amounts, stall, may_trace},
    {"processors", "runs on so many processors", "processors", Argument::none, "", "1",
     read_amounts, limit_processors, has_processors},
    {"idle", "runs only where nothing else wants to", "", Argument::none, "", "off,on", read_switch,
     run_idle, always},
    {"memory", "address space, of each process", "bytes", Argument::none, "", "64MiB..4GiB",
     read_amounts, limit_memory, always},
    {"descriptors", "open files and sockets, of each process", "descriptors", Argument::none, "",
     "16..1024", read_amounts, limit_descriptors, always},
    {"file_size", "the largest file that it may write", "bytes", Argument::none, "", "4KiB..64MiB",
     read_amounts, limit_files, always},
    {"tz", "its time zone (TZ)", "zones", Argument::none, "",
     "UTC,Asia/Kolkata,America/New_York,Europe/London,Australia/Lord_Howe,Pacific/Kiritimati",
     read_zones, set_zone, always},
    {"clock", "its wall clock is shifted, the monotonic one is not", "shifts or instants",
     Argument::none, "", "off,+1d,-1h,leap-day,year-end,2038,dst-gap,dst-overlap", read_clocks,
     set_clock, has_clock},
    {"env", "an environment variable; unset: as it is", "values", Argument::wanted, "NAME", "",
     read_values, set_variable, always},
    {"disk_full", "files of a folder take so much, then there is no space", "bytes",
     Argument::allowed, "FOLDER", "0..16MiB", read_amounts, fill_disk, has_shim},
    {"disk_delay", "opens, writes and syncs in a folder take longer", "time", Argument::allowed,
     "FOLDER", "0..100ms", read_amounts, slow_disk, has_shim},
    {"seed", "an environment variable gets another number in each trial", "", Argument::wanted,
     "NAME", "off,on", read_switch, draw_number, always},
    {"concurrency", "copies of the command at once, or connections of a load", "copies",
     Argument::none, "", "1..8", read_amounts, run_copies, always},
    {"burst", "the requests of a load go at once", "", Argument::none, "", "off,on", read_switch,
     send_burst, always},
    {"locale", "its language and sorting (LC_ALL)", "locales", Argument::none, "", "C,C.UTF-8",
     read_words, set_locale, has_locales},
};

const std::vector<Constraint>& all_constraints() {
  static const std::vector<Constraint> all = [] {
    std::vector<Constraint> rows(std::begin(table), std::end(table));
    const std::span<const Constraint> network = network_constraints();
    rows.insert(rows.end(), network.begin(), network.end());
    return rows;
  }();
  return all;
}

Result<const Constraint*> constraint_named(std::string_view name) {
  std::vector<std::string_view> names;
  for (const Constraint& each : all_constraints()) {
    if (each.name == name) return &each;
    names.push_back(each.name);
  }
  Error made = error(Fault::usage, "nothing called \"{}\" can be varied", name);
  const std::string_view nearest = closest(name, names);
  made.advice = nearest.empty() ? fmt::format("one of {}", fmt::join(names, ", "))
                                : fmt::format("did you mean {}?", nearest);
  return made;
}

struct Parts {
  std::string_view name;
  std::optional<std::string_view> argument;
  std::optional<std::string_view> range;
};

// The argument ends at the ")" before "=" or the end: values and folders may hold both signs.
Result<Parts> parts_of(std::string_view text) {
  Parts parts;
  const std::size_t end = std::min(text.find_first_of("(="), text.size());
  parts.name = text.substr(0, end);
  text.remove_prefix(end);
  if (text.starts_with('(')) {
    const std::size_t closed = std::min(text.find(")="), text.size() - 1);
    if (text[closed] != ')')
      return error(Fault::usage, "{}{}: a \")\" is missing", parts.name, text);
    parts.argument = text.substr(1, closed - 1);
    text.remove_prefix(closed + 1);
  }
  if (text.starts_with('=')) parts.range = text.substr(1);
  return parts;
}

Status fits(const Constraint& constraint, const std::optional<std::string_view>& argument) {
  if (constraint.argument == Argument::none && argument) {
    return error(Fault::usage, "{} takes nothing in parentheses", constraint.name);
  }
  if (constraint.argument == Argument::wanted && (!argument || argument->empty())) {
    return error(Fault::usage, "{0} needs a name: {0}({1})", constraint.name,
                 constraint.argument_name);
  }
  if (constraint.argument_name == "NAME" && argument->find('=') != std::string_view::npos) {
    return error(Fault::usage, "{} is no name of a variable", *argument);
  }
  return ok();
}

}  // namespace

std::span<const Constraint> constraints() { return all_constraints(); }

std::string Factor::name() const {
  if (argument.empty()) return std::string(constraint->name);
  return fmt::format("{}({})", constraint->name, argument);
}

Status Factor::apply(std::string_view level, TrialSetup& setup) const {
  const bool value = constraint->levels == read_values;
  if (level == off && !value) return ok();
  return constraint->apply(*this, level, setup);
}

Status Factor::available(const TrialSetup& setup, World& world) const {
  return constraint->available(*this, setup, world).during("looking whether {} can vary", name());
}

Result<Factor> read_factor(std::string_view text) {
  const Parts parts = TRY(parts_of(text));
  Factor factor;
  factor.constraint = TRY(constraint_named(parts.name));
  TRY(fits(*factor.constraint, parts.argument));
  if (parts.argument) factor.argument = *parts.argument;
  const std::string_view range = parts.range.value_or(factor.constraint->range);
  if (range.empty()) {
    return error(Fault::usage, "{0} needs levels: {0}=A,B", factor.name());
  }
  factor.levels =
      TRY(factor.constraint->levels(*factor.constraint, range).during("reading {}", text));
  return factor;
}

}  // namespace culprit
