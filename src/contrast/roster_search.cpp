// How a Roster finds the strongest combinations.
#include <algorithm>
#include <cmath>
#include <unordered_set>

#include "base/bits.h"
#include "contrast/roster.h"

namespace culprit {
namespace {

constexpr double weak_share = 0.1;           // of the strongest one's strength
constexpr std::size_t members_most = 400;    // that are combined
constexpr std::size_t kept_most = 20'000;    // combinations, before the weakest are dropped
constexpr std::size_t extended_most = 3000;  // pairs
constexpr std::size_t extended_least = 200;
constexpr std::size_t extending_work = 30'000'000;  // words of failing units: some 20 ms
constexpr std::size_t refined_most = 300;
constexpr std::size_t told_most = 1500;
constexpr double same_rows_least = 30;  // of an Extract that is not whole: fewer could still differ
// Units that a condition must leave out, as a share of those it is asked about: what nearly all
// meet is no part of them. More where it is that they lack a field, which the few that carry it may
// have got because they went well.
constexpr double outside_min = 0.02;
constexpr double outside_absent_min = 0.1;

// Without regard to clusters, which touch all combinations alike.
double plain_strength(const Counted& part, const Roster::Search& search) {
  Baseline plain = search.rest;
  plain.dispersion = 1;
  return strength(part, plain);
}

}  // namespace

// What so many failures can be worth at most: if there were no successes among them.
class Roster::Bound {
 public:
  explicit Bound(const Search& search) : search_(search) {}
  double of(double failures) {
    if (search_.rest.errors_only) return INFINITY;
    const auto count = static_cast<std::size_t>(std::ceil(failures));
    if (count >= known_.size()) known_.resize(count + 1, -1);
    double& known = known_[count];
    if (known < 0) {
      const auto all = static_cast<double>(count);
      known = plain_strength({{}, {all, all}, 1}, search_);
    }
    return known;
  }

