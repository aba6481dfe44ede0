// Who is hit: how often is that told right, and how often is somebody blamed without cause?
//
// Units with forty fields (bench/who_units.h) in which causes of one to three conditions are
// planted, among failures without a cause; and the same without any cause (bench/who_planted.h). A
// cause is found where a finding names its conditions: all of them and no other, or others that
// hold for the same units. Windows are given as an investigation that found the onset has them,
// dispersion as it measures it. Two baselines name one value each: the one whose share among
// failures exceeds its share among successes most, and the one that fails most often of those with
// a tenth of the failures.
//
// Usage: accuracy_who [--json] [--runs N] [--first-seed N] [--check] [--explain]
//                     [--depth N] [--failures N] [--null NAME]
#include <chrono>
#include <cstdio>
#include <cstring>
#include <set>
#include <span>

#include "base/sim_world.h"
#include "contrast/when.h"
#include "who_planted.h"
#include "workbench/who_is_hit.h"

namespace culprit {
namespace {

constexpr std::size_t runs_default = 100;
// Seeds from here on were never looked at while the search was being made.
constexpr std::size_t first_seed_default = 100'001;
constexpr std::size_t buckets = 480;  // as an investigation looks for the onset
constexpr double same_units = 0.98;
constexpr double near_threshold = 0.9;

double dispersion_in(Engine& engine, const Scenario& scenario) {
  const Traffic& traffic = scenario.traffic;
  const Window span{traffic_time(scenario.has_before ? 0 : traffic.onset),
                    traffic_time(traffic.length) + Duration{1}};
  const Duration bucket = (span.to - span.from) / static_cast<std::int64_t>(buckets) + Duration{1};
  return find_outbreak(engine.hist({{}, span, bucket})).dispersion;
}

WhoAnswer answer_to(const Scenario& scenario) {
  const Traffic& traffic = scenario.traffic;
  SimWorld world;
  Evidence evidence = evidence_of(traffic);
  if (!scenario.has_before) {
    // Evidence that begins inside the incident.
    for (Block& block : evidence.blocks) {
      for (std::size_t row = 0; row < block.rows(); ++row) {
        if (block.times[row] < nanoseconds(traffic_time(traffic.onset))) block.units[row] = no_unit;
      }
    }
    evidence.schema.from = traffic_time(traffic.onset);
  }
  Embedded engine(world, std::move(evidence));
  const OutcomeRule rule = told_failure();
  engine.judge(rule);
  WhoQuestion question;
  const Time onset = traffic_time(traffic.onset);
  question.before = {Time::min() + Duration{1}, onset};
  question.after = {scenario.has_before ? onset : Time::min() + Duration{1}, Time::max()};
  question.has_before = scenario.has_before;
  question.dispersion = dispersion_in(engine, scenario);
  return who_is_hit(engine, question, plan_fields(engine.schema(), rule));
}

using Units = std::vector<std::uint8_t>;

double alike(const Traffic& traffic, const Units& a, const Units& b) {
  double both = 0;
  double any = 0;
  for (std::size_t unit = 0; unit < traffic.size(); ++unit) {
    if (traffic.starts[unit] < traffic.onset) continue;
    both += a[unit] & b[unit];
    any += a[unit] | b[unit];
  }
  return any > 0 ? both / any : 0;
}

bool names(const Traffic& traffic, const std::vector<Condition>& found,
           const std::vector<Condition>& cause) {
  if (found.size() > cause.size()) return false;
  const double same = alike(traffic, traffic.holds(found), traffic.holds(cause));
  if (same >= same_units) return true;
  // A threshold is named by its field and direction, nearly at its place.
  std::set<std::string> found_shape;
  std::set<std::string> cause_shape;
  const auto shape = [](const Condition& one) {
    const bool cut = one.op == Condition::Op::above || one.op == Condition::Op::at_most;
    return cut ? one.field + (one.op == Condition::Op::above ? " >" : " <=") : to_string(one);
  };
  for (const Condition& one : found) found_shape.insert(shape(one));
  for (const Condition& one : cause) cause_shape.insert(shape(one));
  return found_shape == cause_shape && same >= near_threshold;
}

struct Score {
  double planted = 0;
  double found = 0;  // planted causes that a finding names
  double told = 0;   // findings
  double runs = 0;
  double reporting = 0;  // runs with a finding
  double always = 0;     // runs that tell of a part that was always worse
  double mix = 0;        // runs that tell of a shift of the traffic
  double seconds = 0;

