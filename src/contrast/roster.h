// A Roster lists which units of an Extract meet which single condition, a bit each, so that units
// which meet several are counted by the word: a combination takes under a microsecond.
//
// It finds the combinations of up to three conditions that a search wants to look at. Failing units
// are few, hence every pair is tried on them alone; successes are only counted where the failures
// suffice even if the pair had no success at all. The best pairs are extended likewise.
#pragma once

#include <cstdint>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "contrast/combination.h"
#include "event/extract.h"

namespace culprit {

class Roster {
 public:
  // Axes name the conditions on the Extract's columns: their cuts, or their values (none: all).
  Roster(const ExtractTally& extract, const std::vector<Axis>& axes,
         const std::set<std::string>& outcomes, std::size_t befores);

  Counted whole() const;
  // Units that meet the conditions are no longer in question.
  void take_out(const Conditions& conditions);

  struct Search {
    const Baseline& rest;
    const Pasts& pasts;
    double support = 0;  // failures after the onset, at least
    std::size_t depth_max = 3;
    double price = 0;  // log likelihood that a further condition has to bring
  };
  // Single conditions, however few failures they hold.
  std::vector<Combination> singles(const Search& search);
  // The strongest, of any depth, fewer conditions first; one of those that mean the same units.
  std::vector<Combination> strongest(const Search& search);
  std::size_t looked_at() const { return looked_at_; }

  // How far two conditions hold for the same units: those that meet both over those that meet
  // either; the lesser of all units' and failing ones'.
  double likeness(const Condition& a, const Condition& b) const;
  // Of each axis, values worth a look by window of the Extract.
  std::vector<FacetTally> facets(const std::vector<Axis>& axes) const;

 private:
  using Words = std::vector<std::uint64_t>;
  enum class Listed : std::uint8_t { yes, refines };  // refines: a cut between two that are listed
  struct Member {
    Condition condition;
    std::size_t axis = 0;
    Words units;
    Listed listed = Listed::yes;
    Pasts::Known past = {};
  };
  struct Part {  // words of one slot
    std::size_t from = 0;
    std::size_t to = 0;
    double weight = 1;
    std::size_t window = 0;
    bool bad = false;
    bool after = false;
  };
  struct Found {
    std::vector<std::uint32_t> members;
    Counted counted;
    double strength = 0;
  };
  class Bound;

  void add_values(const ExtractColumn& column, const Axis& axis, std::size_t number);
  void add_cuts(const ExtractColumn& column, const Axis& axis, std::size_t number);
  void add_absence(const ExtractColumn& column, const Axis& axis, std::size_t number);
  void add(Condition condition, std::size_t axis, Words units, Listed listed);
  std::vector<Words> sorted_by(const ExtractColumn& column,
                               const std::vector<std::uint32_t>& place_of,
                               std::size_t places) const;
  Counted counted(std::span<const std::uint64_t> a, std::span<const std::uint64_t> b) const;
  double failing(std::span<const std::uint64_t> a, std::span<const std::uint64_t> b) const;
  Words meeting(const std::vector<std::uint32_t>& members) const;
  const Member* member_of(const Condition& condition) const;
  Combination combination_of(const Found& found) const;

  bool leaves_out(const Counted& part, const Counted& within, std::uint32_t member,
                  const Search& search) const;
  void look_up_pasts(const Search& search);
  void estimate(Found& found, const Search& search) const;
  void prove(Found& found, const Search& search) const;
  std::vector<Found> single_members(const Search& search, double support) const;
  std::vector<Found> pairs(const Search& search, const std::vector<Found>& singles);
  std::vector<Found> triples(const Search& search, const std::vector<Found>& singles,
                             const std::vector<Found>& pairs);
  void refine(Found& found, const Search& search) const;
  void drop_doubles(std::vector<Found>& found) const;
  static void keep(std::vector<Found>& kept, Found found, double& least);
  static void keep_strongest(std::vector<Found>& found, std::size_t most);

  bool whole_;
  std::vector<Part> parts_;  // failures after the onset first
  std::size_t failing_words_ = 0;
  std::size_t words_ = 0;
  std::vector<std::size_t> bit_of_;  // by row of the Extract
  Words all_;
  std::vector<Member> members_;  // in the order of the axes
  std::size_t looked_at_ = 0;
};

}  // namespace culprit