 private:
  const Search& search_;
  std::vector<double> known_;
};

// Whether it leaves out enough of a wider one.
bool Roster::leaves_out(const Counted& part, const Counted& within, std::uint32_t member,
                        const Search& search) const {
  const bool lacking = members_[member].condition.op == Condition::Op::absent;
  if (search.rest.errors_only) return !lacking;
  const double outside = within.after.total - part.after.total;
  return outside >= (lacking ? outside_absent_min : outside_min) * within.after.total;
}

void Roster::look_up_pasts(const Search& search) {
  for (Member& member : members_) member.past = search.pasts.of(member.condition);
}

// By the pasts of its conditions; its own, which may refute them, takes longer to look into.
void Roster::estimate(Found& found, const Search& search) const {
  found.counted.past = 1;
  for (const std::uint32_t member : found.members) {
    const Pasts::Known& known = members_[member].past;
    if (known.past <= 1) continue;
    found.counted.past = std::max(found.counted.past,
                                  inherited_past(known.past, known.units, found.counted.after.total,
                                                 search.rest.whole.after.total));
  }
  found.strength = plain_strength(found.counted, search);
}

void Roster::prove(Found& found, const Search& search) const {
  found.counted.past = proven_past(found.counted, search.rest, found.counted.past);
  found.strength = plain_strength(found.counted, search);
}

std::vector<Roster::Found> Roster::single_members(const Search& search, double support) const {
  std::vector<Found> made;
  const Counted all = whole();
  for (std::uint32_t i = 0; i < members_.size(); ++i) {
    Found found{{i}, counted(members_[i].units, members_[i].units), 0};
    if (found.counted.after.bad < support) continue;
    if (!leaves_out(found.counted, all, i, search)) continue;
    estimate(found, search);
    prove(found, search);
    made.push_back(std::move(found));
  }
  return made;
}

std::vector<Combination> Roster::singles(const Search& search) {
  look_up_pasts(search);
  std::vector<Combination> made;
  for (const Found& found : single_members(search, 0)) made.push_back(combination_of(found));
  looked_at_ += made.size();
  return made;
}

void Roster::keep(std::vector<Found>& kept, Found found, double& least) {
  kept.push_back(std::move(found));
  if (kept.size() < kept_most) return;
  keep_strongest(kept, kept_most / 4);
  least = std::max(least, kept.back().strength);
}

void Roster::keep_strongest(std::vector<Found>& found, std::size_t most) {
  std::stable_sort(found.begin(), found.end(),
                   [](const Found& a, const Found& b) { return a.strength > b.strength; });
  if (found.size() > most) found.resize(most);
}

std::vector<Roster::Found> Roster::pairs(const Search& search, const std::vector<Found>& singles) {
  std::vector<Found> kept;
  Bound bound(search);
  double best = 0;
  for (const Found& single : singles) best = std::max(best, single.strength);
  double least = 1e-9;
  for (std::size_t i = 0; i < singles.size(); ++i) {
    const Member& one = members_[singles[i].members[0]];
    for (std::size_t j = i + 1; j < singles.size(); ++j) {
      const Member& other = members_[singles[j].members[0]];
      if (one.condition.field == other.condition.field) continue;
      ++looked_at_;
      const double bad = failing(one.units, other.units);
      const double weakest = std::max(least, weak_share * best);
      if (bad < search.support || bound.of(bad) < weakest) continue;
      Found found{{singles[i].members[0], singles[j].members[0]}, {}, 0};
      found.counted = counted(one.units, other.units);
      if (!leaves_out(found.counted, singles[i].counted, found.members[1], search) ||
          !leaves_out(found.counted, singles[j].counted, found.members[0], search)) {
        continue;
      }
      estimate(found, search);
      if (found.strength < weakest) continue;
      best = std::max(best, found.strength);
      keep(kept, std::move(found), least);
    }
  }
  return kept;
}

std::vector<Roster::Found> Roster::triples(const Search& search, const std::vector<Found>& singles,
                                           const std::vector<Found>& pairs) {
  std::vector<Found> kept;
  Bound bound(search);
  double least = 1e-9;
  std::unordered_set<std::uint64_t> seen;
  const std::size_t work = std::max<std::size_t>(1, singles.size() * failing_words_);
  const std::size_t count =
      std::min(pairs.size(), std::clamp(extending_work / work, extended_least, extended_most));
  for (std::size_t i = 0; i < count; ++i) {
    const Found& pair = pairs[i];
    const Words units = meeting(pair.members);
    for (const Found& single : singles) {
      const std::uint32_t third = single.members[0];
      const std::string& field = members_[third].condition.field;
      if (members_[pair.members[0]].condition.field == field ||
          members_[pair.members[1]].condition.field == field) {
        continue;
      }
      ++looked_at_;
      const double bad = failing(units, members_[third].units);
      // It has to be worth the third condition.
      const double weakest = std::max(least, pair.strength + search.price / 2);
      if (bad < search.support || bound.of(bad) < weakest) continue;
      Found found{{pair.members[0], pair.members[1], third}, {}, 0};
      std::sort(found.members.begin(), found.members.end());
      if (!seen.insert((std::uint64_t{found.members[0]} << 42) |
                       (std::uint64_t{found.members[1]} << 21) | found.members[2])
               .second) {
        continue;
      }
      found.counted = counted(units, members_[third].units);
      if (!leaves_out(found.counted, pair.counted, third, search)) continue;
      estimate(found, search);
      if (found.strength >= least) keep(kept, std::move(found), least);
    }
  }
  return kept;
}

// Moves thresholds to where they separate best.
void Roster::refine(Found& found, const Search& search) const {
  for (std::size_t i = 0; i < found.members.size(); ++i) {
    const Condition& own = members_[found.members[i]].condition;
    if (own.op != Condition::Op::above && own.op != Condition::Op::at_most) continue;
    std::vector<std::uint32_t> others = found.members;
    others.erase(others.begin() + static_cast<std::ptrdiff_t>(i));
    const Words units = meeting(others);
    Found best = found;
    for (std::uint32_t member = 0; member < members_.size(); ++member) {
      const Condition& moved = members_[member].condition;
      if (moved.op != own.op || moved.field != own.field) continue;
      Found tried = found;
      tried.members[i] = member;
      tried.counted = counted(units, members_[member].units);
      estimate(tried, search);
      if (tried.strength > best.strength) best = std::move(tried);
    }
    found = std::move(best);
  }
}

// The first of those that hold for the same units.
void Roster::drop_doubles(std::vector<Found>& found) const {
  std::unordered_set<std::uint64_t> seen;
  std::erase_if(found, [&](const Found& one) {
    const Words units = meeting(one.members);
    if (!whole_ && static_cast<double>(ones_in(units)) < one.counted.after.bad + same_rows_least) {
      return false;
    }
    std::uint64_t hash = 0;
    for (const std::uint64_t word : units) {
      hash = (hash ^ word) * 0x9E37'79B9'7F4A'7C15ULL;
      hash ^= hash >> 29;
    }
    return !seen.insert(hash).second;
  });
}

std::vector<Combination> Roster::strongest(const Search& search) {
  look_up_pasts(search);
  std::vector<Found> found = single_members(search, search.support);
  std::vector<Found> combined = found;
  std::erase_if(combined, [&](const Found& one) {
    return one.strength <= 0 || members_[one.members[0]].listed != Listed::yes;
  });
  keep_strongest(combined, members_most);
  if (search.depth_max >= 2) {
    std::vector<Found> two = pairs(search, combined);
    keep_strongest(two, extended_most);
    found.insert(found.end(), two.begin(), two.end());
    if (search.depth_max >= 3) {
      std::vector<Found> three = triples(search, combined, two);
      keep_strongest(three, extended_most);
      found.insert(found.end(), three.begin(), three.end());
    }
  }
  const auto by_net = [&](const Found& a, const Found& b) {
    const auto net = [&](const Found& one) {
      return one.strength - search.price * static_cast<double>(one.members.size());
    };
    return net(a) > net(b) + 1e-9;
  };
  std::erase_if(found, [](const Found& one) { return one.strength <= 0; });
  std::stable_sort(found.begin(), found.end(), by_net);
  if (found.size() > told_most) found.resize(told_most);
  for (std::size_t i = 0; i < std::min(refined_most, found.size()); ++i) refine(found[i], search);
  for (Found& one : found) prove(one, search);
  // Fewer conditions first, and among those the better known names.
  std::stable_sort(found.begin(), found.end(), [](const Found& a, const Found& b) {
    return a.members.size() != b.members.size() ? a.members.size() < b.members.size()
                                                : a.members < b.members;
  });
  drop_doubles(found);
  std::vector<Combination> made;
  for (const Found& one : found) made.push_back(combination_of(one));
  return made;
}

}  // namespace culprit