  double recall() const { return planted > 0 ? found / planted : 0; }
  double precision() const { return told > 0 ? found / told : 0; }
  double f1() const { return planted + told > 0 ? 2 * found / (planted + told) : 0; }
  Score& operator+=(const Score& other) {
    planted += other.planted;
    found += other.found;
    told += other.told;
    runs += other.runs;
    reporting += other.reporting;
    always += other.always;
    mix += other.mix;
    seconds += other.seconds;
    return *this;
  }
};

struct Scores {
  Score ours;
  Score shares;  // largest difference of shares
  Score lift;    // largest failure rate
  Scores& operator+=(const Scores& other) {
    ours += other.ours;
    shares += other.shares;
    lift += other.lift;
    return *this;
  }
};

void add(Score& score, const Scenario& scenario,
         const std::vector<std::vector<Condition>>& findings) {
  score.planted += static_cast<double>(scenario.causes.size());
  score.told += static_cast<double>(findings.size());
  score.runs += 1;
  score.reporting += findings.empty() ? 0 : 1;
  std::set<std::size_t> used;
  for (const auto& cause : scenario.causes) {
    for (std::size_t i = 0; i < findings.size(); ++i) {
      if (used.contains(i) || !names(scenario.traffic, findings[i], cause)) continue;
      used.insert(i);
      score.found += 1;
      break;
    }
  }
}

// The one value that each baseline names, from the units after the onset.
std::pair<Condition, Condition> baselines(const Traffic& traffic) {
  double bad = 0;
  double good = 0;
  for (std::size_t unit = 0; unit < traffic.size(); ++unit) {
    if (traffic.starts[unit] < traffic.onset) continue;
    (traffic.bad[unit] != 0 ? bad : good) += 1;
  }
  std::pair<Condition, Condition> best;
  double most_apart = -1;
  double most_often = -1;
  for (const UnitField& field : traffic.fields) {
    if (field.values.empty()) continue;  // ids
    std::vector<Counts> counts(field.values.size() + 1);
    for (std::size_t unit = 0; unit < traffic.size(); ++unit) {
      if (traffic.starts[unit] < traffic.onset) continue;
      counts[field.codes[unit]] += {1, static_cast<double>(traffic.bad[unit])};
    }
    for (std::size_t code = 0; code < counts.size(); ++code) {
      if (counts[code].total <= 0) continue;
      const Condition one =
          code == 0 ? Condition{field.name, Condition::Op::absent, "", 0}
                    : Condition{field.name, Condition::Op::is, field.values[code - 1], 0};
      const double apart = counts[code].bad / bad - (counts[code].total - counts[code].bad) / good;
      const double often = counts[code].bad / counts[code].total;
      if (apart > most_apart) most_apart = apart, best.first = one;
      if (counts[code].bad >= 0.1 * bad && often > most_often)
        most_often = often, best.second = one;
    }
  }
  return best;
}

std::string text_of(const std::vector<Condition>& conditions) {
  return to_string(expr_of(conditions));
}

void explain(std::uint64_t seed, const Scenario& scenario, const WhoAnswer& answer) {
  std::string text =
      fmt::format("seed {}{}, {:.0f} after ({:.0f} bad), phi {:.1f}\n", seed,
                  scenario.has_before ? "" : ", no before", answer.baseline.whole.after.total,
                  answer.baseline.whole.after.bad, answer.baseline.dispersion);
  for (const auto& cause : scenario.causes) {
    const Units inside = scenario.traffic.holds(cause);
    Counts before;
    Counts after;
    for (std::size_t unit = 0; unit < scenario.traffic.size(); ++unit) {
      if (inside[unit] == 0) continue;
      (scenario.traffic.starts[unit] < scenario.traffic.onset ? before : after) +=
          {1, static_cast<double>(scenario.traffic.bad[unit])};
    }
    Baseline plain = answer.baseline;
    plain.dispersion = 1;
    text +=
        fmt::format("  cause   {}  {}/{} -> {}/{} strength {:.1f}\n", text_of(cause), before.bad,
                    before.total, after.bad, after.total, strength({before, after}, plain));
  }
  for (const Finding& one : answer.findings) {
    Baseline plain = answer.baseline;
    plain.dispersion = 1;
    text +=
        fmt::format("  finding {}  {}/{} -> {}/{} q {:.2g} rr {:.1f} strength {:.1f} phi {:.1f}\n",
                    text_of(one.conditions), one.counted.before.bad, one.counted.before.total,
                    one.counted.after.bad, one.counted.after.total, one.q_value, one.risk.ratio,
                    strength(one.counted, plain), one.dispersion);
  }
  for (const Finding& one : answer.always_worse) {
    text += fmt::format("  always  {}  {}/{} -> {}/{}\n", text_of(one.conditions),
                        one.counted.before.bad, one.counted.before.total, one.counted.after.bad,
                        one.counted.after.total);
  }
  if (answer.mix_shift) {
    text +=
        fmt::format("  mix     {}  {}/{} -> {}/{}, {:.0f}% of the rise\n",
                    to_string(answer.mix_shift->condition), answer.mix_shift->counted.before.bad,
                    answer.mix_shift->counted.before.total, answer.mix_shift->counted.after.bad,
                    answer.mix_shift->counted.after.total, 100 * answer.mix_shift->share_of_rise);
  }
  std::fputs(text.c_str(), stderr);
}

struct Run {
  std::size_t runs = runs_default;
  std::size_t first_seed = first_seed_default;
  bool explain = false;
};

Scores measured(const ScenarioPlan& plan, const Run& run) {
  Scores scores;
  for (std::size_t i = 0; i < run.runs; ++i) {
    const std::uint64_t seed = run.first_seed + i;
    const Scenario scenario = ScenarioMaker(seed, plan).make();
    if (plan.null == Null::none && scenario.causes.empty()) continue;
    const auto begun = std::chrono::steady_clock::now();
    const WhoAnswer answer = answer_to(scenario);
    scores.ours.seconds +=
        std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
    std::vector<std::vector<Condition>> findings;
    for (const Finding& finding : answer.findings) findings.push_back(finding.conditions);
    const double found = scores.ours.found;
    add(scores.ours, scenario, findings);
    scores.ours.always += answer.always_worse.empty() ? 0 : 1;
    scores.ours.mix += answer.mix_shift ? 1 : 0;
    const bool right = scores.ours.found - found == double(scenario.causes.size()) &&
                       findings.size() == scenario.causes.size();
    if (run.explain && !right) explain(seed, scenario, answer);
    const auto [shares, lift] = baselines(scenario.traffic);
    add(scores.shares, scenario, {{shares}});
    add(scores.lift, scenario, {{lift}});
  }
  return scores;
}

struct NullSetting {
  const char* name;
  Null null;
  std::size_t bursts = 0;
};
constexpr std::size_t bursts_of_hour = 24;
constexpr NullSetting nulls[] = {
    {"failures independent", Null::independent},
    {"each tried again", Null::retries},
    {"storms of retries", Null::storms},
    {"bad minutes", Null::minutes},
    {"a noisy tenant", Null::noisy_tenant},
    {"a noisy tenant, in bursts", Null::noisy_bursts},
    {"the mix shifts", Null::mix},
    {"a tenant grows", Null::grown},
    {"everyone, five times", Null::everyone},
    {"everyone, tried again", Null::everyone_bursts},
    {"in bursts, each tried again", Null::retries, bursts_of_hour},
    {"in bursts, storms of retries", Null::storms, bursts_of_hour},
};
constexpr std::size_t failures_of[] = {50, 100, 200, 500, 1000, 5000};

// One setting of planted causes, or all of them.
struct Line {
  std::string name;
  Scores scores;
};

std::string text_of(const Line& line) {
  const Score& ours = line.scores.ours;
  return fmt::format("{:24} {:6.0f} {:7.3f} {:9.3f} {:6.3f} {:10.3f} {:8.3f} {:6.0f}\n", line.name,
                     ours.planted, ours.recall(), ours.precision(), ours.f1(),
                     line.scores.shares.f1(), line.scores.lift.f1(),
                     1000 * ours.seconds / std::max(1.0, ours.runs));
}

std::string json_of(const Line& line) {
  const Score& ours = line.scores.ours;
  return fmt::format(R"({{"name":"{}","planted":{},"recall":{:.4f},"precision":{:.4f},"f1":{:.4f},)"
                     R"("shares_f1":{:.4f},"lift_f1":{:.4f},"seconds":{:.4f}}})",
                     line.name, ours.planted, ours.recall(), ours.precision(), ours.f1(),
                     line.scores.shares.f1(), line.scores.lift.f1(),
                     ours.seconds / std::max(1.0, ours.runs));
}

std::string null_text_of(const Line& line) {
  const Score& ours = line.scores.ours;
  return fmt::format(
      "{:30} {:5.1f}% report, {:5.1f}% tell of always worse, {:5.1f}% of a mix shift\n", line.name,
      100 * ours.reporting / ours.runs, 100 * ours.always / ours.runs, 100 * ours.mix / ours.runs);
}

std::string null_json_of(const Line& line) {
  const Score& ours = line.scores.ours;
  return fmt::format(
      R"({{"name":"{}","runs":{},"reporting":{:.4f},"always_worse":{:.4f},"mix":{:.4f}}})",
      line.name, ours.runs, ours.reporting / ours.runs, ours.always / ours.runs,
      ours.mix / ours.runs);
}

struct Wanted {
  Run run;
  bool json = false;
  bool check = false;
  std::size_t depth = 0;     // 0: each
  std::size_t failures = 0;  // 0: each
  std::string null;          // empty: each

