// Traffic is units with forty fields as production has them, and failures whose cause is known.
//
// Fields hang together: a host lies in a zone, a zone in a region; a route belongs to a service, a
// tenant has a plan, a country suits its region with exceptions; shares fall by Zipf's law; some
// fields are missing on most units, some are numbers, some ids. What fails is planted: conjunctions
// of one to three conditions, failures that come in clusters, a tenant that never behaved, a part
// of the traffic that was always bad and grows. The same seed gives the same units.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/dice.h"
#include "contrast/segment.h"
#include "store/embedded/embedded.h"

namespace culprit {

// Throws of a Dice in the shapes that traffic has.
class Throws {
 public:
  explicit Throws(std::uint64_t seed) : dice_(seed) {}
  double uniform() { return dice_.uniform(); }
  double between(double from, double to) { return from + (to - from) * uniform(); }
  double between_logs(double from, double to) {
    return std::exp(between(std::log(from), std::log(to)));
  }
  std::size_t below(std::size_t count) { return dice_.below(count); }
  std::size_t from_to(std::size_t from, std::size_t to) { return from + below(to - from + 1); }
  bool chance(double probability) { return uniform() < probability; }
  double normal() {
    const double radius = std::sqrt(-2 * std::log(1 - uniform()));
    return radius * std::cos(2 * std::numbers::pi * uniform());
  }
  template <typename Item>
  void shuffle(std::vector<Item>& items) {
    for (std::size_t i = items.size(); i > 1; --i) std::swap(items[i - 1], items[below(i)]);
  }

 private:
  Dice dice_;
};

// Draws 0 to count - 1 by given weights in one step (Walker's aliases, 1977).
class Weighted {
 public:
  explicit Weighted(std::vector<double> weights)
      : keep_(weights.size(), 1), other_(weights.size()) {
    const double sum = std::accumulate(weights.begin(), weights.end(), 0.0);
    std::vector<std::size_t> small;
    std::vector<std::size_t> large;
    for (std::size_t i = 0; i < weights.size(); ++i) {
      weights[i] *= static_cast<double>(weights.size()) / sum;
      (weights[i] < 1 ? small : large).push_back(i);
    }
    while (!small.empty() && !large.empty()) {
      const std::size_t low = small.back();
      small.pop_back();
      keep_[low] = weights[low];
      other_[low] = static_cast<std::uint32_t>(large.back());
      weights[large.back()] -= 1 - weights[low];
      if (weights[large.back()] >= 1) continue;
      small.push_back(large.back());
      large.pop_back();
    }
  }
  // The i-th has weight i^-exponent; 0: all alike.
  static Weighted zipf(std::size_t count, double exponent) {
    std::vector<double> weights;
    for (std::size_t i = 1; i <= count; ++i) {
      weights.push_back(std::pow(static_cast<double>(i), -exponent));
    }
    return Weighted(std::move(weights));
  }
  std::uint32_t draw(Throws& dice) const {
    const double at = dice.uniform() * static_cast<double>(keep_.size());
    const auto i = static_cast<std::uint32_t>(at);
    return at - i < keep_[i] ? i : other_[i];
  }

