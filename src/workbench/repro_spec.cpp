#include "workbench/repro_spec.h"

#include <charconv>

#include <fmt/ranges.h>

#include "base/closest.h"
#include "parse/document.h"

namespace culprit {
namespace {

std::string key_of(const Leaf& leaf) {
  std::string key;
  for (const std::string& step : leaf.steps) {
    key += (key.empty() || step.starts_with('[') ? "" : ".") + step;
  }
  return key;
}

Error wrong(const Leaf& leaf, std::string_view expected) {
  return error(Fault::usage, "{} is to be {}, not {}", key_of(leaf), expected, leaf.value);
}

template <typename Number>
Status set_number(const Leaf& leaf, Number& into) {
  const char* end = leaf.value.data() + leaf.value.size();
  const auto read = std::from_chars(leaf.value.data(), end, into);
  if (read.ec != std::errc() || read.ptr != end) return wrong(leaf, "a number");
  return ok();
}

template <typename Number>
Status set_limit(const Leaf& leaf, std::optional<Number>& into) {
  return set_number(leaf, into.emplace());
}

Status set_text(const Leaf& leaf, std::string& into) {
  into = leaf.value;
  return ok();
}

Status set_seconds(const Leaf& leaf, Duration& into) {
  double count = 0;
  TRY(set_number(leaf, count));
  if (count < 0) return wrong(leaf, "a number of seconds");
  into = from_seconds(count);
  return ok();
}

Status set_truth(const Leaf& leaf, bool& into) {
  if (leaf.kind != Kind::boolean) return wrong(leaf, "true or false");
  into = leaf.value == "true";
  return ok();
}

// One row a key; what stands in tables of free names and in lists is told apart before.
struct Key {
  std::string_view name;
  Status (*set)(const Leaf&, ReproRecord&);
};

constexpr Key keys[] = {
    {"schema_version",
     [](const Leaf& leaf, ReproRecord&) {
       return leaf.value == "1" ? ok() : Status(wrong(leaf, "1, all that this culprit reads"));
     }},
    {"directory", [](const Leaf& l, ReproRecord& r) { return set_text(l, r.setup.directory); }},
    {"timeout_seconds",
     [](const Leaf& l, ReproRecord& r) { return set_seconds(l, r.setup.timeout); }},
    {"signature", [](const Leaf& l, ReproRecord& r) { return set_text(l, r.signature); }},
    {"seed", [](const Leaf& l, ReproRecord& r) { return set_number(l, r.seed); }},
    {"commit", [](const Leaf& l, ReproRecord& r) { return set_text(l, r.commit); }},
    {"faketime", [](const Leaf& l, ReproRecord& r) { return set_text(l, r.faketime); }},
    {"confidence", [](const Leaf& l, ReproRecord& r) { return set_number(l, r.confidence); }},
    {"expected.rate", [](const Leaf& l, ReproRecord& r) { return set_number(l, r.rate); }},
    {"expected.low", [](const Leaf& l, ReproRecord& r) { return set_number(l, r.interval.low); }},
    {"expected.high", [](const Leaf& l, ReproRecord& r) { return set_number(l, r.interval.high); }},
    {"expected.trials", [](const Leaf& l, ReproRecord& r) { return set_number(l, r.trials); }},
    {"expected.failures", [](const Leaf& l, ReproRecord& r) { return set_number(l, r.failures); }},
    {"baseline.rate", [](const Leaf& l, ReproRecord& r) { return set_number(l, r.baseline_rate); }},
    {"baseline.low", [](const Leaf& l, ReproRecord& r) { return set_number(l, r.baseline.low); }},
    {"baseline.high", [](const Leaf& l, ReproRecord& r) { return set_number(l, r.baseline.high); }},
    {"baseline.trials",
     [](const Leaf& l, ReproRecord& r) { return set_number(l, r.baseline_trials); }},
    {"baseline.failures",
     [](const Leaf& l, ReproRecord& r) { return set_number(l, r.baseline_failures); }},
    {"limits.memory_bytes_max",
     [](const Leaf& l, ReproRecord& r) { return set_limit(l, r.setup.limits.memory_bytes_max); }},
    {"limits.descriptors_max",
     [](const Leaf& l, ReproRecord& r) { return set_limit(l, r.setup.limits.descriptors_max); }},
    {"limits.file_bytes_max",
     [](const Leaf& l, ReproRecord& r) { return set_limit(l, r.setup.limits.file_bytes_max); }},
    {"limits.processors",
     [](const Leaf& l, ReproRecord& r) { return set_limit(l, r.setup.limits.processors); }},
    {"limits.idle",
     [](const Leaf& l, ReproRecord& r) { return set_truth(l, r.setup.limits.idle); }},
    {"limits.hogs", [](const Leaf& l, ReproRecord& r) { return set_number(l, r.setup.hogs); }},
    {"limits.stalls_share",
     [](const Leaf& l, ReproRecord& r) { return set_number(l, r.setup.stalls.share); }},
    {"limits.stalls_seed",
     [](const Leaf& l, ReproRecord& r) { return set_number(l, r.setup.stalls.seed); }},
};

Status set_condition(const Leaf& leaf, ReproRecord& record) {
  const std::string& field = leaf.steps.back();
  // Elements come one after the other, the fields of each in any order.
  ReproCondition* last = record.conditions.empty() ? nullptr : &record.conditions.back();
  const auto open = [&](const std::string ReproCondition::*part) {
    return last != nullptr && (last->*part).empty();
  };
  if (field != "factor" && field != "level") {
    return error(Fault::usage, "a condition has a factor and a level, no {}", field);
  }
  const auto part = field == "factor" ? &ReproCondition::factor : &ReproCondition::level;
  if (!open(part)) last = &record.conditions.emplace_back();
  last->*part = leaf.value;
  return ok();
}

Status set(const Leaf& leaf, ReproRecord& record) {
  const std::string& first = leaf.steps.front();
  if (first == "command" && leaf.steps.size() == 2) {
    record.setup.command.push_back(leaf.value);
    return ok();
  }
  if (first == "toxics" && leaf.steps.size() == 2) {
    record.toxics.push_back(leaf.value);
    return ok();
  }
  if (first == "vary" && leaf.steps.size() == 2) {
    record.vary.push_back(leaf.value);
    return ok();
  }
  if (first == "upstreams" && leaf.steps.size() == 2) {
    record.upstreams.push_back(leaf.value);
    return ok();
  }
  if (first == "environment" && leaf.steps.size() == 2) {
    record.setup.environment[leaf.steps[1]] = leaf.value;
    return ok();
  }
  if (first == "versions" && leaf.steps.size() == 2) {
    record.versions[leaf.steps[1]] = leaf.value;
    return ok();
  }
  if (first == "condition" && leaf.steps.size() == 3) return set_condition(leaf, record);
  const std::string name = key_of(leaf);
  for (const Key& key : keys) {
    if (key.name == name) return key.set(leaf, record);
  }
  const std::string_view word = std::string_view(name).substr(0, name.find('['));
  Error made = error(Fault::usage, "a reproduction has no {}", word);
  std::vector<std::string_view> names{"command", "environment", "toxics", "upstreams", "vary"};
  for (const Key& key : keys) names.push_back(key.name);
  const std::string_view near = closest(word, names);
  made.advice = near.empty() ? fmt::format("it may have {}", fmt::join(names, ", "))
                             : fmt::format("did you mean {}?", near);
  return made;
}

}  // namespace

namespace {

// The line in which a leaf's key stands, from 1; 0: nowhere as it is.
std::size_t line_of(std::string_view text, const Leaf& leaf) {
  for (std::size_t line = 1; !text.empty(); ++line) {
    std::string_view one = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(one.size() + 1, text.size()));
    one.remove_prefix(std::min(one.find_first_not_of(" \t\""), one.size()));
    for (const std::string& step : {leaf.steps.back(), leaf.steps.front()}) {
      const std::string_view behind = one.substr(std::min(step.size(), one.size()));
      if (one.starts_with(step) && behind.find_first_of("=\" ") == 0) return line;
    }
  }
  return 0;
}

}  // namespace

Result<ReproRecord> read_repro_toml(std::string_view text, std::string_view name) {
  const Document document = TRY(read_document(text, name));
  if (document.format != "toml") {
    return error(Fault::usage, "{} is no TOML but {}", name, document.format);
  }
  ReproRecord record;
  for (const Leaf& leaf : document.leaves) {
    TRY(set(leaf, record).during("reading {}, line {}", name, line_of(text, leaf)));
  }
  if (record.setup.command.empty()) return error(Fault::usage, "{} has no command", name);
  return record;
}

}  // namespace culprit
