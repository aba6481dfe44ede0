#include "store/naive.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "event/outcome.h"
#include "event/roles.h"
#include "parse/frames.h"
#include "parse/skeleton.h"

namespace culprit {
namespace {

constexpr std::size_t texts_max = 65'536;  // a field with more texts is `many`

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Whole digits, a point, and digits.
bool plain_decimal(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  const std::size_t point = text.find('.');
  if (point == 0 || point == std::string_view::npos || point + 1 == text.size()) return false;
  if (point > 1 && text[0] == '0') return false;
  return std::all_of(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(point), is_digit) &&
         std::all_of(text.begin() + static_cast<std::ptrdiff_t>(point) + 1, text.end(), is_digit);
}

// As a value is told apart from others: of a decimal the first six digits that say something.
std::string spelled(std::string_view text) {
  std::string digits(text);
  if (text.size() > 24 || !plain_decimal(text)) return digits;
  const std::size_t first = text.find_first_of("123456789");
  if (first == std::string_view::npos) return digits;
  std::size_t last = first;  // the sixth digit from the first on, or the one before the end
  for (int count = 1; last + 1 < text.size() && count < 6; ++last) {
    count += text[last + 1] != '.' ? 1 : 0;
  }
  const std::size_t next = last + 1 < text.size() && text[last + 1] == '.' ? last + 2 : last + 1;
  if (next >= text.size()) return digits;
  bool carry = text[next] >= '5';
  for (std::size_t i = next; i < text.size(); ++i) digits[i] = is_digit(text[i]) ? '0' : text[i];
  for (std::size_t i = last + 1; carry && i-- > 0;) {
    if (!is_digit(digits[i])) continue;
    carry = digits[i] == '9';
    digits[i] = carry ? '0' : static_cast<char>(digits[i] + 1);
  }
  if (carry) digits.insert(text[0] == '-' ? 1 : 0, "1");
  while (digits.back() == '0') digits.pop_back();
  if (digits.back() == '.') digits.pop_back();
  return digits;
}

bool same_view(std::string_view a, std::string_view b) {
  return !b.empty() && a.data() == b.data() && a.size() == b.size();
}

bool earlier(Time a_time, Place a, Time b_time, Place b) {
  if (a_time != b_time) return a_time < b_time;
  return a.source != b.source ? a.source < b.source : a.offset < b.offset;
}

}  // namespace

Result<std::unique_ptr<Naive>> Naive::gather(World& world, const GatherOptions& options) {
  auto naive = std::make_unique<Naive>();
  naive->sources_ = TRY(find_sources(world, options));
  naive->rule_ = find_units(naive->sources_, options);
  for (std::uint32_t i = 0; i < naive->sources_.size(); ++i) naive->read(world, options, i);
  naive->group();
  naive->summarise();
  return naive;
}

// Everything that can be read; what cannot is the source's fault.
std::string Naive::text_of(World& world, Source& source) {
  std::string text;
  if (!source.fault.empty()) return text;
  Result<Stream> opened = open_source(world, source);
  if (!opened) {
    source.fault = opened.error().what;
    return text;
  }
  Stream stream = std::move(opened).value();
  std::string buffer(1 << 16, '\0');
  for (;;) {
    const Result<std::size_t> got = stream.read(buffer);
    if (!got) source.fault = got.error().what;
    if (!got || *got == 0) return text;
    text.append(buffer, 0, *got);
  }
}

std::vector<Naive::OneLine> Naive::lines_of(const Source& source, const std::string& text) {
  std::vector<OneLine> lines;
  if (source.dialect.framing != nullptr) {
    Framer framer(*source.dialect.framing);
    for (int end = 0; end < 2; ++end) {
      const Frames& frames = end == 0 ? framer.feed(text) : framer.finish();
      for (const Frames::Record& record : frames.records) {
        lines.push_back(
            {record.offset, record.line, std::string(frames.line(record)), record.damaged});
      }
    }
    return lines;
  }
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    lines.push_back({at, lines.size() + 1, text.substr(at, end - at), false});
    at = end + 1;
  }
  return lines;
}