 private:
  std::vector<double> keep_;
  std::vector<std::uint32_t> other_;
};

// How a field's values come about.
struct FieldShape {
  enum class Kind : std::uint8_t {
    free,     // of its own
    refines,  // each value belongs to one of the parent's: `count` values a parent's value
    follows,  // a function of the parent's value, but for a share `noise` of the units
    renames,  // one to one
    rollout,  // of version: the next one comes host by host, over time
    number,   // exp(normal(count, exponent)), rounded; integer
    id        // each unit its own
  };
  const char* name;
  Kind kind;
  const char* parent = "";
  double least = 2;  // values; number: the mean of the logarithm
  double most = 2;
  double exponent = 0.9;  // of Zipf's law; number: the deviation of the logarithm
  double noise = 0;
  double missing = 0;
  bool digits = false;  // its values are spelled as plain integers
};

inline const std::vector<FieldShape>& realistic_fields() {
  using enum FieldShape::Kind;
  static const std::vector<FieldShape> shapes = {
      {"region", free, "", 3, 6, 0.8},
      {"az", refines, "region", 2, 3, 0.4},
      {"host", refines, "az", 4, 20, 0.2},
      {"pod", refines, "host", 2, 3, 0.1},
      {"rack", follows, "host", 8, 16, 0},
      {"cluster", follows, "az", 3, 5, 0},
      {"service", free, "", 4, 10, 0.9},
      {"route", refines, "service", 3, 8, 0.9},
      {"handler", renames, "route"},
      {"method", follows, "route", 3, 4, 0.8},
      {"protocol", free, "", 2, 3, 1.2},
      {"content_type", follows, "route", 4, 6, 0.9, 0.1},
      {"cache", free, "", 3, 3, 0.8, 0, 0.3},
      {"upstream", follows, "route", 6, 12, 0.7, 0.05, 0.1},
      {"db_shard", free, "", 16, 64, 0.2, 0, 0, true},
      {"cache_node", free, "", 8, 32, 0.4},
      {"tenant", free, "", 500, 5000, 1.05},
      {"plan", follows, "tenant", 3, 5, 0.7},
      {"user_id", refines, "tenant", 8, 40, 0.6},
      {"session_id", id},
      {"country", follows, "region", 30, 80, 0.9, 0.4},
      {"language", follows, "country", 12, 25, 0.9, 0.1},
      {"currency", follows, "country", 8, 12, 0.8},
      {"device", free, "", 3, 4, 0.9},
      {"os", follows, "device", 5, 7, 0.7, 0.15},
      {"os_version", refines, "os", 3, 6, 0.9},
      {"browser", follows, "os", 5, 8, 0.9, 0.3},
      {"browser_version", refines, "browser", 4, 10, 0.9},
      {"app_version", free, "", 10, 30, 0.9, 0, 0.4},
      {"version", rollout, "host", 3, 3},
      {"image", renames, "version"},
      {"flag_checkout", free, "", 2, 2, 0.3},
      {"flag_search", free, "", 2, 2, 2.5},
      {"experiment", free, "", 4, 6, 0.3, 0, 0.2},
      {"config", follows, "host", 3, 4, 0.8},
      {"payment", free, "", 4, 6, 0.8, 0, 0.6},
      {"payload_bytes", number, "", 8, 8, 1.4},
      {"items", number, "", 1.2, 1.2, 0.8},
      {"queue_depth", number, "", 2.5, 2.5, 1, 0, 0.5},
      {"account_age", number, "", 5.5, 5.5, 1.1},
  };
  return shapes;
}

// Nothing hangs together: forty fields of 2 to 5,000 values, each as frequent as the others.
inline const std::vector<FieldShape>& independent_fields() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> made;
    for (int i = 0; i < 40; ++i) made.push_back(fmt::format("field_{:02}", i));
    return made;
  }();
  static const std::vector<FieldShape> shapes = [] {
    std::vector<FieldShape> made;
    for (std::size_t i = 0; i < names.size(); ++i) {
      const double values = std::round(2 * std::pow(2500, static_cast<double>(i) / 39));
      made.push_back({names[i].c_str(), FieldShape::Kind::free, "", values, values, 0});
    }
    return made;
  }();
  return shapes;
}

// One field of all units: the place in `values` + 1, or 0 where a unit lacks it. An id of its own
// for each unit has no values listed.
struct UnitField {
  std::string name;
  std::vector<std::string> values;
  std::vector<std::uint32_t> codes;
  bool numbers = false;  // thresholds make sense
};

struct Traffic {
  std::vector<UnitField> fields;
  std::vector<double> starts;  // seconds, ascending
  std::vector<std::uint8_t> bad;
  double length = 3600;
  double onset = 1800;

