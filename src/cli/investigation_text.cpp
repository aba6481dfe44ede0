#include "cli/investigation_text.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "cli/metrics_text.h"
#include "cli/text.h"
#include "workbench/told_line.h"

namespace culprit {
namespace {

constexpr std::size_t templates_shown = 5;
constexpr std::size_t lines_shown = 6;
constexpr std::size_t changes_shown = 3;
constexpr std::size_t commits_shown = 3;
constexpr double commit_shown_min = 0.02;  // less likely ones are for --json
constexpr std::size_t reasons_shown = 2;

// The legend stands behind the last mark or, without room there, between others; never beyond the
// drawing.
std::string with_legend(std::string marks, const std::string& legend) {
  const std::size_t last = marks.find_last_not_of(' ');
  if (last == std::string::npos) return "";
  const std::string told = fmt::format(" ({}) ", legend);
  marks = " " + marks + " ";  // at the ends it needs no distance
  std::size_t at = last + 2;
  const auto is_free = [&] {
    return at + told.size() <= marks.size() && marks.find_first_not_of(' ', at) >= at + told.size();
  };
  while (at > 0 && !is_free()) --at;
  if (is_free()) marks.replace(at, told.size(), told);
  marks.erase(marks.find_last_not_of(' ') + 1);
  return marks.substr(1);
}

// Writes the report; one function a section, each a heading and lines below it.
class Report {
 public:
  Report(const Investigation& made, const Terminal& terminal) : made_(made), terminal_(terminal) {}

  std::string populations();
  std::string text() {
    input();
    warnings();
    if (!made_.when.found) {
      quiet();
    } else {
      when();
      who();
      logs();
      around();
      changed();
    }
    text_ += metrics_text(made_, terminal_);
    next();
    return std::move(text_);
  }

 private:
  void line(std::string_view title, const std::string& text) {
    text_ += headed(title, text, terminal_);
  }
  // A line that is cut instead of broken: log lines, commands keep their shape.
  void raw(std::string_view title, const std::string& text) {
    text_ += heading(title, terminal_) + text + "\n";
  }
  std::string_view said_by(TemplateStatus status) const;
  std::size_t room() const { return terminal_.columns - report_indent; }
  std::string name_at(const Place& place) const {
    return fmt::format("{}:{}", safe(made_.schema.sources[place.source].name, 400), place.offset);
  }
  // The day is said once, at the top; times on other days keep theirs.
  std::string at(Time time) const {
    const std::string full = to_string(time);
    const std::string day =
        made_.schema.from == no_time ? "" : to_string(made_.schema.from).substr(0, 10);
    return full.substr(0, 10) == day ? clock_text(time) : full;
  }
  std::string of_units() const {
    if (made_.rate.of == "minute") return "failures per minute";
    return made_.rate.of == "request" ? "of requests" : "of events";
  }
  std::string rate_text(const RateSide& side) const {
    return made_.rate.of == "minute" ? frequency(side.rate) : percent(side.rate);
  }

  void input();
  void warnings();
  void quiet();
  void when();
  void also();
  void how_much();
  void drawing();
  void who();
  void mix(std::string_view title, const MixAnswer& one);
  void segment(const Segment& segment, bool first);
  void twin(const Segment& segment);
  void logs();
  void around();
  void commits_of(const RankedChange& change);
  void changed();
  void next();