void Naive::read(World& world, const GatherOptions& options, std::uint32_t index) {
  Source& source = sources_[index];
  const std::string text = text_of(world, source);
  SourceSummary summary;
  summary.name = source.name;
  summary.bytes = source.size;
  summary.packing = name_of(source.packing);
  summary.zone_assumed = source.dialect.zone_assumed;
  if (source.dialect.format != nullptr) summary.format = format_text(source.dialect);
  summary.fault = source.fault;
  Scratch scratch;
  bool any_event = false;
  for (const OneLine& one : lines_of(source, text)) {
    Event event;
    const Reading reading =
        one.damaged ? Reading::unreadable : read_line(source.dialect, one.text, scratch, event);
    any_event |= reading == Reading::event;
    const bool skipped =
        reading == Reading::unreadable || (reading == Reading::continuation && !any_event);
    if (skipped && ++summary.skipped == 1) {
      summary.first_skipped = one.text.substr(0, 200);
      summary.first_skipped_line = one.number;
    }
    const bool outside =
        event.time == no_time ? options.window != Window{} : !options.window.contains(event.time);
    if (reading == Reading::event && !outside) {
      count(event, summary);
      keep(options, event, {index, one.offset}, one.text);
    }
  }
  schema_.events += summary.events;
  schema_.bytes += summary.bytes;
  schema_.skipped += summary.skipped;
  schema_.sources.push_back(std::move(summary));
}