  explicit Wanted(std::span<char*> words) {
    for (std::size_t i = 1; i < words.size(); ++i) {
      const std::string_view word = words[i];
      const auto next = [&] { return i + 1 < words.size() ? words[++i] : ""; };
      const auto number = [&] { return std::strtoul(next(), nullptr, 10); };
      if (word == "--explain") run.explain = true;
      if (word == "--json") json = true;
      if (word == "--check") check = true;
      if (word == "--runs") run.runs = number();
      if (word == "--first-seed") run.first_seed = number();
      if (word == "--depth") depth = number();
      if (word == "--failures") failures = number();
      if (word == "--null") null = next();
    }
  }
};

// Beside the others, as "all" is to stay comparable.
Line in_bursts(const Wanted& wanted) {
  ScenarioPlan plan;
  plan.bursts = bursts_of_hour;
  Line line{"in bursts, 100 failures", measured(plan, wanted.run)};
  if (!wanted.json) fmt::print("{}", text_of(line));
  std::fflush(stdout);
  return line;
}

std::vector<Line> planted(const Wanted& wanted) {
  std::vector<Line> lines;
  Line all{"all", {}};
  for (std::size_t depth = 1; depth <= 3 && wanted.null.empty(); ++depth) {
    for (const std::size_t failures : failures_of) {
      if (wanted.depth != 0 && depth != wanted.depth) continue;
      if (wanted.failures != 0 && failures != wanted.failures) continue;
      ScenarioPlan plan;
      plan.depth = depth;
      plan.failures = failures;
      if (failures > 500) plan.units = 120'000;
      lines.push_back(
          {fmt::format("depth {}, {} failures", depth, failures), measured(plan, wanted.run)});
      all.scores += lines.back().scores;
      if (!wanted.json) fmt::print("{}", text_of(lines.back()));
      std::fflush(stdout);
    }
  }
  if (!wanted.json && !lines.empty()) fmt::print("{}\n", text_of(all));
  if (wanted.null.empty() && wanted.depth <= 1) lines.push_back(in_bursts(wanted));
  lines.push_back(std::move(all));
  return lines;
}

std::vector<Line> without_cause(const Wanted& wanted) {
  std::vector<Line> lines;
  for (const NullSetting& setting : nulls) {
    if (wanted.depth != 0 && wanted.null.empty()) continue;
    if (!wanted.null.empty() && wanted.null != setting.name) continue;
    ScenarioPlan plan;
    plan.null = setting.null;
    plan.bursts = setting.bursts;
    lines.push_back({setting.name, measured(plan, wanted.run)});
    if (!wanted.json) fmt::print("{}", null_text_of(lines.back()));
    std::fflush(stdout);
  }
  return lines;
}

// Of a run that is too short for the figures themselves: below these something broke.
int checked(const std::vector<Line>& causes, const std::vector<Line>& nulls_seen) {
  constexpr double recall_least = 0.85;
  constexpr double f1_least = 0.85;
  constexpr double reporting_most = 0.15;
  double reporting = 0;
  double runs = 0;
  for (const Line& line : nulls_seen) {
    reporting += line.scores.ours.reporting;
    runs += line.scores.ours.runs;
  }
  const Score& all = causes.back().scores.ours;
  return all.recall() >= recall_least && all.f1() >= f1_least && reporting <= reporting_most * runs
             ? 0
             : 1;
}

std::string joined(const std::vector<Line>& lines, std::string (*told)(const Line&)) {
  std::string text;
  for (const Line& line : lines) text += (text.empty() ? "" : ",") + told(line);
  return text;
}

}  // namespace
}  // namespace culprit

int main(int count, char** words) {
  using namespace culprit;
  const Wanted wanted(std::span(words, static_cast<std::size_t>(count)));
  if (!wanted.json) {
    fmt::print("{:24} {:>6} {:>7} {:>9} {:>6} {:>10} {:>8} {:>6}\n", "who", "causes", "recall",
               "precision", "F1", "shares F1", "lift F1", "ms");
  }
  const std::vector<Line> causes = planted(wanted);
  const std::vector<Line> quiet = without_cause(wanted);
  if (wanted.json) {
    fmt::print(R"({{"first_seed":{},"planted":[{}],"without_cause":[{}]}})"
               "\n",
               wanted.run.first_seed, joined(causes, json_of), joined(quiet, null_json_of));
  }
  return wanted.check ? checked(causes, quiet) : 0;
}
