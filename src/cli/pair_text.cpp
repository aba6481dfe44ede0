#include "cli/pair_text.h"

#include <algorithm>

#include <fmt/format.h>

#include "cli/json_text.h"
#include "cli/text.h"

namespace culprit {
namespace {

using Meaning = PairDifference::Meaning;

constexpr std::size_t shown_max = 20;  // of one meaning; --json has all
constexpr std::size_t value_columns = 60;

std::string value_text(const std::optional<std::string>& value) {
  if (!value) return "(none)";
  return value->empty() ? "\"\"" : safe(*value, value_columns);
}

std::string line_of(const PairDifference& one) {
  const bool branch = one.why.ends_with("below it");
  std::string text = safe(one.path, 200) + ": ";
  if (branch) {
    text += one.good ? "only in good" : "only in bad";
  } else {
    text += value_text(one.good) + " -> " + value_text(one.bad);
  }
  return one.why.empty() ? text : text + fmt::format(" ({})", one.why);
}

std::size_t count(const PairContrast& contrast, Meaning meaning) {
  return static_cast<std::size_t>(
      std::count_if(contrast.differences.begin(), contrast.differences.end(),
                    [&](const PairDifference& one) { return one.meaning == meaning; }));
}

std::string section(const PairContrast& contrast, Meaning meaning, std::string_view title,
                    const Terminal& terminal) {
  std::string text;
  std::size_t shown = 0;
  for (const PairDifference& one : contrast.differences) {
    if (one.meaning != meaning || shown++ >= shown_max) continue;
    text += headed(shown == 1 ? title : "", line_of(one), terminal);
  }
  if (shown > shown_max) {
    text += headed("", fmt::format("{} more in --json", shown - shown_max), terminal);
  }
  return text;
}

std::string json_or_null(const std::optional<std::string>& value) {
  return value ? json_string(*value) : "null";
}

}  // namespace

std::string text_of(const ComparedPair& pair, const Terminal& terminal) {
  const PairContrast& contrast = pair.contrast;
  const std::size_t expected = count(contrast, Meaning::expected);
  std::string text =
      headed("PAIR",
             fmt::format("{} ({}) works, {} ({}) does not; {} value{} alike", safe(pair.good, 200),
                         pair.good_format, safe(pair.bad, 200), pair.bad_format, contrast.alike,
                         contrast.alike == 1 ? "" : "s"),
             terminal);
  if (count(contrast, Meaning::difference) == 0) {
    text += headed("DIFFERS", "nothing that could be the cause", terminal);
  }
  text += section(contrast, Meaning::difference, "DIFFERS", terminal);
  text += section(contrast, Meaning::outcome, "OUTCOME", terminal);
  if (expected > 0) {
    text +=
        headed("", fmt::format("{} more differ as ids, times and durations do (--json)", expected),
               terminal);
  }
  return text;
}

std::string json_of(const ComparedPair& pair) {
  std::string differences;
  for (const PairDifference& one : pair.contrast.differences) {
    differences += fmt::format(
        R"({}{{"path":{},"good":{},"bad":{},"how":"{}","meaning":"{}","why":{}}})",
        differences.empty() ? "" : ",", json_string(one.path), json_or_null(one.good),
        json_or_null(one.bad), name_of(one.how), name_of(one.meaning), json_string(one.why));
  }
  return fmt::format(R"({{"schema_version":1,"pair":{{"good":{{"source":{},"format":"{}"}},)"
                     R"("bad":{{"source":{},"format":"{}"}}}},"alike":{},"differences":[{}]}})"
                     "\n",
                     json_string(pair.good), pair.good_format, json_string(pair.bad),
                     pair.bad_format, pair.contrast.alike, differences);
}

}  // namespace culprit
