// A Scenario is Traffic with failures in it, and the truth about them: the causes that were
// planted, or that there is none.
//
// Failures without a cause come as production has them: a rate that changes from minute to minute,
// requests that are tried again and fail again, parts of the traffic that were always worse.
#pragma once

#include "who_units.h"

namespace culprit {

enum class Null : std::uint8_t {
  none,            // causes are planted
  independent,     // failures know nothing of each other
  retries,         // each is tried again and fails again, 3 times on an average
  storms,          // a few are tried again many times: sizes have a heavy tail
  minutes,         // some minutes are bad for everyone
  noisy_tenant,    // one tenant has 30 % of the failures, before and after
  noisy_bursts,    // the same, in bursts of a minute
  mix,             // a part that was always bad has more of the traffic
  grown,           // a tenant has more of the traffic, and fails like all others
  everyone,        // all fail five times as often
  everyone_bursts  // the same, with retries
};

struct Scenario {
  Traffic traffic;
  std::vector<std::vector<Condition>> causes;  // none: nothing separates good from bad
  bool has_before = true;
  double failures = 0;  // of each cause
};

struct ScenarioPlan {
  std::size_t depth = 1;  // conditions of a cause
  std::size_t failures = 100;
  std::size_t units = 60'000;
  Null null = Null::none;
  const std::vector<FieldShape>* fields = &realistic_fields();
  bool has_before = false;  // always; else in four of five scenarios
  std::size_t bursts = 0;   // that the units come in; 0: they come evenly
};

class ScenarioMaker {
 public:
  ScenarioMaker(std::uint64_t seed, ScenarioPlan plan) : dice_(mixed(seed, plan) + 1), plan_(plan) {
    made_.traffic = TrafficMaker(mixed(seed, plan), plan.units, 3600).make(*plan.fields);
    if (plan.bursts > 0) gather_in_bursts();
    made_.traffic.onset = traffic().length * dice_.between(0.35, 0.65);
    made_.has_before = plan.null != Null::none || !dice_.chance(0.2) || plan.has_before;
    rate_ = dice_.between_logs(0.001, 0.01);
  }

  Scenario make() {
    switch (plan_.null) {
      case Null::none: plant(); break;
      case Null::independent: scatter(1); break;
      case Null::retries: scatter(1), retry(3, false); break;
      case Null::storms: scatter(0.5), retry(1.5, true); break;
      case Null::minutes: scatter(1, 1.5); break;
      case Null::noisy_tenant: scatter(1), noisy(false); break;
      case Null::noisy_bursts: scatter(1), noisy(true); break;
      case Null::mix: mix(); break;
      case Null::grown: grow(part_with_share(0.02, 0.1), 4), scatter(1); break;
      case Null::everyone: scatter(1, 0.3, 5); break;
      case Null::everyone_bursts: scatter(0.4, 0.3, 5), retry(2.5, false); break;
    }
    return std::move(made_);
  }

 private:
  // Each setting has traffic of its own: runs are to be independent of each other.
  static std::uint64_t mixed(std::uint64_t seed, const ScenarioPlan& plan) {
    Dice dice(seed * 1'000'003 + plan.depth * 10'007 + plan.failures * 101 +
              static_cast<std::uint64_t>(plan.null));
    return dice.bits();
  }
  Traffic& traffic() { return made_.traffic; }
  // The same units, in the same order, in a twentieth of the time.
  void gather_in_bursts() {
    const double period = traffic().length / static_cast<double>(plan_.bursts);
    for (double& start : traffic().starts) {
      const double begun = std::floor(start / period) * period;
      start = begun + (start - begun) / 20;
    }
  }
  bool after(std::size_t unit) { return traffic().starts[unit] >= traffic().onset; }

  // Background: the rate changes from minute to minute by `spread` (deviation of its logarithm).
  void scatter(double times, double spread = 0.3, double rise = 1) {
    std::vector<double> of_minute;
    for (std::size_t i = 0; i <= 60; ++i) of_minute.push_back(std::exp(spread * dice_.normal()));
    for (std::size_t unit = 0; unit < traffic().size(); ++unit) {
      const auto minute = static_cast<std::size_t>(traffic().starts[unit] / 60);
      const double rate = rate_ * times * of_minute[minute] * (after(unit) ? rise : 1);
      if (dice_.chance(std::min(rate, 0.5))) traffic().bad[unit] = 1;
    }
  }

