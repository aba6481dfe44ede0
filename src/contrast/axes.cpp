#include "contrast/axes.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <set>

namespace culprit {
namespace {

constexpr double error_share_max = 0.5;    // of a field's events at level error: a symptom beyond
constexpr std::size_t values_exact = 300;  // cuts at every value up to that many
constexpr int quantiles = 64;

bool restates(Role role) {
  return role == Role::level || role == Role::status || role == Role::success ||
         role == Role::exception || role == Role::error;
}

bool never_compared(Role role) {
  return role == Role::time || role == Role::message || role == Role::correlation ||
         role == Role::duration;
}

// Retry counters follow from failures: they tell who recovered, not who was hit.
bool counts_retries(std::string_view name) {
  std::string lower;
  for (const char c : name) lower += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return lower.find("retr") != std::string::npos || lower.find("attempt") != std::string::npos ||
         lower.find("redeliver") != std::string::npos;
}

// Where in the code a line was written belongs to the line, not to the unit: a failing unit meets
// the loggers of its error paths because it fails.
bool tells_the_writer(std::string_view name) {
  static constexpr std::array<std::string_view, 16> names = {
      "logger", "logger_name", "caller", "func",   "function",    "file",       "filename", "line",
      "lineno", "class",       "thread", "module", "thread_name", "threadname", "pid",      "tid"};
  const std::size_t dot = name.rfind('.');
  const std::string_view last = dot == std::string_view::npos ? name : name.substr(dot + 1);
  return std::find(names.begin(), names.end(), last) != names.end();
}

}  // namespace

FieldPlan plan_fields(const Schema& schema, const OutcomeRule& rule) {
  std::set<std::string> judging;
  if (rule.bad) {
    for (const std::string& field : fields_of(*rule.bad)) judging.insert(field);
  }
  if (rule.good) {
    for (const std::string& field : fields_of(*rule.good)) judging.insert(field);
  }
  const std::set<std::string> ids(schema.unit.fields.begin(), schema.unit.fields.end());
  FieldPlan plan;
  for (const FieldSummary& field : schema.fields) {
    if (field.events == 0 || ids.contains(field.name) || never_compared(field.role)) continue;
    // An id of its own for each unit is shared by none.
    if (field.unique) continue;
    // Where only failures are logged, words of their messages restate them, and a version that
    // takes all traffic takes all failures: neither tells who is hit.
    if (schema.unit.errors_only && (field.slot || field.role == Role::version)) continue;
    const double on_errors =
        static_cast<double>(field.error_events) / static_cast<double>(field.events);
    if (restates(field.role) || counts_retries(field.name) || tells_the_writer(field.name) ||
        judging.contains(field.name) || (on_errors > error_share_max && !schema.unit.errors_only)) {
      plan.symptoms.push_back(field.name);
    } else {
      plan.candidates.push_back(field.name);
    }
  }
  return plan;
}

bool numeric(const FieldSummary& field) {
  if (field.role == Role::person || field.role == Role::version) return false;
  return field.numbers * 10 >= field.events * 9 && field.distinct > 6;
}

Axis numeric_axis(const std::string& field, const FacetTally& values, const Sketch& sketch) {
  Axis axis{field, {}, {}};
  if (values.distinct <= values_exact) {
    for (const FacetValue& value : values.values) {
      const auto number = value.value ? number_in(*value.value) : std::nullopt;
      if (number) axis.cuts.push_back(*number);
    }
  } else {
    for (int i = 1; i < quantiles; ++i) {
      const double cut = sketch.quantile(static_cast<double>(i) / quantiles);
      // Three significant digits: a threshold is for people.
      const double scale = cut == 0 ? 1 : std::pow(10, 2 - std::floor(std::log10(std::abs(cut))));
      axis.cuts.push_back(std::round(cut * scale) / scale);
    }
  }
  std::sort(axis.cuts.begin(), axis.cuts.end());
  axis.cuts.erase(std::unique(axis.cuts.begin(), axis.cuts.end()), axis.cuts.end());
  if (axis.cuts.size() > 1 && values.distinct <= values_exact) axis.cuts.pop_back();
  return axis;
}

}  // namespace culprit