void Naive::count(const Event& event, SourceSummary& summary) {
  ++summary.events;
  ++schema_.levels[static_cast<std::size_t>(event.level)];
  if (event.time == no_time) {
    ++schema_.untimed_events;
    return;
  }
  if (nanoseconds(event.time) % 1'000'000'000 == 0) ++schema_.whole_seconds;
  for (auto* from : {&summary.from, &schema_.from}) {
    *from = *from == no_time ? event.time : std::min(*from, event.time);
  }
  for (auto* to : {&summary.to, &schema_.to}) *to = std::max(*to, event.time);
}

void Naive::keep(const GatherOptions& options, const Event& event, Place place,
                 std::string_view line) {
  OneEvent made;
  made.time = event.time;
  made.place = place;
  made.level = event.level;
  made.line = line;
  if (made.line.ends_with('\r')) made.line.pop_back();

  // Slots of the message are fields, where the line itself has none of that name.
  std::vector<Field> all(event.fields.begin(), event.fields.end());
  SkeletonScratch scratch;
  if (!event.message.empty()) {
    const Skeleton skeleton = skeleton_of(event.message, scratch);
    made.skeleton = skeleton_text(event.message);
    made.skeleton_hash = skeleton.hash;
    for (const Field& slot : skeleton.slots) {
      if (event.find(slot.name) == nullptr) all.push_back(slot);
    }
  }
  Event whole = event;
  whole.fields = all;
  if (options.good && holds(*options.good, whole)) made.given = OneEvent::Given::good;
  if (options.bad && holds(*options.bad, whole)) made.given = OneEvent::Given::bad;

  for (const std::string& name : rule_.fields) {
    for (const Field& field : all) {
      const bool id = field.name == name && field.kind != Kind::null && !field.value.empty() &&
                      field.value != "-";
      if (id && made.id.empty()) made.id = field.value;
    }
  }
  std::map<std::string, bool> numbers;  // by field: whether a value of it is a number
  for (std::size_t i = 0; i < all.size(); ++i) {
    const Field& field = all[i];
    const std::string name(field.name);
    const auto [known, added] = fields_.try_emplace(name);
    known->second.role = role_of(name);
    known->second.slot = (added || known->second.slot) && i >= event.fields.size();
    bool& number = numbers[name];
    const bool id = std::find(rule_.fields.begin(), rule_.fields.end(), name) != rule_.fields.end();
    if (role_of(name) == Role::time || id || same_view(field.value, event.message)) continue;
    number |= number_in(field.value).has_value();
    made.fields[name].push_back(spelled(field.value));
  }
  for (const auto& [name, number] : numbers) {
    FieldSummary& field = fields_[name];
    ++field.events;
    field.error_events += event.level >= Level::error ? 1 : 0;
    field.numbers += number ? 1 : 0;
  }
  events_.push_back(std::move(made));
}

void Naive::group() {
  std::map<std::string, std::vector<OneEvent*>> groups;
  for (std::size_t i = 0; i < events_.size(); ++i) {
    OneEvent& event = events_[i];
    if (rule_.fields.empty()) groups[fmt::format("line {:9}", i)].push_back(&event);
    if (!event.id.empty()) groups["id " + event.id].push_back(&event);
  }
  for (auto& [id, events] : groups) {
    std::sort(events.begin(), events.end(), [](const OneEvent* a, const OneEvent* b) {
      return earlier(a->time, a->place, b->time, b->place);
    });
    OneUnit unit;
    for (OneEvent* event : events) {
      event->unit = units_.size();
      unit.id = event->id;
      unit.events.push_back(event);
      if (unit.start == no_time) unit.start = event->time;
      for (const auto& [name, values] : event->fields) {
        unit.fields[name].insert(values.begin(), values.end());
      }
    }
    units_.push_back(std::move(unit));
  }
}

void Naive::summarise() {
  for (auto& [name, field] : fields_) {
    std::map<std::string, std::size_t> counts;
    for (const OneEvent& event : events_) {
      const auto found = event.fields.find(name);
      if (found == event.fields.end()) continue;
      for (const std::string& value : found->second) ++counts[value];
    }
    field.name = name;
    field.distinct = counts.size();
    std::vector<std::pair<std::string, std::size_t>> frequent(counts.begin(), counts.end());
    std::size_t texts = 0;
    bool any_number = false;
    for (const auto& [value, count] : frequent) {
      const std::optional<double> number = number_in(value);
      texts += number ? 0 : 1;
      if (!number) continue;
      field.least = any_number ? std::min(field.least, *number) : *number;
      field.most = any_number ? std::max(field.most, *number) : *number;
      any_number = true;
    }
    field.many = texts > texts_max;
    std::stable_sort(frequent.begin(), frequent.end(),
                     [](const auto& a, const auto& b) { return a.second > b.second; });
    for (std::size_t i = 0; i < frequent.size() && i < 3; ++i) {
      field.examples.push_back(frequent[i].first);
    }
    schema_.fields.push_back(field);
  }
  schema_.unit = rule_;
}

bool Naive::satisfies(const OneUnit& unit, const Expr& where) const {
  return holds(where, [&](std::string_view name, const auto& each) {
    const auto found = unit.fields.find(std::string(name));
    if (found == unit.fields.end()) return;
    for (const std::string& value : found->second) {
      if (!each(value)) return;
    }
  });
}

template <typename Says>
bool Naive::any_event(const OneUnit& unit, Says says) {
  return std::any_of(unit.events.begin(), unit.events.end(),
                     [&](const OneEvent* event) { return says(*event); });
}

std::vector<std::string> Naive::values_of(const OneEvent& event, const std::string& name) {
  const auto found = event.fields.find(name);
  return found == event.fields.end() ? std::vector<std::string>{} : found->second;
}

std::optional<Outcome> Naive::given(const OneUnit& unit, const OutcomeRule& rule) {
  using Given = OneEvent::Given;
  if (any_event(unit, [](const OneEvent& event) { return event.given == Given::bad; })) {
    return Outcome::bad;
  }
  const bool good = any_event(unit, [](const OneEvent& e) { return e.given == Given::good; });
  return good || !rule.good ? std::optional(Outcome::good) : std::nullopt;
}

std::optional<Outcome> Naive::by_message(const OneUnit& unit, const OutcomeRule& rule) {
  const bool bad = any_event(unit, [&rule](const OneEvent& event) {
    return std::count(rule.skeletons.begin(), rule.skeletons.end(), event.skeleton) > 0;
  });
  return bad ? Outcome::bad : Outcome::good;
}

std::optional<Outcome> Naive::by_latency(const OneUnit& unit, const OutcomeRule& rule) {
  std::optional<double> longest;
  std::vector<std::string> operations;
  for (const OneEvent* event : unit.events) {
    for (const std::string& value : values_of(*event, rule.duration_field)) {
      const std::optional<double> number = number_in(value);
      if (number && *number >= 0) longest = std::max(longest.value_or(0), *number);
    }
    for (std::string& value : values_of(*event, rule.operation_field)) operations.push_back(value);
  }
  if (operations.empty()) operations.push_back("");
  std::optional<double> limit;
  for (const std::string& operation : operations) {
    std::optional<double> found;
    for (const auto& [name, one] : rule.limits) {
      if (name == operation || (name.empty() && !found)) found = one;
    }
    if (found) limit = std::max(limit.value_or(*found), *found);
  }
  if (!longest || !limit) return std::nullopt;
  return *longest > *limit ? Outcome::bad : Outcome::good;
}

std::optional<Outcome> Naive::last_verdict(const OneUnit& unit, const OutcomeRule& rule) {
  std::optional<Outcome> last;
  Time last_time = no_time;
  const auto tell = [&](const OneEvent& event, Outcome outcome) {
    const bool later = !last || event.time > last_time;
    if (later || (event.time == last_time && outcome == Outcome::bad)) last = outcome;
    last_time = event.time;
  };
  for (const OneEvent* event : unit.events) {
    for (const std::string& name : rule.status_fields) {
      for (const std::string& value : values_of(*event, name)) {
        const std::optional<double> number = number_in(value);
        if (!number || !is_status(*number)) continue;
        tell(*event, *number >= status_bad_min ? Outcome::bad : Outcome::good);
      }
    }
    for (const std::string& name : rule.success_fields) {
      for (const std::string& value : values_of(*event, name)) {
        if (says_failed(value)) tell(*event, Outcome::bad);
        if (says_succeeded(value)) tell(*event, Outcome::good);
      }
    }
  }
  return last;
}

std::optional<Outcome> Naive::by_status(const OneUnit& unit, const OutcomeRule& rule) {
  if (const std::optional<Outcome> last = last_verdict(unit, rule)) return last;
  for (const std::string& name : rule.exception_fields) {
    for (const OneEvent* event : unit.events) {
      for (const std::string& value : values_of(*event, name)) {
        if (!value.empty() && value != "null") return Outcome::bad;
      }
    }
  }
  if (!rule.levels) return std::nullopt;
  if (any_event(unit, [](const OneEvent& event) { return event.level >= Level::error; })) {
    return Outcome::bad;
  }
  const bool levelled = any_event(unit, [](const OneEvent& e) { return e.level != Level::none; });
  return levelled ? std::optional(Outcome::good) : std::nullopt;
}

std::optional<Outcome> Naive::verdict(const OneUnit& unit, const OutcomeRule& rule) {
  switch (rule.how) {
    case OutcomeRule::How::given: return given(unit, rule);
    case OutcomeRule::How::message: return by_message(unit, rule);
    case OutcomeRule::How::latency: return by_latency(unit, rule);
    case OutcomeRule::How::status: return by_status(unit, rule);
    case OutcomeRule::How::volume:
    case OutcomeRule::How::unknown: break;
  }
  return std::nullopt;
}

Judged Naive::judge(const OutcomeRule& rule) {
  Judged judged;
  for (OneUnit& unit : units_) {
    unit.outcome = verdict(unit, rule);
    const bool error = any_event(unit, [](const OneEvent& e) { return e.level >= Level::error; });
    (unit.outcome ? judged.units : judged.unjudged) += 1;
    judged.bad += unit.outcome == Outcome::bad ? 1 : 0;
    judged.recovered += unit.outcome == Outcome::good && error ? 1 : 0;
  }
  return judged;
}

}  // namespace culprit
