#include "workbench/incident_evidence.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "contrast/failure_kind.h"
#include "contrast/frames.h"
#include "contrast/services.h"
#include "event/roles.h"
#include "workbench/incident_units.h"
#include "workbench/unit_lines.h"
#include "workbench/version_evidence.h"

namespace culprit {
namespace {

constexpr std::size_t services_max = 200;
constexpr std::size_t customers_min = 20;  // a field of fewer values tells kinds of customers apart

// A step is located better than that, unless hardly anything fails.
constexpr Duration slow_interval = std::chrono::minutes(10);

constexpr double saying_min = 0.3;  // of the failures, to be what the incident says
constexpr Duration traffic_before = std::chrono::minutes(30);
constexpr Duration traffic_after = std::chrono::minutes(15);

// "no route host=<*> trace_id=<*>" says "no route": what a logger adds to every line is no part of
// the message, but what only this one names ("gateway_host=<*>") is.
std::string without_added(std::string_view text) {
  std::string kept;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const std::size_t equal = word.find('=');
    const Role role = equal == word.npos ? Role::none : role_of(word.substr(0, equal));
    const bool added = role == Role::correlation || role == Role::place || role == Role::version ||
                       role == Role::person || role == Role::operation || role == Role::time;
    if (added) continue;
    if (!kept.empty()) kept += ' ';
    kept += word;
  }
  return kept;
}

std::vector<Symptom> symptoms_of(const Investigation& made) {
  std::vector<Symptom> symptoms;
  for (const ChangedTemplate& changed : made.templates) {
    if (changed.status == TemplateStatus::stopped) {
      if (changed.after == 0) symptoms.push_back({without_added(changed.what.text), "", 0.3, true});
      continue;
    }
    const double bad_share = changed.what.bad_events / std::max(1.0, changed.what.all_events);
    if (bad_share < 0.3) continue;
    const double weight = changed.status == TemplateStatus::fresh ? 1 : 0.4;
    symptoms.push_back({without_added(changed.what.text), "", weight * bad_share, false});
  }
  if (!made.silent.empty()) symptoms.push_back({made.silent, "", 1, true});
  // Wrong values and slowness write no message; the words that judge them are all there is.
  if (symptoms.empty() && made.rule.how == OutcomeRule::How::given) {
    symptoms.push_back({made.bad, "", 0.8, false});
  }
  return symptoms;
}

// Whether units fail by a value that they have, neither by a message nor by slowness.
bool values_are_wrong(const Investigation& made, const std::vector<Symptom>& symptoms) {
  if (made.rule.how != OutcomeRule::How::given || !made.rule.bad) return false;
  if (symptoms.size() != 1 || symptoms.front().text != made.bad) return false;
  const std::vector<std::string> fields = fields_of(*made.rule.bad);
  return std::none_of(fields.begin(), fields.end(), [](const std::string& name) {
    const Role role = role_of(name);
    return role == Role::duration || role == Role::status || role == Role::level;
  });
}

std::vector<UnitPath> paths_of(const Lines& units) {
  std::vector<UnitPath> paths;
  for (const std::vector<UnitLine>& unit : units) {
    UnitPath& path = paths.emplace_back();
    if (const UnitLine* first = first_failing(unit)) {
      path.first = first->service;
      path.named = first->named;
    }
    for (const UnitLine& line : unit) path.services.push_back(line.service);
  }
  return paths;
}

// Of the failures since the onset, those that would have been there at the old rate.
double background_of(const RateAnswer& rate) {
  if (!rate.before || rate.after.rate <= 0) return 0;
  return rate.before->rate / rate.after.rate;
}

// The value that most of the counts have; empty: there is none.
std::string commonest(const std::map<std::string, double>& counts) {
  const auto most =
      std::max_element(counts.begin(), counts.end(),
                       [](const auto& a, const auto& b) { return a.second < b.second; });
  return most == counts.end() ? "" : most->first;
}

// Texts of templates by the hashes of their skeletons.
std::map<std::uint64_t, std::string> texts_of(const Investigation& made) {
  std::map<std::uint64_t, std::string> texts;
  for (const ChangedTemplate& changed : made.templates) {
    for (std::uint64_t skeleton : changed.what.skeletons)
      texts[skeleton] = without_added(changed.what.text);
  }
  return texts;
}

// How many failing units say each text at all, and first; and which services say it.
struct Said {
  double units = 0;
  double first = 0;
  std::set<std::string> services = {};
};

std::map<std::string, Said> said_by(const Investigation& made, const Lines& units) {
  const std::map<std::uint64_t, std::string> texts = texts_of(made);
  std::map<std::string, Said> said;
  for (const std::vector<UnitLine>& unit : units) {
    const UnitLine* first = first_failing(unit);
    std::set<std::string> seen;
    for (const UnitLine& line : unit) {
      const auto text = texts.find(line.skeleton);
      if (text == texts.end()) continue;
      Said& one = said[text->second];
      one.services.insert(line.service);
      one.first += &line == first ? 1 : 0;
      if (seen.insert(text->second).second) one.units += 1;
    }
  }
  return said;
}

// A message weighs by the failures that begin with it; what is only said on the way up (a call that
// failed, a request that ended badly) by a part of it, and what few failures say by little.
void weigh_symptoms(const Investigation& made, const Lines& units, std::vector<Symptom>& symptoms) {
  constexpr double on_the_way = 0.3;
  const std::map<std::string, Said> said = said_by(made, units);
  const auto all = static_cast<double>(units.size());
  if (all <= 0) return;
  bool told = false;
  for (Symptom& symptom : symptoms) {
    const auto by = said.find(symptom.text);
    if (by == said.end() || symptom.stopped) continue;
    const Said& one = by->second;
    symptom.weight *= std::clamp(std::max(one.first, on_the_way * one.units) / all, 0.05, 1.0);
    if (one.services.size() == 1) symptom.service = *one.services.begin();
    told = told || one.first > 0;
  }
  // What is not said any more is what failing units do not come to say.
  if (told) std::erase_if(symptoms, [](const Symptom& symptom) { return symptom.stopped; });
}

// The first failing lines of units, of one service if it is given.
std::vector<const UnitLine*> firsts_of(const Lines& units, const std::string& service) {
  std::vector<const UnitLine*> firsts;
  for (const std::vector<UnitLine>& unit : units) {
    const UnitLine* first = first_failing(unit);
    if (first == nullptr || (!service.empty() && first->service != service)) continue;
    firsts.push_back(first);
  }
  return firsts;
}

// The message that most of these lines say, as one of them says it.
const UnitLine* commonest_message(const std::vector<const UnitLine*>& lines) {
  std::map<std::uint64_t, double> said;
  for (const UnitLine* line : lines) {
    if (line->skeleton != 0) ++said[line->skeleton];
  }
  if (said.empty()) return nullptr;
  const auto most = std::max_element(
      said.begin(), said.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
  return *std::find_if(lines.begin(), lines.end(),
                       [&](const UnitLine* line) { return line->skeleton == most->first; });
}

// Where most failures begin with a message that nobody had said before, its first line says when it
// began, to within some gaps between failures: often a hundred times better than rates can.
void find_first_message(Engine& engine, const EvidenceQuestion& question, const Investigation& made,
                        const Lines& failing, ChangeEvidence& evidence) {
  constexpr std::size_t gaps = 5;
  constexpr double gaps_before = 4;  // of a Poisson process, 2 % are longer
  constexpr double most_of_added = 0.6;
  constexpr Duration late_max = std::chrono::minutes(10);
  const std::map<std::string, Said> said = said_by(made, failing);
  for (const ChangedTemplate& changed : made.templates) {
    if (changed.status != TemplateStatus::fresh || changed.before > 0) continue;
    const auto by = said.find(without_added(changed.what.text));
    const double added = static_cast<double>(failing.size()) * (1 - background_of(made.rate));
    if (by == said.end() || by->second.first < most_of_added * added) continue;
    const Time first = changed.what.first;
    Onset& onset = *evidence.onset;
    if (first < onset.from || first > onset.to + late_max) return;
    const std::vector<Time> starts =
        engine.bad_starts({}, {first - std::chrono::seconds(1), question.sides.after.to}, gaps + 1);
    if (starts.size() <= gaps) return;
    const Duration gap = (starts.back() - starts.front()) / static_cast<std::int64_t>(gaps);
    onset.at = onset.to = first;
    onset.from = std::max(onset.from, first - from_seconds(gaps_before * seconds(gap)));
    onset.of_message = true;
    return;
  }
}

// The stack trace that most failing units show.
void find_trace(const Lines& units, ChangeEvidence& evidence) {
  std::map<std::string, double> seen;
  std::map<std::string, const UnitLine*> traces;
  for (const std::vector<UnitLine>& unit : units) {
    const auto traced = std::find_if(unit.begin(), unit.end(), [](const UnitLine& line) {
      return line.fails && !line.trace.empty();
    });
    if (traced == unit.end()) continue;
    std::string key;
    for (const Frame& frame : frames_of(traced->trace)) {
      key += fmt::format("{}:{} ", frame.path, frame.line);
    }
    ++seen[key];
    traces.emplace(std::move(key), &*traced);
  }
  if (seen.empty()) return;
  evidence.trace_text = traces.at(commonest(seen))->trace;
  evidence.trace = frames_of(evidence.trace_text);
}

// How one service's lines lie over the values of a field, and which versions ran there.
struct Places {
  std::map<std::string, double> lines;
  std::map<std::string, std::set<std::string>> versions;

  void add(const UnitLine& line, const std::string& value) {
    ++lines[value];
    for (const NamedValue& version : line.versions) {
      versions[value].insert(version.field + "=" + version.value);
    }
  }
  double sum() const {
    double all = 0;
    for (const auto& [value, count] : lines) all += count;
    return all;
  }
};

std::map<std::string, Places> places_of(const std::vector<const UnitLine*>& lines) {
  std::map<std::string, Places> by_field;
  for (const UnitLine* line : lines) {
    for (const NamedValue& host : line->hosts) by_field[host.field].add(*line, host.value);
  }
  return by_field;
}

PlaceSpread::Elsewhere elsewhere(const Places& failing, const Places& good,
                                 const std::string& value) {
  const auto here = failing.versions.find(value);
  if (here == failing.versions.end()) return PlaceSpread::Elsewhere::unknown;
  bool any = false;
  for (const auto& [other, versions] : good.versions) {
    if (other == value) continue;
    any = true;
    for (const std::string& version : versions) {
      if (here->second.count(version) > 0) return PlaceSpread::Elsewhere::same_version;
    }
  }
  return any ? PlaceSpread::Elsewhere::another_version : PlaceSpread::Elsewhere::unknown;
}

std::vector<PlaceSpread> spreads_of(const IncidentUnits& read, const std::string& service) {
  std::vector<const UnitLine*> good_lines;
  for (const std::vector<UnitLine>& unit : read.good) {
    const auto line = std::find_if(unit.begin(), unit.end(),
                                   [&](const UnitLine& one) { return one.service == service; });
    if (line != unit.end()) good_lines.push_back(&*line);
  }
  const std::map<std::string, Places> good = places_of(good_lines);
  std::vector<PlaceSpread> spreads;
  for (const auto& [field, failing] : places_of(firsts_of(read.failing, service))) {
    const auto beside = good.find(field);
    if (beside == good.end()) continue;
    PlaceSpread spread;
    spread.field = field;
    spread.value = commonest(failing.lines);
    spread.seen = failing.sum();
    spread.failures = failing.lines.at(spread.value) / spread.seen;
    const auto own = beside->second.lines.find(spread.value);
    spread.traffic = own == beside->second.lines.end() ? 0 : own->second / beside->second.sum();
    spread.places = beside->second.lines.size() + (spread.traffic > 0 ? 0 : 1);
    spread.elsewhere = elsewhere(failing, beside->second, spread.value);
    for (const auto& [value, count] : beside->second.lines) {
      if (value != spread.value) spread.others.push_back(value);
    }
    spreads.push_back(std::move(spread));
  }
  return spreads;
}

double per_minute(Engine& engine, Window window) {
  const FacetQuery whole{{"", {}, {}}, {}, {window}, 1};
  return engine.facets({&whole, 1}).front().all[0].total * 60 / seconds(window.to - window.from);
}

// How much more there was to do than just before; 1 where that cannot be told.
double traffic_of(Engine& engine, const Investigation& made) {
  const WhenAnswer& when = made.when;
  const Time end = when.ongoing || when.end == no_time ? made.schema.to : when.end;
  const Window after{when.onset, std::min(end, when.onset + traffic_after)};
  const Window before{std::max(made.schema.from, when.from - traffic_before), when.from};
  constexpr Duration least = std::chrono::minutes(1);
  if (after.to - after.from < least || before.to - before.from < least) return 1;
  const double was = per_minute(engine, before);
  return was > 0 ? per_minute(engine, after) / was : 1;
}

// Those of deploys, and those that a field of the logs names.
std::set<std::string> known_services(Engine& engine, const EvidenceQuestion& question) {
  std::set<std::string> services = question.services;
  for (const FieldSummary& field : engine.schema().fields) {
    if (!names_service(field.name) || field.many) continue;
    const FacetQuery query{{field.name, {}, {}}, {}, {{}}, services_max};
    const FacetTally tally = engine.facets({&query, 1}).front();
    for (const FacetValue& value : tally.values) {
      if (value.value && !value.value->empty()) services.insert(*value.value);
    }
  }
  return services;
}

// Jobs begin and certificates end at full and half hours; failures follow within seconds.
bool is_round(const Onset& onset) {
  constexpr Duration half_hour = std::chrono::minutes(30);
  constexpr Duration width_max = std::chrono::minutes(2);
  constexpr Duration behind_max = std::chrono::seconds(45);
  if (onset.to - onset.from > width_max) return false;
  const Duration behind = onset.at.time_since_epoch() % half_hour;
  return behind <= behind_max || half_hour - behind <= std::chrono::seconds(3);
}

void look_at_lines(Engine& engine, const EvidenceQuestion& question, const Investigation& made,
                   ChangeEvidence& evidence) {
  const UnitLines lines(engine, made.rule, known_services(engine, question));
  const IncidentUnits read = read_units(engine, question.sides, lines, question.seed);
  const std::vector<UnitPath> before = paths_of(read.before);
  const std::vector<UnitPath> after = paths_of(read.failing);
  const std::vector<UnitPath> good = paths_of(read.good);
  const std::vector<UnitPath> good_before = paths_of(read.good_before);
  evidence.services =
      failing_services({before, after, good, good_before, background_of(made.rate)});
  weigh_symptoms(made, read.failing, evidence.symptoms);
  if (evidence.onset) {
    find_first_message(engine, question, made, read.failing, evidence);
    evidence.onset->round = is_round(*evidence.onset);
  }
  if (question.sides.has_before) {
    const Time onset = evidence.onset ? evidence.onset->at : no_time;
    evidence.version_rates =
        rates_by_service(engine, lines, read, {question.sides, question.seed, onset});
  }
  const bool mostly = !evidence.services.empty() && evidence.services.front().first >= 0.5;
  const std::string service = mostly ? evidence.services.front().name : "";
  const std::vector<const UnitLine*> firsts = firsts_of(read.failing, service);
  // Where most failures say nothing (they are slow, or wrong), the few that do are everyday's.
  const double saying = static_cast<double>(firsts.size());
  const bool says = saying >= saying_min * static_cast<double>(read.failing.size());
  if (const UnitLine* told = says ? commonest_message(firsts) : nullptr) {
    evidence.told_first = without_added(told->message);
    evidence.outside = told->outside;
  }
  // What is used up was being used up for a while.
  const bool used_up = failure_kind_of(evidence.told_first) == FailureKind::memory;
  if (evidence.onset && used_up) evidence.onset->slow = true;
  find_trace(read.failing, evidence);
  evidence.spreads = spreads_of(read, service);
}

}  // namespace

ChangeEvidence incident_evidence(Engine& engine, const EvidenceQuestion& question,
                                 const Investigation& made) {
  ChangeEvidence evidence;
  const WhenAnswer& when = made.when;
  if (when.onset != no_time) {
    const bool slow = when.shape == Shape::ramp || when.to - when.from > slow_interval;
    evidence.onset = {when.from, when.onset, when.to, slow, false};
  }
  evidence.until = when.ongoing || when.end == no_time ? made.schema.to : when.end;
  evidence.symptoms = symptoms_of(made);
  evidence.values_wrong = values_are_wrong(made, evidence.symptoms);
  for (const Segment& segment : made.who) {
    for (const Condition& condition : segment.finding.conditions) {
      evidence.segment.push_back(
          {condition.field, condition.op == Condition::Op::is ? condition.value : ""});
      const FieldSummary* field = made.schema.field(condition.field);
      const bool one = condition.op == Condition::Op::is && field != nullptr &&
                       field->role == Role::person && field->distinct >= customers_min;
      if (one) evidence.customer = {condition.field, condition.value};
      if (condition.field == "service") evidence.failing_services.push_back(condition.value);
    }
  }
  // Where only failures are logged, more lines are the incident itself.
  if (question.sides.has_before && !made.schema.unit.errors_only) {
    evidence.traffic = traffic_of(engine, made);
  }
  if (made.rule.how != OutcomeRule::How::volume) {
    look_at_lines(engine, question, made, evidence);
  } else if (question.sides.has_before) {
    evidence.version_rates = version_rates(engine, {question.sides, question.seed});
  }
  return evidence;
}

}  // namespace culprit
