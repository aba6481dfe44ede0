#include "workbench/repro_spec.h"

#include <charconv>

#include "experiment/spec_value.h"

namespace culprit {
namespace {

// 64 bits: a text, because an integer of TOML has 63.
Result<std::uint64_t> seed_of(const SpecTable& table, std::string_view name) {
  const SpecValue* value = table.find(name);
  if (value == nullptr || value->kind != SpecValue::Kind::text) return table.whole(name, 0);
  std::uint64_t seed = 0;
  const char* end = value->text.data() + value->text.size();
  const auto read = std::from_chars(value->text.data(), end, seed);
  if (read.ec == std::errc() && read.ptr == end) return seed;
  return spec_mistake(value->place, fmt::format("{} is a whole number", name), "seed = \"1\"");
}

template <typename Number>
Status set_limit(const SpecTable& table, std::string_view name, std::optional<Number>& limit) {
  if (table.find(name) == nullptr) return ok();
  const std::uint64_t whole = TRY(table.whole(name, 0));
  limit = static_cast<Number>(whole);
  return ok();
}

Status read_limits(const SpecValue& value, TrialSetup& setup) {
  const SpecTable table =
      TRY(SpecTable::of(value, "[limits]",
                        {"memory_bytes_max", "descriptors_max", "file_bytes_max", "processors",
                         "idle", "hogs", "stalls_share", "stalls_seed"}));
  TRY(set_limit(table, "memory_bytes_max", setup.limits.memory_bytes_max));
  TRY(set_limit(table, "descriptors_max", setup.limits.descriptors_max));
  TRY(set_limit(table, "file_bytes_max", setup.limits.file_bytes_max));
  TRY(set_limit(table, "processors", setup.limits.processors));
  setup.limits.idle = TRY(table.truth("idle"));
  const std::uint64_t hogs = TRY(table.whole("hogs", 0));
  setup.hogs = static_cast<std::uint32_t>(hogs);
  setup.stalls.share = TRY(table.number("stalls_share", 0));
  setup.stalls.seed = TRY(seed_of(table, "stalls_seed"));
  return ok();
}

// [environment] and [versions]: names that are the user's.
Result<std::map<std::string, std::string>> read_names(const SpecValue& value) {
  std::map<std::string, std::string> names;
  for (const SpecValue& one : value.members) {
    if (one.kind != SpecValue::Kind::text) {
      return spec_mistake(one.place, fmt::format("{} is a text", one.name),
                          fmt::format("{} = \"{}\"", one.name, one.text));
    }
    names[one.name] = one.text;
  }
  return names;
}

struct Rate {
  double rate = 0;
  Interval interval;
  std::size_t trials = 0;
  std::size_t failures = 0;
};
Result<Rate> read_rate(const SpecValue& value) {
  const SpecTable table = TRY(
      SpecTable::of(value, "[" + value.name + "]", {"rate", "low", "high", "trials", "failures"}));
  Rate rate;
  rate.rate = TRY(table.number("rate", 0));
  rate.interval.low = TRY(table.number("low", 0));
  rate.interval.high = TRY(table.number("high", 1));
  rate.trials = TRY(table.whole("trials", 0));
  rate.failures = TRY(table.whole("failures", 0));
  return rate;
}

Status read_conditions(const SpecValue& value, ReproRecord& record) {
  for (const SpecValue& one : value.members) {
    const SpecTable table = TRY(SpecTable::of(one, "a condition", {"factor", "level"}));
    ReproCondition condition;
    condition.factor = TRY(table.text("factor", ""));
    condition.level = TRY(table.text("level", ""));
    if (condition.factor.empty() || condition.level.empty()) {
      return spec_mistake(one.place, "a condition has a factor and a level",
                          "factor = \"tz\", level = \"Asia/Kolkata\"");
    }
    record.conditions.push_back(std::move(condition));
  }
  return ok();
}

Status read_tables(const SpecTable& top, ReproRecord& record) {
  if (const SpecValue* limits = top.find("limits")) TRY(read_limits(*limits, record.setup));
  if (const SpecValue* names = top.find("environment")) {
    record.setup.environment = TRY(read_names(*names));
  }
  if (const SpecValue* names = top.find("versions")) record.versions = TRY(read_names(*names));
  if (const SpecValue* conditions = top.find("condition")) {
    TRY(read_conditions(*conditions, record));
  }
  Rate expected, baseline;
  if (const SpecValue* rate = top.find("expected")) expected = TRY(read_rate(*rate));
  if (const SpecValue* rate = top.find("baseline")) baseline = TRY(read_rate(*rate));
  record.rate = expected.rate;
  record.interval = expected.interval;
  record.trials = expected.trials;
  record.failures = expected.failures;
  record.baseline_rate = baseline.rate;
  record.baseline = baseline.interval;
  record.baseline_trials = baseline.trials;
  record.baseline_failures = baseline.failures;
  return ok();
}

Result<ReproRecord> read_record(std::string_view text) {
  const SpecValue value = TRY(read_spec(text));
  const SpecTable top = TRY(
      SpecTable::of(value, "a reproduction",
                    {"schema_version", "command", "directory", "timeout_seconds", "signature",
                     "seed", "commit", "faketime", "confidence", "upstreams", "toxics", "vary",
                     "expected", "baseline", "limits", "environment", "versions", "condition"}));
  const std::uint64_t version = TRY(top.whole("schema_version", 1));
  if (version != 1) {
    return spec_mistake(top.find("schema_version")->place, "schema_version is 1, all that is read",
                        "a newer culprit wrote this");
  }
  ReproRecord record;
  record.setup.command = TRY(top.texts("command"));
  if (record.setup.command.empty()) {
    return spec_mistake(value.place, "it has no command", "command = [\"./test.sh\"]");
  }
  record.setup.directory = TRY(top.text("directory", ""));
  const double timeout = TRY(top.number("timeout_seconds", 0));
  record.setup.timeout = from_seconds(timeout);
  record.signature = TRY(top.text("signature", ""));
  record.seed = TRY(seed_of(top, "seed"));
  record.commit = TRY(top.text("commit", ""));
  record.faketime = TRY(top.text("faketime", ""));
  record.confidence = TRY(top.number("confidence", record.confidence));
  record.upstreams = TRY(top.texts("upstreams"));
  record.toxics = TRY(top.texts("toxics"));
  record.vary = TRY(top.texts("vary"));
  TRY(read_tables(top, record));
  return record;
}

}  // namespace

Result<ReproRecord> read_repro_toml(std::string_view text, std::string_view name) {
  return read_record(text).during("reading {}", name);
}

}  // namespace culprit