  std::size_t size() const { return starts.size(); }
  const UnitField& field(std::string_view name) const {
    return *std::find_if(fields.begin(), fields.end(),
                         [&](const UnitField& one) { return one.name == name; });
  }
  // Whether units meet a condition, by unit.
  std::vector<std::uint8_t> holds(const Condition& condition) const;
  std::vector<std::uint8_t> holds(const std::vector<Condition>& conditions) const;
  // The unit that `to` was becomes one like `from` (but for its id).
  void copy_unit(std::size_t from, std::size_t to) {
    for (UnitField& one : fields) {
      if (!one.values.empty()) one.codes[to] = one.codes[from];
    }
  }
};

// Whether a condition holds, by code of its field.
inline std::vector<std::uint8_t> holding_codes(const UnitField& field, const Condition& condition) {
  std::vector<std::uint8_t> at(field.values.size() + 1, 0);
  at[0] = condition.op == Condition::Op::absent;
  for (std::size_t i = 0; i < field.values.size(); ++i) {
    if (condition.op == Condition::Op::is) {
      at[i + 1] = field.values[i] == condition.value;
    } else if (condition.op != Condition::Op::absent) {
      const double number = number_in(field.values[i]).value_or(NAN);
      at[i + 1] = condition.op == Condition::Op::above ? number > condition.number
                                                       : number <= condition.number;
    }
  }
  return at;
}

inline std::vector<std::uint8_t> Traffic::holds(const Condition& condition) const {
  const UnitField& one = field(condition.field);
  const std::vector<std::uint8_t> at = holding_codes(one, condition);
  std::vector<std::uint8_t> found(size());
  for (std::size_t unit = 0; unit < size(); ++unit) found[unit] = at[one.codes[unit]];
  return found;
}

inline std::vector<std::uint8_t> Traffic::holds(const std::vector<Condition>& conditions) const {
  std::vector<std::uint8_t> all(size(), 1);
  for (const Condition& condition : conditions) {
    const std::vector<std::uint8_t> one = holds(condition);
    for (std::size_t unit = 0; unit < size(); ++unit) all[unit] &= one[unit];
  }
  return all;
}

// Makes the fields one after the other; `Draw` is given the unit.
class TrafficMaker {
 public:
  TrafficMaker(std::uint64_t seed, std::size_t units, double length) : dice_(seed) {
    traffic_.length = length;
    for (std::size_t i = 0; i < units; ++i) traffic_.starts.push_back(dice_.between(0, length));
    std::sort(traffic_.starts.begin(), traffic_.starts.end());
    traffic_.bad.assign(units, 0);
  }

  Traffic make(const std::vector<FieldShape>& shapes) {
    for (const FieldShape& shape : shapes) add(shape);
    return std::move(traffic_);
  }

 private:
  using Kind = FieldShape::Kind;

  void add(const FieldShape& shape) {
    UnitField made;
    made.name = shape.name;
    made.codes.resize(traffic_.size());
    switch (shape.kind) {
      case Kind::free: free(shape, made); break;
      case Kind::refines: refine(shape, made); break;
      case Kind::follows: follow(shape, made); break;
      case Kind::renames: rename(shape, made); break;
      case Kind::rollout: roll_out(shape, made); break;
      case Kind::number: number(shape, made); break;
      case Kind::id:
        for (std::uint32_t unit = 0; unit < traffic_.size(); ++unit) made.codes[unit] = unit + 1;
    }
    if (shape.missing > 0) {
      for (std::uint32_t& code : made.codes) code = dice_.chance(shape.missing) ? 0 : code;
    }
    traffic_.fields.push_back(std::move(made));
  }

  std::size_t count_of(const FieldShape& shape) {
    return dice_.from_to(static_cast<std::size_t>(shape.least),
                         static_cast<std::size_t>(shape.most));
  }
  static void name_values(const FieldShape& shape, std::size_t count, UnitField& made) {
    for (std::size_t i = 0; i < count; ++i) {
      made.values.push_back(shape.digits ? std::to_string(i) : fmt::format("{}-{}", shape.name, i));
    }
    made.numbers = shape.digits;
  }