  // Each failure takes the place of some of the units that follow within half a minute: the same
  // request, tried again. Sizes are geometric, or of a heavy tail (Pareto's, at most 80).
  void retry(double mean, bool heavy) {
    std::vector<std::size_t> heads;
    for (std::size_t unit = 0; unit < traffic().size(); ++unit) {
      if (traffic().bad[unit] != 0) heads.push_back(unit);
    }
    const auto near = static_cast<std::size_t>(static_cast<double>(plan_.units) / 120);
    for (const std::size_t head : heads) {
      double count = std::floor(std::log(1 - dice_.uniform()) / std::log(mean / (mean + 1)));
      if (heavy) count = std::min(80.0, std::floor(std::pow(1 - dice_.uniform(), -1 / 1.2) - 0.5));
      for (double i = 0; i < count; ++i) {
        const std::size_t unit = head + 1 + dice_.below(near);
        if (unit >= traffic().size()) continue;
        traffic().copy_unit(head, unit);
        traffic().bad[unit] = 1;
      }
    }
  }

  double share_after(const std::vector<std::uint8_t>& holds) {
    double all = 0;
    double inside = 0;
    for (std::size_t unit = 0; unit < traffic().size(); ++unit) {
      all += after(unit) ? 1 : 0;
      inside += after(unit) ? holds[unit] : 0;
    }
    return inside / all;
  }

  // A value of a field whose share of the traffic lies between the two.
  Condition part_with_share(double least, double most) {
    for (;;) {
      const std::vector<Condition> one = conditions_of(dice_.below(traffic().size()), 1);
      const double share = one.empty() ? 0 : share_after(traffic().holds(one));
      if (one.size() == 1 && share >= least && share <= most) return one.front();
    }
  }

  void noisy(bool bursts) {
    const UnitField& tenant = traffic().field("tenant");
    const std::uint32_t noisy = 1 + static_cast<std::uint32_t>(dice_.below(12));
    std::vector<double> at;
    for (std::size_t i = 0; i < 10; ++i) at.push_back(dice_.between(0, traffic().length));
    double others = 0;
    std::vector<std::size_t> its;
    for (std::size_t unit = 0; unit < traffic().size(); ++unit) {
      others += traffic().bad[unit];
      if (tenant.codes[unit] != noisy) continue;
      const double start = traffic().starts[unit];
      const bool in_burst = std::any_of(
          at.begin(), at.end(), [&](double from) { return start >= from && start < from + 60; });
      if (!bursts || in_burst) its.push_back(unit);
    }
    const double wanted = others * 0.3 / 0.7 / std::max<double>(1, static_cast<double>(its.size()));
    for (const std::size_t unit : its) {
      if (dice_.chance(std::min(0.9, wanted))) traffic().bad[unit] = 1;
    }
  }

  // Units outside the part become like some of its own, until it has that many times its share.
  void grow(const Condition& part, double times) {
    const std::vector<std::uint8_t> inside = traffic().holds(part);
    const double share = share_after(inside);
    const double turned = share * (times - 1) / (1 - share);
    std::vector<std::size_t> models;
    for (std::size_t unit = 0; unit < traffic().size(); ++unit) {
      if (inside[unit] != 0) models.push_back(unit);
    }
    for (std::size_t unit = 0; unit < traffic().size(); ++unit) {
      if (!after(unit) || inside[unit] != 0 || !dice_.chance(turned)) continue;
      traffic().copy_unit(models[dice_.below(models.size())], unit);
    }
  }

  void always_bad(const Condition& part, double times) {
    const std::vector<std::uint8_t> inside = traffic().holds(part);
    for (std::size_t unit = 0; unit < traffic().size(); ++unit) {
      if (inside[unit] != 0 && dice_.chance(rate_ * (times - 1))) traffic().bad[unit] = 1;
    }
  }

  void mix() {
    rate_ = dice_.between_logs(0.001, 0.005);
    const Condition part = part_with_share(0.05, 0.15);
    grow(part, 4);
    scatter(1);
    always_bad(part, dice_.between(8, 20));
  }

  // What a unit is, in `depth` conditions on different fields; empty: it does not suit.
  std::vector<Condition> conditions_of(std::size_t unit, std::size_t depth) {
    std::vector<Condition> made;
    for (std::size_t tries = 0; made.size() < depth && tries < 50; ++tries) {
      const UnitField& field = traffic().fields[dice_.below(traffic().fields.size())];
      if (field.values.empty() || field.name == "user_id") continue;
      if (std::any_of(made.begin(), made.end(),
                      [&](const Condition& one) { return one.field == field.name; })) {
        continue;
      }
      if (const auto condition = condition_of(field, unit)) made.push_back(*condition);
    }
    return made;
  }