  const Investigation& made_;
  const Terminal& terminal_;
  std::string text_;
};

void Report::input() {
  const Schema& schema = made_.schema;
  const auto read = std::count_if(
      schema.sources.begin(), schema.sources.end(),
      [](const SourceSummary& source) { return source.fault.empty() && source.copy_of.empty(); });
  std::string text = fmt::format("{} {}, {} events", read, read == 1 ? "source" : "sources",
                                 figure(static_cast<double>(schema.events)));
  if (schema.from != no_time) {
    text += fmt::format(", {} to {}", to_string(schema.from), at(schema.to));
  }
  text += schema.exact ? "; all counts exact" : "; totals estimated from a sample";
  line("READ", text);
  if (made_.rule.how == OutcomeRule::How::unknown) return;
  std::string units = fmt::format("{} {}", figure(made_.judged.units),
                                  schema.unit.fields.empty() ? "events" : "requests");
  if (!schema.unit.fields.empty())
    units += fmt::format(" joined by {}", schema.unit.fields.front());
  if (made_.rule.how != OutcomeRule::How::volume) {
    line("", fmt::format("{}; failed means {}{}", units, made_.bad,
                         made_.rule.how == OutcomeRule::How::given ? "" : " (inferred)"));
  }
  if (made_.judged.recovered <= 0) return;
  // Where nothing but failures was logged, those that say something else are no successes.
  const bool others = made_.schema.unit.errors_only;
  line("", fmt::format("{} {}", figure(made_.judged.recovered),
                       others ? "other failures stand for the traffic, which was not logged"
                              : "more met an error and ended well"));
}

void Report::warnings() {
  std::size_t shown = 0;
  for (const Warning& warning : made_.warnings) {
    if (++shown > 4) continue;
    line(shown == 1 ? "NOTE" : "", safe(warning.text, 300));
  }
  if (shown > 4) line("", fmt::format("{} more notes in --json", shown - 4));
}

void Report::quiet() {
  if (made_.schema.events == 0) {
    line("WHEN", "there are no events to judge");
    return;
  }
  if (made_.rule.how == OutcomeRule::How::unknown) {
    line("WHEN", "nothing in these logs says what failure is");
    return;
  }
  if (made_.judged.units == 0) {
    line("WHEN", "nothing can be judged: no event belongs to anything that can fail");
    return;
  }
  const RateSide& side = made_.rate.after;
  if (made_.rate.of == "minute") {
    line("WHEN",
         fmt::format("nothing moved: {} {} ({}..{}, 95%) throughout", frequency(side.rate),
                     of_units(), frequency(side.interval.low), frequency(side.interval.high)));
    return;
  }
  line("WHEN", fmt::format("nothing moved: {} {} failed ({}..{}, 95%), with no change in their "
                           "rate, in latency or in volume",
                           percent(side.rate), of_units(), percent(side.interval.low),
                           percent(side.interval.high)));
}

void Report::when() {
  const WhenAnswer& answer = made_.when;
  if (answer.onset == no_time) {
    line("WHEN", fmt::format("throughout: the evidence begins inside the incident; {} {} fail",
                             percent(made_.rate.after.rate), of_units()));
  } else {
    const std::string shape = answer.shape == Shape::recurring
                                  ? fmt::format("recurring every {}", to_string(answer.period))
                                  : fmt::format("a {}", name_of(answer.shape));
    std::string text =
        fmt::format("since {} ({}..{}, 95%), {}", styled(at(answer.onset), Style::bad, terminal_),
                    at(answer.from), at(answer.to), shape);
    if (!made_.silent.empty()) {
      text += fmt::format(": \"{}\" stopped ({} a minute before)", safe(made_.silent, 60),
                          frequency(made_.silent_per_minute));
    } else if (made_.rate.before) {
      text += fmt::format(": {} -> {} {}", rate_text(*made_.rate.before),
                          rate_text(made_.rate.after), of_units());
      if (made_.rate.ratio > 0) text += fmt::format(" ({})", times(made_.rate.ratio));
    }
    text += answer.ongoing ? ", still going on" : fmt::format(", over at {}", at(answer.end));
    line("WHEN", text);
    also();
  }
  drawing();
  how_much();
}

// What else happened, and what it was compared with.
void Report::also() {
  constexpr std::size_t told_max = 3;
  const WhenAnswer& answer = made_.when;
  std::string text;
  for (std::size_t i = 0; i < std::min(answer.others.size(), told_max); ++i) {
    text += fmt::format("{}{}", i == 0 ? "worse again since " : ", ", at(answer.others[i].from));
  }
  if (answer.others.size() > told_max) {
    text += fmt::format(" and {} times more", answer.others.size() - told_max);
  }
  if (!text.empty()) line("", text);
  if (answer.season == Duration{}) return;
  const bool daily = answer.season <= std::chrono::hours(24);
  line("", fmt::format("each hour is compared with the same hour of other {}",
                       daily ? "days" : "weeks"));
}

void Report::how_much() {
  if (!made_.silent.empty()) return;
  std::string text;
  if (made_.when.first_bad != no_time && made_.when.onset != no_time) {
    text = fmt::format("{} failed since, the last at {}", figure(made_.rate.after.counts.bad),
                       at(made_.when.last_bad));
  } else {
    text = fmt::format("{} failed", figure(made_.rate.after.counts.bad));
  }
  if (made_.affected.total > 0) {
    text += fmt::format("; {} of {} values of {} are affected",
                        figure(static_cast<double>(made_.affected.bad)),
                        figure(static_cast<double>(made_.affected.total)), made_.affected.field);
  }
  line("", text);
}

// The failure rate over time; below it the onset (^) and the changes (d).
void Report::drawing() {
  const HistTally& series = made_.series;
  if (series.counts.empty()) return;
  const std::size_t width = std::min<std::size_t>(room(), 80);
  std::vector<Counts> cells(width);
  for (std::size_t i = 0; i < series.counts.size(); ++i) {
    cells[i * width / series.counts.size()] += series.counts[i];
  }
  std::vector<double> rates;
  for (const Counts& cell : cells) {
    const bool volume = made_.rule.how == OutcomeRule::How::volume;
    const bool counts = volume || made_.schema.unit.errors_only;
    rates.push_back(counts           ? (volume ? cell.total : cell.bad)
                    : cell.total > 0 ? cell.bad / cell.total
                                     : -1);
  }
  raw("", styled(sparkline(rates), Style::bad, terminal_));
  std::string marks(width, ' ');
  const auto place = [&](Time time) -> std::size_t {
    const double span = seconds(series.bucket) * static_cast<double>(series.counts.size());
    const double at_share = seconds(time - series.from) / span;
    if (at_share < 0 || at_share >= 1) return SIZE_MAX;
    return static_cast<std::size_t>(at_share * static_cast<double>(width));
  };
  for (const RankedChange& change : made_.changes) {
    if (change.change.kind == ChangeKind::none || change.change.kind == ChangeKind::commit)
      continue;
    if (const std::size_t mark = place(change.change.at); mark != SIZE_MAX) marks[mark] = 'd';
  }
  std::string legend = marks.find('d') == std::string::npos ? "" : "d change";
  if (made_.when.onset != no_time) {
    if (const std::size_t mark = place(made_.when.onset); mark != SIZE_MAX) marks[mark] = '^';
    legend = legend.empty() ? "^ onset" : "^ onset, " + legend;
  }
  const std::string below = with_legend(std::move(marks), legend);
  if (!below.empty()) raw("", below);
}

void Report::who() {
  if (!made_.silent.empty()) return;
  if (made_.who.empty() && made_.mix_shift) {
    mix("WHO", *made_.mix_shift);
  } else if (made_.who.empty()) {
    line("WHO", made_.who_verdict == "everyone"
                    ? "everyone alike: no field separates what failed from what did not"
                    : "the logs record nothing that separates what failed from what did not");
  }
  bool first = true;
  for (const Segment& one : made_.who) {
    segment(one, first);
    first = false;
  }
  if (!made_.who.empty() && made_.unexplained_share > 0.1) {
    line("", fmt::format("{} of the failures lie outside of {}", percent(made_.unexplained_share),
                         made_.who.size() == 1 ? "it" : "these"));
  }
  if (!made_.who.empty() && made_.mix_shift) mix("", *made_.mix_shift);
  for (const Segment& one : made_.always_worse) {
    if (made_.mix_shift && made_.mix_shift->where == one.where) continue;  // was said
    line("", fmt::format("{} was always worse ({}), before and after", one.where,
                         times(one.finding.risk.ratio)));
  }
  if (!made_.looks_like.empty()) {
    std::string text = "looks like";
    for (std::size_t i = 0; i < made_.looks_like.size() && i < 3; ++i) {
      text += fmt::format("{} {} ({})", i > 0 ? "," : "", safe(made_.looks_like[i].condition, 70),
                          percent(made_.looks_like[i].share_of_bad));
    }
    line("", text);
  }
}

void Report::mix(std::string_view title, const MixAnswer& one) {
  line(title,
       fmt::format("{} has {} of the traffic, not {}: it failed {} as often as the rest "
                   "before too, and its growth is {} of the rise{}",
                   styled(safe(one.where, 200), Style::bad, terminal_), percent(one.traffic_after),
                   percent(one.traffic_before), times(one.risk_before), percent(one.share_of_rise),
                   made_.who.empty() ? "; no part became worse" : ""));
}

void Report::segment(const Segment& one, bool first) {
  const Finding& finding = one.finding;
  const Counts& after = finding.counted.after;
  std::string text =
      fmt::format("{}: {} of the failures", styled(safe(one.where, 200), Style::bad, terminal_),
                  percent(finding.share_of_bad));
  if (!made_.schema.unit.errors_only) {
    text += fmt::format(", {} the risk ({})", times(finding.risk.ratio), q_text(finding.q_value));
    text += fmt::format("; {} of {} fail there, {} elsewhere", percent(after.bad / after.total),
                        figure(after.total), percent(one.rate_without));
  } else {
    text += fmt::format(", {} its share before ({})", times(finding.risk.ratio),
                        q_text(finding.q_value));
  }
  line(first ? "WHO" : "", text);
  if (!finding.aliases.empty()) {
    std::string names;
    for (std::size_t i = 0; i < finding.aliases.size() && i < 4; ++i) {
      names += (i > 0 ? ", " : "") + safe(to_string(finding.aliases[i]), 60);
    }
    line("", "the same units: " + names);
  }
  if (first) twin(one);
}

void Report::twin(const Segment& one) {
  if (!one.twin) return;
  std::string text = made_.schema.unit.errors_only ? "differs from the nearest other failure in"
                                                   : "differs from its nearest success in";
  for (std::size_t i = 0; i < one.twin->differences.size() && i < 4; ++i) {
    const Difference& difference = one.twin->differences[i];
    const auto shown = [](const std::string& value) {
      return value.empty() ? std::string("(none)") : safe(value, 30);
    };
    text += fmt::format("{} {}: {} not {}", i > 0 ? "," : "", safe(difference.field, 60),
                        shown(difference.bad), shown(difference.good));
  }
  line("", text);
  const std::string bad = "fails  " + name_at(one.twin->bad_place) + "  ";
  const std::string good = "works  " + name_at(one.twin->good_place) + "  ";
  raw("", fitted(bad + safe(told_line(one.twin->bad_line), room()), room()));
  raw("", fitted(good + safe(told_line(one.twin->good_line), room()), room()));
}

// Without an onset there is no before and after: who says it more.
std::string_view Report::said_by(TemplateStatus status) const {
  if (made_.when.found) return name_of(status);
  if (status == TemplateStatus::stopped) return "good";
  return status == TemplateStatus::fresh ? "bad" : "more bad";
}

std::string Report::populations() {
  input();
  warnings();
  const RateSide& side = made_.rate.after;
  line("SPLIT", fmt::format("{} bad, {} good: {} {} are bad ({}..{}, 95%)", figure(side.counts.bad),
                            figure(side.counts.total - side.counts.bad), percent(side.rate),
                            of_units(), percent(side.interval.low), percent(side.interval.high)));
  if (side.counts.bad > 0 && side.counts.bad < side.counts.total) who();
  logs();
  next();
  return std::move(text_);
}

void Report::logs() {
  std::size_t shown = 0;
  for (const ChangedTemplate& one : made_.templates) {
    if (shown == templates_shown) break;
    const std::string counts = fmt::format("{} -> {}", figure(one.before), figure(one.after));
    const std::string place = name_at(one.what.example);
    const std::size_t fixed = counts.size() + place.size() + 14;
    const std::size_t words = room() > fixed + 20 ? room() - fixed : 20;
    raw(shown == 0 ? "LOGS" : "",
        fmt::format("{:<8} {:<{}}  {}  {}", fmt::format("{}:", said_by(one.status)),
                    safe(one.what.text, words), words, counts, place));
    ++shown;
  }
  if (made_.templates.size() > shown) {
    line("", fmt::format("{} more in --json", made_.templates.size() - shown));
  }
}

void Report::around() {
  // New messages first, then what is nearest to the onset; shown in time order.
  std::vector<const LogLine*> lines;
  for (const LogLine& one : made_.around) lines.push_back(&one);
  const auto distance = [&](const LogLine* one) {
    return std::abs((one->time - made_.when.onset).count());
  };
  std::stable_sort(lines.begin(), lines.end(), [&](const LogLine* a, const LogLine* b) {
    return a->fresh != b->fresh ? a->fresh : distance(a) < distance(b);
  });
  if (lines.size() > lines_shown) lines.resize(lines_shown);
  std::sort(lines.begin(), lines.end());  // they stand in time order in made_.around
  bool first = true;
  for (const LogLine* one : lines) {
    const std::string place =
        fmt::format("{} {}:{}  ", one->fresh ? "*" : " ", one->source, one->offset);
    raw(first ? "AROUND" : "", fitted(place + safe(told_line(one->line), room()), room()));
    first = false;
  }
}

// The likeliest commits of a deploy, each with its strongest reason.
void Report::commits_of(const RankedChange& change) {
  std::size_t shown = 0;
  for (const RankedCommit& commit : change.commits) {
    if (shown++ == commits_shown || commit.probability < commit_shown_min) break;
    line("", fmt::format("  commit {} \"{}\", {}{}", commit.sha.substr(0, 9),
                         safe(commit.subject, 60), percent(commit.probability),
                         commit.reasons.empty() ? "" : ": " + safe(commit.reasons.front(), 200)));
  }
}

void Report::changed() {
  if (!made_.changes_known) {
    line("CHANGED", "no deploys or commits known; --repo DIR or --deploys FILE name suspects");
    return;
  }
  std::size_t shown = 0;
  for (const RankedChange& one : made_.changes) {
    const bool none = one.change.kind == ChangeKind::none;
    if (shown >= changes_shown && !none) continue;
    // A commit that is a change of its own says what it is about; a deploy lists its commits.
    const bool alone = is_one_commit(one.change) && one.commits.size() == 1;
    const std::string subject =
        alone ? fmt::format(" \"{}\"", safe(one.commits.front().subject, 60)) : "";
    line(shown == 0 ? "CHANGED" : "",
         none ? fmt::format("none of these, {}", percent(one.probability))
              : fmt::format("{} {}{} at {}, {}", name_of(one.change.kind), safe(one.change.id, 50),
                            subject, at(one.change.at), percent(one.probability)));
    ++shown;
    if (none) continue;
    const bool listed = &one == &made_.changes.front() && !alone;
    if (listed) commits_of(one);
    std::size_t reasons = 0;
    for (const std::string& reason : one.reasons) {
      if (listed && reason.starts_with("commit ")) continue;  // stands with that commit
      if (++reasons > reasons_shown) break;
      line("", "  + " + reason);
    }
    if (!one.against.empty()) line("", "  - " + one.against.front());
  }
}

void Report::next() {
  bool first = true;
  for (const NextStep& step : made_.next) {
    raw(first ? "NEXT" : "", step.command);
    raw("", styled("  " + safe(step.why, room() - 2), Style::dim, terminal_));
    first = false;
  }
}

}  // namespace

std::string text_of(const Investigation& investigation, const Terminal& terminal) {
  return Report(investigation, terminal).text();
}

std::string populations_text(const Investigation& investigation, const Terminal& terminal) {
  return Report(investigation, terminal).populations();
}

}  // namespace culprit