  void free(const FieldShape& shape, UnitField& made) {
    const std::size_t count = count_of(shape);
    name_values(shape, count, made);
    const Weighted weighted = Weighted::zipf(count, shape.exponent);
    for (std::uint32_t& code : made.codes) code = weighted.draw(dice_) + 1;
  }

  void refine(const FieldShape& shape, UnitField& made) {
    const UnitField& parent = traffic_.field(shape.parent);
    const std::size_t each = count_of(shape);
    name_values(shape, each * parent.values.size(), made);
    const Weighted weighted = Weighted::zipf(each, shape.exponent);
    for (std::size_t unit = 0; unit < traffic_.size(); ++unit) {
      const std::uint32_t above = parent.codes[unit];
      made.codes[unit] =
          above == 0 ? 0
                     : (above - 1) * static_cast<std::uint32_t>(each) + weighted.draw(dice_) + 1;
    }
  }

  void follow(const FieldShape& shape, UnitField& made) {
    const UnitField& parent = traffic_.field(shape.parent);
    const std::size_t count = count_of(shape);
    name_values(shape, count, made);
    const Weighted weighted = Weighted::zipf(count, shape.exponent);
    std::vector<std::uint32_t> of_parent;
    for (std::size_t i = 0; i <= parent.values.size(); ++i) {
      of_parent.push_back(weighted.draw(dice_) + 1);
    }
    for (std::size_t unit = 0; unit < traffic_.size(); ++unit) {
      made.codes[unit] =
          dice_.chance(shape.noise) ? weighted.draw(dice_) + 1 : of_parent[parent.codes[unit]];
    }
  }

  void rename(const FieldShape& shape, UnitField& made) {
    const UnitField& parent = traffic_.field(shape.parent);
    name_values(shape, parent.values.size(), made);
    made.codes = parent.codes;
  }

  // Two versions throughout; a third reaches host after host in the second half.
  void roll_out(const FieldShape& shape, UnitField& made) {
    const UnitField& parent = traffic_.field(shape.parent);
    made.values = {"v1.8.1", "v1.8.2", "v1.9.0"};
    std::vector<double> at;
    std::vector<std::uint32_t> first;
    for (std::size_t i = 0; i <= parent.values.size(); ++i) {
      at.push_back(traffic_.length * dice_.between(0.45, 0.9));
      first.push_back(dice_.chance(0.8) ? 1 : 2);
    }
    for (std::size_t unit = 0; unit < traffic_.size(); ++unit) {
      const std::uint32_t host = parent.codes[unit];
      made.codes[unit] = traffic_.starts[unit] > at[host] ? 3 : first[host];
    }
  }

  void number(const FieldShape& shape, UnitField& made) {
    for (std::uint32_t& code : made.codes) {
      code = static_cast<std::uint32_t>(
          std::min(1e8, std::round(std::exp(shape.least + shape.exponent * dice_.normal()))));
    }
    std::vector<std::uint32_t> values = made.codes;
    std::sort(values.begin(), values.end());
    values.erase(std::unique(values.begin(), values.end()), values.end());
    for (const std::uint32_t value : values) made.values.push_back(std::to_string(value));
    for (std::uint32_t& code : made.codes) {
      const auto at = std::lower_bound(values.begin(), values.end(), code);
      code = static_cast<std::uint32_t>(at - values.begin()) + 1;
    }
    made.numbers = true;
  }

  Throws dice_;
  Traffic traffic_;
};

constexpr std::int64_t traffic_epoch = 1'763'640'000'000'000'000;  // 2025-11-20T12:00Z
inline Time traffic_time(double second) {
  return from_nanoseconds(traffic_epoch) + from_seconds(second);
}