  std::optional<Condition> condition_of(const UnitField& field, std::size_t unit) {
    const std::uint32_t code = field.codes[unit];
    if (code == 0) return Condition{field.name, Condition::Op::absent, "", 0};
    const std::string& value = field.values[code - 1];
    if (!field.numbers || field.name == "db_shard") {
      return Condition{field.name, Condition::Op::is, value, 0};
    }
    std::vector<double> sorted;
    for (std::size_t other = 0; other < traffic().size(); other += 16) {
      const std::uint32_t at = field.codes[other];
      if (at != 0) sorted.push_back(number_in(field.values[at - 1]).value_or(0));
    }
    std::sort(sorted.begin(), sorted.end());
    const double quantile = dice_.between(0.05, 0.95);
    const double cut =
        sorted[static_cast<std::size_t>(quantile * static_cast<double>(sorted.size()))];
    const double number = number_in(value).value_or(0);
    return Condition{field.name, number > cut ? Condition::Op::above : Condition::Op::at_most, "",
                     cut};
  }

  double count_after(const std::vector<Condition>& conditions) {
    return share_after(traffic().holds(conditions)) * units_after();
  }
  double units_after() {
    double count = 0;
    for (std::size_t unit = 0; unit < traffic().size(); ++unit) count += after(unit) ? 1 : 0;
    return count;
  }

  // Whether each condition matters: without any of them there are 1.5 times the units.
  bool suits(const std::vector<Condition>& conditions, double least, double most) {
    const double count = count_after(conditions);
    if (count < least || count > most) return false;
    for (std::size_t i = 0; i < conditions.size(); ++i) {
      std::vector<Condition> wider = conditions;
      wider.erase(wider.begin() + static_cast<std::ptrdiff_t>(i));
      if (count_after(wider) < 1.5 * count) return false;
    }
    return true;
  }

  std::vector<Condition> cause(double least, double most) {
    for (std::size_t tries = 0; tries < 1000; ++tries) {
      const std::vector<Condition> made = conditions_of(dice_.below(traffic().size()), plan_.depth);
      if (made.size() == plan_.depth && suits(made, least, most)) return made;
    }
    return {};
  }

  // Whether two causes hit different units, by and large.
  bool apart(const std::vector<Condition>& a, const std::vector<Condition>& b) {
    std::vector<Condition> both = a;
    both.insert(both.end(), b.begin(), b.end());
    return count_after(both) <= 0.25 * std::min(count_after(a), count_after(b));
  }

  void plant() {
    // Without a time before nobody could know that a part was always worse.
    if (made_.has_before && dice_.chance(0.3)) {
      always_bad(part_with_share(0.03, 0.3), dice_.between(3, 6));
    }
    const std::size_t background = dice_.below(3);
    scatter(background == 1 ? 0.3 : 1, background == 2 ? 0.8 : 0.3);
    if (background == 1) retry(2, false);
    const std::size_t causes = dice_.chance(0.2) ? 2 : 1;
    const auto failures = static_cast<double>(plan_.failures);
    made_.failures = failures;
    for (std::size_t i = 0; i < causes; ++i) {
      // They fail clearly more often than the rest, not always, and are not most of the traffic.
      const double least_rate = std::max({0.03, 5 * rate_, failures / (0.4 * units_after())});
      const double rate = dice_.between_logs(least_rate, 0.9);
      const std::vector<Condition> made = cause(failures / rate / 1.3, failures / rate * 1.3);
      const auto meets = [&](const std::vector<Condition>& other) { return !apart(made, other); };
      if (made.empty() || std::any_of(made_.causes.begin(), made_.causes.end(), meets)) continue;
      const std::vector<std::uint8_t> inside = traffic().holds(made);
      std::vector<std::size_t> its;
      for (std::size_t unit = 0; unit < traffic().size(); ++unit) {
        if (inside[unit] != 0 && after(unit)) its.push_back(unit);
      }
      dice_.shuffle(its);
      its.resize(std::min(its.size(), plan_.failures));
      for (const std::size_t unit : its) traffic().bad[unit] = 1;
      made_.causes.push_back(made);
    }
  }

  Throws dice_;
  ScenarioPlan plan_;
  double rate_ = 0.005;  // of failures in the background
  Scenario made_;
};

}  // namespace culprit
