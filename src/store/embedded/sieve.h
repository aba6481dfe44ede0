// A Sieve lets those units through that satisfy an Expr, many at a time.
//
// Whether a leaf holds is asked once for each distinct value of its column; after that units are
// compared by number. Most leaves hold for one value, or for neighbours (a threshold's), so that a
// range of numbers decides, sixteen units in one instruction.
#pragma once

#include <functional>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "event/expr.h"
#include "store/embedded/columns.h"

namespace culprit {

// A field and its column; null: no unit has it.
struct FieldColumn {
  const EvidenceField* field = nullptr;
  const UnitColumn* column = nullptr;
};
using ColumnOf = std::function<FieldColumn(const std::string& name)>;

// For which values of its column each leaf holds, by its text: a search asks about the same leaves
// again and again, and of a field with thousands of numbers each is read anew.
using LeafTables = std::map<std::string, std::vector<std::uint8_t>>;

class Sieve {
 public:
  using Bits = std::vector<std::uint64_t>;
  // The columns must outlive it. Tables of leaves that are not there yet are added.
  Sieve(const Expr& where, const ColumnOf& column_of, LeafTables& tables);

  // passing[i]: 1 if unit `from` + i satisfies it, else 0.
  void sift(std::uint32_t from, std::span<std::uint8_t> passing) const;
  bool passes(std::uint32_t unit) const;
  // The same as bits, undefined behind the last unit; leaves already asked about are looked up.
  class LeafBits;
  Bits bits(std::uint32_t from, std::size_t units, LeafBits& known) const;
  // Of all units, with several threads.
  std::vector<std::uint8_t> all(std::size_t units) const;

 private:
  void add_leaf(const Expr& leaf, const FieldColumn& found, LeafTables& tables);
  void sift_leaf(std::uint32_t from, std::span<std::uint8_t> passing) const;
  void sift_parts(std::uint32_t from, std::span<std::uint8_t> passing) const;
  bool passes_leaf(std::uint32_t unit) const;

  void narrow(const Bits& other, Bits& made) const;

  Expr::Op op_;
  std::string leaf_;  // of a leaf: its text
  std::vector<Sieve> parts_;
  const UnitColumn* column_ = nullptr;    // of a leaf; null: no unit has the field
  std::vector<std::uint8_t> passing_at_;  // by number of the unit's first value
  std::uint32_t low_ = 1;                 // if `ranged_`: numbers of [low_, high_] pass
  std::uint32_t high_ = 0;
  bool ranged_ = false;
  bool differs_ = false;  // one more value that passes makes any leaf hold, but for `differs`
};

// The failing units, few among many, and columns of theirs: number i is the i-th of them.
struct FailingUnits {
  std::vector<std::uint32_t> units;  // ascending
  std::map<FieldId, UnitColumn> columns;
  void clear() { units.clear(), columns.clear(); }
};
// Of these units, which ascend, with the same table.
UnitColumn column_among(const std::vector<std::uint32_t>& units, const UnitColumn& column);

// Units that each sieve lets through, by slot: numbers below `slots`, others are not counted.
// Sieves share most of their leaves, and each leaf is asked about once.
using SlotCounts = std::vector<std::uint64_t>;
std::vector<SlotCounts> counts_by_slot(const std::vector<Sieve>& sieves,
                                       const std::vector<std::uint8_t>& slot_of, std::size_t slots);

}  // namespace culprit