// The Codes of a field's values, in their order; the texts that need it go into the dictionary.
inline std::vector<Code> codes_of(const UnitField& field, EvidenceField& made) {
  made.values.clear();
  std::vector<std::optional<Code>> numbers;
  for (const std::string& value : field.values) {
    numbers.push_back(code::of_text(value));
    if (!numbers.back() && !made.many) made.values.push_back(value);
  }
  std::sort(made.values.begin(), made.values.end());
  std::vector<Code> codes;
  for (std::size_t i = 0; i < field.values.size(); ++i) {
    if (numbers[i]) {
      codes.push_back(*numbers[i]);
    } else if (made.many) {
      codes.push_back(code::of_hash(hash_of(field.values[i])));
    } else {
      const auto at = std::lower_bound(made.values.begin(), made.values.end(), field.values[i]);
      codes.push_back(static_cast<Code>(at - made.values.begin()));
    }
  }
  return codes;
}

// What reading these units from lines would have kept: a unit is a line, and says whether it
// failed.
inline Evidence evidence_of(const Traffic& traffic) {
  constexpr std::size_t values_most = 65'536;  // of a field that are told apart (shard.h)
  constexpr std::size_t block_rows = 24'576;
  Evidence evidence;
  evidence.skeletons.push_back({});
  std::vector<const UnitField*> fields;
  for (const UnitField& field : traffic.fields) fields.push_back(&field);
  std::sort(fields.begin(), fields.end(),
            [](const UnitField* a, const UnitField* b) { return a->name < b->name; });
  std::vector<std::vector<Code>> codes;
  for (const UnitField* field : fields) {
    EvidenceField made;
    made.name = field->name;
    made.role = role_of(field->name);
    made.slot = false;
    made.many = field->values.empty() || field->values.size() > values_most;
    codes.push_back(codes_of(*field, made));
    evidence.fields.push_back(std::move(made));
  }
  for (std::size_t from = 0; from < traffic.size(); from += block_rows) {
    const std::size_t rows = std::min(block_rows, traffic.size() - from);
    Block block;
    std::vector<std::int64_t> times;
    for (std::size_t row = 0; row < rows; ++row) {
      times.push_back(nanoseconds(traffic_time(traffic.starts[from + row])));
      block.units.push_back(static_cast<std::uint32_t>(from + row));
      block.flags.push_back(traffic.bad[from + row] != 0 ? row_bad : 0);
    }
    block.offsets.assign(rows, 0);
    block.times = Times(std::move(times));
    block.skeletons = RowNumbers(std::vector<std::uint32_t>(rows, 0));
    for (std::size_t f = 0; f < fields.size(); ++f) {
      OpenColumn open;
      for (std::size_t row = 0; row < rows; ++row) {
        const std::uint32_t code = fields[f]->codes[from + row];
        if (code == 0) continue;
        const Code value = codes[f].empty() ? code::of_hash(code * 0x9E37'79B9'7F4A'7C15ULL >> 32)
                                            : codes[f][code - 1];
        open.add(static_cast<std::uint16_t>(row), value);
        ++evidence.fields[f].events;
        evidence.fields[f].numbers += code::is_number(value) ? 1 : 0;
      }
      if (!open.empty()) block.columns.push_back(open.close(static_cast<FieldId>(f), rows));
    }
    evidence.blocks.push_back(std::move(block));
  }
  for (const double start : traffic.starts) {
    evidence.units.starts.push_back(nanoseconds(traffic_time(start)));
  }
  evidence.units.shifts.assign(traffic.size(), 0);
  evidence.units.outcomes.assign(traffic.size(), -1);
  evidence.schema.events = traffic.size();
  evidence.schema.from = traffic_time(0);
  evidence.schema.to = traffic_time(traffic.length);
  evidence.schema.unit.how = "line";
  return evidence;
}

inline OutcomeRule told_failure() {
  OutcomeRule rule;
  rule.how = OutcomeRule::How::given;
  rule.bad = equals("failed", "yes");
  return rule;
}

}  // namespace culprit
