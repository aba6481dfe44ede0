#include "contrast/roster.h"

#include <algorithm>
#include <unordered_map>

#include "base/bits.h"

namespace culprit {
namespace {

constexpr double failing_least = 5;      // rows that a condition worth a look has
constexpr double outside_min = 0.02;     // of a field's carriers that a threshold must leave out
constexpr std::size_t cuts_listed = 16;  // of an axis, evenly; the others refine what is found

}  // namespace

// Failures after the onset stand first, then what else there is after it, then what was before.
Roster::Roster(const ExtractTally& extract, const std::vector<Axis>& axes,
               const std::set<std::string>& outcomes, std::size_t befores)
    : whole_(extract.whole) {
  std::size_t rows = 0;
  for (const ExtractTally::Slot& slot : extract.slots) rows += slot.rows;
  bit_of_.resize(rows);
  for (const auto& [after, bad] : {std::pair{true, true}, std::pair{true, false},
                                   std::pair{false, true}, std::pair{false, false}}) {
    std::size_t row = 0;
    for (const ExtractTally::Slot& slot : extract.slots) {
      if ((slot.window >= befores) == after && slot.bad == bad) {
        const std::size_t words = (slot.rows + 63) / 64;
        parts_.push_back({words_, words_ + words, slot.weight, slot.window, bad, after});
        for (std::size_t i = 0; i < slot.rows; ++i) bit_of_[row + i] = words_ * 64 + i;
        words_ += words;
      }
      row += slot.rows;
    }
    if (after && bad) failing_words_ = words_;
  }
  all_.resize(words_);
  for (const std::size_t bit : bit_of_) all_[bit / 64] |= 1ULL << (bit % 64);
  for (std::size_t axis = 0; axis < axes.size(); ++axis) {
    const auto column =
        std::find_if(extract.columns.begin(), extract.columns.end(),
                     [&](const ExtractColumn& one) { return one.field == axes[axis].field; });
    if (column == extract.columns.end()) continue;
    if (axes[axis].cuts.empty()) {
      add_values(*column, axes[axis], axis);
    } else {
      add_cuts(*column, axes[axis], axis);
    }
    const bool said = std::any_of(axes.begin(), axes.begin() + static_cast<std::ptrdiff_t>(axis),
                                  [&](const Axis& one) { return one.field == axes[axis].field; });
    if (!said && !outcomes.contains(axes[axis].field)) add_absence(*column, axes[axis], axis);
  }
}

// Of the units, those with each of these numbers.
std::vector<Roster::Words> Roster::sorted_by(const ExtractColumn& column,
                                             const std::vector<std::uint32_t>& place_of,
                                             std::size_t places) const {
  std::vector<Words> made(places, Words(words_));
  const auto add = [&](std::uint32_t row, std::uint32_t number) {
    const std::uint32_t place = place_of[number];
    if (place == 0) return;
    made[place - 1][bit_of_[row] / 64] |= 1ULL << (bit_of_[row] % 64);
  };
  for (std::uint32_t row = 0; row < column.first.size(); ++row) add(row, column.first[row]);
  for (const auto& [row, number] : column.more) add(row, number);
  return made;
}

void Roster::add(Condition condition, std::size_t axis, Words units, Listed listed) {
  const std::span<const std::uint64_t> bits(units);
  double failing_before = 0;
  for (const Part& part : parts_) {
    if (part.bad && !part.after) {
      failing_before += static_cast<double>(ones_in(bits.subspan(part.from, part.to - part.from)));
    }
  }
  const auto failing_after = static_cast<double>(ones_in(bits.first(failing_words_)));
  if (failing_after < failing_least && failing_before < 2 * failing_least) return;
  members_.push_back({std::move(condition), axis, std::move(units), listed});
}

void Roster::add_values(const ExtractColumn& column, const Axis& axis, std::size_t number) {
  std::unordered_map<std::string_view, std::uint32_t> place_of_text;
  const std::vector<std::string>& texts = axis.values.empty() ? column.values : axis.values;
  for (const std::string& text : texts) {
    place_of_text.emplace(text, static_cast<std::uint32_t>(place_of_text.size() + 1));
  }
  std::vector<std::uint32_t> place_of = {0};
  for (const std::string& text : column.values) {
    const auto found = place_of_text.find(text);
    place_of.push_back(found == place_of_text.end() ? 0 : found->second);
  }
  std::vector<Words> units = sorted_by(column, place_of, texts.size());
  for (std::size_t i = 0; i < texts.size(); ++i) {
    add({axis.field, Condition::Op::is, texts[i], 0}, number, std::move(units[i]), Listed::yes);
  }
}

void Roster::add_cuts(const ExtractColumn& column, const Axis& axis, std::size_t number) {
  std::vector<std::uint32_t> place_of = {0};
  for (const std::string& text : column.values) {
    const std::optional<double> value = number_in(text);
    const auto bin = std::lower_bound(axis.cuts.begin(), axis.cuts.end(), value.value_or(0));
    place_of.push_back(value ? static_cast<std::uint32_t>(bin - axis.cuts.begin()) + 1 : 0);
  }
  const std::vector<Words> bins = sorted_by(column, place_of, axis.cuts.size() + 1);
  const std::size_t apart = (axis.cuts.size() + cuts_listed - 1) / cuts_listed;
  Words below(words_);
  std::vector<Words> above(axis.cuts.size(), Words(words_));
  Words more(words_);
  for (std::size_t cut = axis.cuts.size(); cut-- > 0;) {
    for (std::size_t i = 0; i < words_; ++i) more[i] |= bins[cut + 1][i];
    above[cut] = more;
  }
  for (std::size_t i = 0; i < words_; ++i) more[i] |= bins[0][i];
  const double carriers = counted(more, more).after.total;
  for (std::size_t cut = 0; cut < axis.cuts.size(); ++cut) {
    for (std::size_t i = 0; i < words_; ++i) below[i] |= bins[cut][i];
    const Listed listed = cut % apart == 0 ? Listed::yes : Listed::refines;
    const double at = axis.cuts[cut];
    // What nearly all carriers are in says that the field is there, and no more.
    const bool above_tells = counted(below, below).after.total >= outside_min * carriers;
    const bool below_tells = counted(above[cut], above[cut]).after.total >= outside_min * carriers;
    if (above_tells) {
      add({axis.field, Condition::Op::above, "", at}, number, std::move(above[cut]), listed);
    }
    if (below_tells) {
      add({axis.field, Condition::Op::at_most, "", at}, number, below, listed);
    }
  }
}

void Roster::add_absence(const ExtractColumn& column, const Axis& axis, std::size_t number) {
  std::vector<std::uint32_t> place_of(column.values.size() + 1);
  place_of[0] = 1;
  add({axis.field, Condition::Op::absent, "", 0}, number,
      std::move(sorted_by(column, place_of, 1).front()), Listed::yes);
}

Counted Roster::counted(std::span<const std::uint64_t> a, std::span<const std::uint64_t> b) const {
  Counted made;
  for (const Part& part : parts_) {
    const std::size_t size = part.to - part.from;
    if (size == 0) continue;
    const double units =
        part.weight * static_cast<double>(ones_in_both(a.subspan(part.from, size),  //
                                                       b.subspan(part.from, size)));
    Counts& counts = part.after ? made.after : made.before;
    counts.total += units;
    counts.bad += part.bad ? units : 0;
  }
  return made;
}

Counted Roster::whole() const { return counted(all_, all_); }

double Roster::failing(std::span<const std::uint64_t> a, std::span<const std::uint64_t> b) const {
  double sum = 0;
  for (const Part& part : parts_) {
    if (part.to > failing_words_) break;
    const std::size_t size = part.to - part.from;
    sum += part.weight * static_cast<double>(
                             ones_in_both(a.subspan(part.from, size), b.subspan(part.from, size)));
  }
  return sum;
}

const Roster::Member* Roster::member_of(const Condition& condition) const {
  const auto found = std::find_if(members_.begin(), members_.end(), [&](const Member& member) {
    return member.condition == condition;
  });
  return found == members_.end() ? nullptr : &*found;
}

void Roster::take_out(const Conditions& conditions) {
  Words out = all_;
  for (const Condition& condition : conditions) {
    const Member* member = member_of(condition);
    if (member == nullptr) return;
    for (std::size_t i = 0; i < words_; ++i) out[i] &= member->units[i];
  }
  for (std::size_t i = 0; i < words_; ++i) all_[i] &= ~out[i];
  for (Member& member : members_) {
    for (std::size_t i = 0; i < words_; ++i) member.units[i] &= ~out[i];
  }
}

Roster::Words Roster::meeting(const std::vector<std::uint32_t>& members) const {
  Words made = all_;
  for (const std::uint32_t member : members) {
    for (std::size_t i = 0; i < words_; ++i) made[i] &= members_[member].units[i];
  }
  return made;
}

double Roster::likeness(const Condition& a, const Condition& b) const {
  const Member* one = member_of(a);
  const Member* other = member_of(b);
  if (one == nullptr || other == nullptr) return 0;
  const auto sum = [](const Counted& counted) {
    Counts counts = counted.before;
    counts += counted.after;
    return counts;
  };
  const Counts both = sum(counted(one->units, other->units));
  const Counts first = sum(counted(one->units, one->units));
  const Counts second = sum(counted(other->units, other->units));
  const auto share = [](double shared, double x, double y) {
    return x + y - shared > 0 ? shared / (x + y - shared) : 1;
  };
  return std::min(share(both.total, first.total, second.total),
                  share(both.bad, first.bad, second.bad));
}

std::vector<FacetTally> Roster::facets(const std::vector<Axis>& axes) const {
  std::vector<FacetTally> tallies(axes.size());
  std::size_t windows = 0;
  for (const Part& part : parts_) windows = std::max(windows, part.window + 1);
  for (FacetTally& tally : tallies) tally.all.resize(windows);
  for (const Member& member : members_) {
    if (member.condition.op != Condition::Op::is && member.condition.op != Condition::Op::absent) {
      continue;
    }
    FacetValue value{member.condition.value, 0, std::vector<Counts>(windows)};
    const std::span<const std::uint64_t> units(member.units);
    for (const Part& part : parts_) {
      const double count =
          part.weight * static_cast<double>(ones_in(units.subspan(part.from, part.to - part.from)));
      value.windows[part.window] += {count, part.bad ? count : 0};
    }
    tallies[member.axis].values.push_back(std::move(value));
  }
  return tallies;
}

Combination Roster::combination_of(const Found& found) const {
  Combination made{{}, found.counted, found.strength};
  for (const std::uint32_t member : found.members) {
    made.conditions.push_back(members_[member].condition);
  }
  return made;
}

}  // namespace culprit
