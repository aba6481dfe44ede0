#include "workbench/twins.h"

#include <algorithm>
#include <map>
#include <set>

#include "event/outcome.h"
#include "parse/format.h"
#include "workbench/slotted_event.h"

namespace culprit {
namespace {

constexpr std::size_t failing_seen = 500;    // failing units whose values are counted
constexpr std::size_t twins_tried = 2000;    // good units compared with the failing one
constexpr std::size_t good_inside_min = 30;  // fewer say nothing of what is common there
constexpr std::size_t values_max = 50;       // a field with more differs between any two units
constexpr double telling_ratio = 1.5;        // at least so much more common among failing units
constexpr double weight_told = 4;            // of a telling difference, over any other
constexpr std::size_t others_shown = 2;      // differences besides those of the conditions
constexpr std::size_t lines_read = 200;      // of one unit, its last ones

using Values = std::vector<std::string>;

const Values* values_in(const UnitSample& unit, const std::string& name) {
  const auto found = std::lower_bound(
      unit.fields.begin(), unit.fields.end(), name,
      [](const auto& field, const std::string& wanted) { return field.first < wanted; });
  return found != unit.fields.end() && found->first == name ? &found->second : nullptr;
}

bool same(const Values* a, const Values* b) {
  if (a == nullptr || b == nullptr) return a == b;
  return *a == *b;
}

std::string shown(const Values* values) {
  std::string text;
  if (values == nullptr) return text;
  for (std::size_t i = 0; i < values->size() && i < 3; ++i) {
    text += (i > 0 ? ", " : "") + (*values)[i];
  }
  return text;
}

// Ids, people and numbers differ between any two units and say nothing.
std::set<std::string> comparable(const Schema& schema, const TwinQuestion& question) {
  std::set<std::string> fields;
  for (const std::string& name : question.candidates) {
    const FieldSummary* field = schema.field(name);
    if (!field->many && field->distinct <= values_max && field->role != Role::person) {
      fields.insert(name);
    }
  }
  for (const Condition& condition : question.conditions) fields.insert(condition.field);
  return fields;
}

// The share of units that have the same of this field, with half a unit for what was not seen.
double share_of(const std::vector<UnitSample>& units, const std::string& field,
                const Values* values) {
  const auto alike = std::count_if(units.begin(), units.end(), [&](const UnitSample& unit) {
    return same(values_in(unit, field), values);
  });
  return (static_cast<double>(alike) + 0.5) / (static_cast<double>(units.size()) + 1);
}

// By field: how much more common the failed unit's value is among failing units than among good.
using Telling = std::map<std::string, double>;

Telling telling_of(const std::set<std::string>& fields, const UnitSample& unit,
                   const std::vector<UnitSample>& failing, const std::vector<UnitSample>& good) {
  Telling telling;
  for (const std::string& field : fields) {
    const Values* values = values_in(unit, field);
    telling[field] = share_of(failing, field, values) / share_of(good, field, values);
  }
  return telling;
}

bool is_condition(const TwinQuestion& question, const std::string& field) {
  return std::any_of(question.conditions.begin(), question.conditions.end(),
                     [&](const Condition& condition) { return condition.field == field; });
}

// How unlike two units are.
double distance(const TwinQuestion& question, const Telling& telling, const UnitSample& bad,
                const UnitSample& good) {
  double sum = 0;
  for (const auto& [field, ratio] : telling) {
    if (same(values_in(bad, field), values_in(good, field))) continue;
    sum += is_condition(question, field) || ratio >= telling_ratio ? weight_told : 1;
  }
  return sum;
}

std::size_t nearest(const TwinQuestion& question, const Telling& telling, const UnitSample& bad,
                    const std::vector<UnitSample>& good) {
  std::size_t best = 0;
  double least = distance(question, telling, bad, good.front());
  for (std::size_t i = 1; i < good.size(); ++i) {
    const double found = distance(question, telling, bad, good[i]);
    if (found >= least) continue;
    least = found;
    best = i;
  }
  return best;
}

// Those of the conditions first, then the most telling ones.
std::vector<Difference> differences(const TwinQuestion& question, const Telling& telling,
                                    const Twin& twin) {
  std::vector<std::pair<double, Difference>> others;
  std::vector<Difference> found;
  for (const auto& [field, ratio] : telling) {
    const Values* bad = values_in(twin.bad, field);
    const Values* good = values_in(twin.good, field);
    if (same(bad, good)) continue;
    const Difference difference{field, shown(bad), shown(good)};
    if (is_condition(question, field)) {
      found.push_back(difference);
    } else if (ratio >= telling_ratio) {
      others.emplace_back(ratio, difference);
    }
  }
  std::stable_sort(others.begin(), others.end(),
                   [](const auto& a, const auto& b) { return a.first > b.first; });
  for (std::size_t i = 0; i < others.size() && i < others_shown; ++i) {
    found.push_back(others[i].second);
  }
  return found;
}

// What one line of a unit is, read once more.
struct UnitLine {
  Place place;
  std::string text;
  std::uint64_t skeleton = 0;
  int fault = 0;        // how surely it made the unit fail; 0: not at all
  bool judged = false;  // it has a status or the like
  double duration = 0;
};

int fault_of(const OutcomeRule& rule, const SlottedEvent& event) {
  constexpr int hints = 1, fails = 2;
  using How = OutcomeRule::How;
  if (rule.how == How::given || rule.how == How::message) {
    return event.satisfies(*rule.bad) ? fails : 0;
  }
  if (rule.how != How::status) return 0;
  int fault = event.event().level >= Level::error ? hints : 0;
  for (const std::string& field : rule.exception_fields) {
    event.each_value(field, [&](std::string_view value) {
      if (!value.empty() && value != "null") fault = std::max(fault, hints);
      return true;
    });
  }
  for (const std::string& field : rule.status_fields) {
    event.each_value(field, [&](std::string_view value) {
      const std::optional<double> number = number_in(value);
      if (number && is_status(*number) && *number >= status_bad_min) fault = fails;
      return true;
    });
  }
  for (const std::string& field : rule.success_fields) {
    event.each_value(field, [&](std::string_view value) {
      if (says_failed(value)) fault = fails;
      return true;
    });
  }
  return fault;
}

bool is_judged(const OutcomeRule& rule, const SlottedEvent& event) {
  bool judged = false;
  for (const auto* fields : {&rule.status_fields, &rule.success_fields}) {
    for (const std::string& field : *fields) {
      event.each_value(field, [&](std::string_view value) {
        judged = judged || !value.empty();
        return !judged;
      });
    }
  }
  return judged;
}

double duration_of(const OutcomeRule& rule, const SlottedEvent& event) {
  double longest = 0;
  event.each_value(rule.duration_field, [&](std::string_view value) {
    longest = std::max(longest, number_in(value).value_or(0));
    return true;
  });
  return longest;
}

std::vector<UnitLine> lines_of(Engine& engine, const OutcomeRule& rule, const UnitSample& unit) {
  const std::size_t first = unit.places.size() - std::min(unit.places.size(), lines_read);
  std::vector<Place> places(unit.places.begin() + static_cast<std::ptrdiff_t>(first),
                            unit.places.end());
  const std::size_t count = places.size();
  // The first line of its source says how to read a line: a CSV's columns stand there.
  for (std::size_t i = 0; i < count; ++i) places.push_back({places[i].source, 0});
  const std::vector<std::string> texts = engine.lines_at(places);
  std::vector<UnitLine> lines;
  for (std::size_t i = 0; i < count; ++i) {
    UnitLine line{places[i], texts[i], 0, 0, false, 0};
    RecogniseOptions options;
    const std::string& format = engine.schema().sources[places[i].source].format;
    options.format = format_named(format.substr(0, format.find('(')));
    const std::string sample = fmt::format("{}\n{}\n", texts[count + i], texts[i]);
    const Dialect dialect = recognise(sample, options);
    Scratch scratch;
    SkeletonScratch slots;
    Event event;
    if (read_line(dialect, texts[i], scratch, event) == Reading::event) {
      const SlottedEvent whole(event, slots);
      line.skeleton = whole.skeleton();
      line.fault = fault_of(rule, whole);
      line.judged = is_judged(rule, whole);
      line.duration = rule.duration_field.empty() ? 0 : duration_of(rule, whole);
    }
    lines.push_back(std::move(line));
  }
  return lines;
}

// The last of those that rank highest.
template <typename Rank>
const UnitLine& highest(const std::vector<UnitLine>& lines, Rank rank) {
  const UnitLine* best = &lines.front();
  for (const UnitLine& line : lines) {
    if (!(rank(line) < rank(*best))) best = &line;
  }
  return *best;
}

void choose_lines(Engine& engine, const OutcomeRule& rule, Twin& twin) {
  const std::vector<UnitLine> bad = lines_of(engine, rule, twin.bad);
  const std::vector<UnitLine> good = lines_of(engine, rule, twin.good);
  const UnitLine& failed =
      highest(bad, [](const UnitLine& line) { return std::make_pair(line.fault, line.duration); });
  const UnitLine& other = highest(good, [&](const UnitLine& line) {
    if (line.place.source != failed.place.source) return 0;
    const bool same_message = line.skeleton != 0 && line.skeleton == failed.skeleton;
    return 1 + (line.judged == failed.judged ? 1 : 0) + (same_message ? 2 : 0);
  });
  twin.bad_place = failed.place;
  twin.bad_line = failed.text;
  twin.good_place = other.place;
  twin.good_line = other.text;
}

}  // namespace

std::optional<Twin> find_twin(Engine& engine, const TwinQuestion& question) {
  const Expr inside = expr_of(question.conditions);
  Expr outside;
  outside.op = Expr::Op::negate;
  outside.parts.push_back(inside);
  const auto seen = [&](const Expr& where, Outcome outcome, std::size_t count) {
    return engine.sample({where, question.window, outcome, count, question.seed});
  };
  std::vector<UnitSample> failing = seen(inside, Outcome::bad, failing_seen);
  std::vector<UnitSample> good = seen(outside, Outcome::good, twins_tried);
  if (failing.empty() || good.empty()) return std::nullopt;
  const std::vector<UnitSample> beside = seen(inside, Outcome::good, failing_seen);
  Twin twin;
  twin.bad = failing.front();
  const Telling telling = telling_of(comparable(engine.schema(), question), twin.bad, failing,
                                     beside.size() >= good_inside_min ? beside : good);
  twin.good = std::move(good[nearest(question, telling, twin.bad, good)]);
  twin.differences = differences(question, telling, twin);
  choose_lines(engine, question.rule, twin);
  return twin;
}

}  // namespace culprit
