#include "store/embedded/sieve.h"

#include <algorithm>
#include <cstring>
#include <mutex>

#include "base/bits.h"
#include "store/embedded/parallel.h"

namespace culprit {
namespace {

// Units that are sifted at once: what they need stays in the second-level cache.
constexpr std::size_t sifted_at_once = 32'768;

// Whether a leaf holds for a unit's value, by its place in the table; of `differs` the contrary.
std::vector<std::uint8_t> holding_values(const Expr& leaf, const FieldColumn& found) {
  std::vector<std::uint8_t> holds_at;
  for (const Code code : found.column->table) {
    const bool hashed = !code::is_index(code) && !code::is_number(code);
    holds_at.push_back(leaf.op == Expr::Op::has ||
                       (hashed ? std::any_of(leaf.operands.begin(), leaf.operands.end(),
                                             [&](const Operand& operand) {
                                               return code_equals(*found.field, code, operand);
                                             })
                               : value_holds(leaf, CodeText(*found.field, code).view())));
  }
  return holds_at;
}

template <typename Number>
void sift_range(const Number* numbers, std::uint32_t low, std::uint32_t high,
                std::span<std::uint8_t> passing) {
  const auto from = static_cast<Number>(low);
  const auto length = static_cast<Number>(high - low);
  for (std::size_t i = 0; i < passing.size(); ++i) {
    passing[i] = static_cast<Number>(numbers[i] - from) <= length ? 1 : 0;
  }
}

template <typename Number>
void sift_values(const Number* numbers, const std::vector<std::uint8_t>& passing_at,
                 std::span<std::uint8_t> passing) {
  for (std::size_t i = 0; i < passing.size(); ++i) passing[i] = passing_at[numbers[i]];
}

// The lowest bits of eight bytes, the first byte's in front.
std::uint64_t bits_of_eight(const std::uint8_t* bytes) {
  std::uint64_t eight;
  std::memcpy(&eight, bytes, 8);
  return eight * 0x0102'0408'1020'4080ULL >> 56;
}

// Of bytes that are 0 or 1; their number is made up to a multiple of 64.
Sieve::Bits bits_of(const std::vector<std::uint8_t>& bytes) {
  Sieve::Bits made(bytes.size() / 64);
  for (std::size_t word = 0; word < made.size(); ++word) {
    for (std::size_t i = 0; i < 8; ++i) {
      made[word] |= bits_of_eight(bytes.data() + word * 64 + i * 8) << (i * 8);
    }
  }
  return made;
}

std::size_t rounded_up(std::size_t units) { return (units + 63) / 64 * 64; }

Sieve::Bits bits_of_slot(std::span<const std::uint8_t> slot_of, std::size_t slot) {
  std::vector<std::uint8_t> is(rounded_up(slot_of.size()));
  const auto wanted = static_cast<std::uint8_t>(slot);
  for (std::size_t i = 0; i < slot_of.size(); ++i) is[i] = slot_of[i] == wanted ? 1 : 0;
  return bits_of(is);
}

}  // namespace

Sieve::Sieve(const Expr& where, const ColumnOf& column_of, LeafTables& tables) : op_(where.op) {
  for (const Expr& part : where.parts) parts_.emplace_back(part, column_of, tables);
  if (op_ == Expr::Op::compare || op_ == Expr::Op::has) {
    add_leaf(where, column_of(where.field), tables);
  }
}

void Sieve::add_leaf(const Expr& leaf, const FieldColumn& found, LeafTables& tables) {
  leaf_ = to_string(leaf);
  column_ = found.column;
  if (column_ == nullptr) return;
  differs_ = leaf.op == Expr::Op::compare && leaf.comparison == Comparison::differs;
  passing_at_.push_back(0);
  const auto [known, fresh] = tables.try_emplace(leaf_);
  if (fresh) known->second = holding_values(leaf, found);
  for (const std::uint8_t holds : known->second) {
    passing_at_.push_back(differs_ ? holds ^ 1 : holds);
  }
  const auto first = std::find(passing_at_.begin(), passing_at_.end(), 1);
  const auto behind = std::find(first, passing_at_.end(), 0);
  ranged_ = std::find(behind, passing_at_.end(), 1) == passing_at_.end();
  if (ranged_ && first != passing_at_.end()) {
    low_ = static_cast<std::uint32_t>(first - passing_at_.begin());
    high_ = static_cast<std::uint32_t>(behind - passing_at_.begin()) - 1;
  }
}

void Sieve::sift(std::uint32_t from, std::span<std::uint8_t> passing) const {
  switch (op_) {
    case Expr::Op::always: std::fill(passing.begin(), passing.end(), std::uint8_t{1}); return;
    case Expr::Op::compare:
    case Expr::Op::has: return sift_leaf(from, passing);
    case Expr::Op::negate:
      parts_.front().sift(from, passing);
      for (std::uint8_t& one : passing) one ^= 1;
      return;
    case Expr::Op::all:
    case Expr::Op::any: return sift_parts(from, passing);
  }
}

void Sieve::sift_parts(std::uint32_t from, std::span<std::uint8_t> passing) const {
  parts_.front().sift(from, passing);
  std::vector<std::uint8_t> other(passing.size());
  for (std::size_t part = 1; part < parts_.size(); ++part) {
    parts_[part].sift(from, other);
    if (op_ == Expr::Op::all) {
      for (std::size_t i = 0; i < passing.size(); ++i) passing[i] &= other[i];
    } else {
      for (std::size_t i = 0; i < passing.size(); ++i) passing[i] |= other[i];
    }
  }
}

void Sieve::sift_leaf(std::uint32_t from, std::span<std::uint8_t> passing) const {
  const bool any = column_ != nullptr && (!ranged_ || low_ <= high_);
  if (!any || column_->first.width() == 0) {
    std::fill(passing.begin(), passing.end(), any ? passing_at_[0] : std::uint8_t{0});
  } else {
    const auto sifted = [&](const auto* numbers) {
      if (ranged_) return sift_range(numbers + from, low_, high_, passing);
      sift_values(numbers + from, passing_at_, passing);
    };
    switch (column_->first.width()) {
      case 1: sifted(column_->first.data()); break;
      case 2: sifted(column_->first.as<std::uint16_t>()); break;
      default: sifted(column_->first.as<std::uint32_t>());
    }
  }
  if (column_ == nullptr) return;
  auto more = std::lower_bound(column_->more.begin(), column_->more.end(),
                               std::pair<std::uint32_t, std::uint32_t>{from, 0});
  for (; more != column_->more.end() && more->first < from + passing.size(); ++more) {
    std::uint8_t& one = passing[more->first - from];
    const std::uint8_t passes = passing_at_[more->second + 1];
    one = differs_ ? one & passes : one | passes;
  }
}

bool Sieve::passes(std::uint32_t unit) const {
  const auto holds = [&](const Sieve& part) { return part.passes(unit); };
  switch (op_) {
    case Expr::Op::always: return true;
    case Expr::Op::compare:
    case Expr::Op::has: return passes_leaf(unit);
    case Expr::Op::negate: return !parts_.front().passes(unit);
    case Expr::Op::all: return std::all_of(parts_.begin(), parts_.end(), holds);
    case Expr::Op::any: return std::any_of(parts_.begin(), parts_.end(), holds);
  }
  return false;
}

bool Sieve::passes_leaf(std::uint32_t unit) const {
  if (column_ == nullptr) return false;
  bool passing = passing_at_[column_->first[unit]] != 0;
  if (column_->more.empty()) return passing;
  auto more = std::lower_bound(column_->more.begin(), column_->more.end(),
                               std::pair<std::uint32_t, std::uint32_t>{unit, 0});
  for (; more != column_->more.end() && more->first == unit; ++more) {
    const bool passes = passing_at_[more->second + 1] != 0;
    passing = differs_ ? passing && passes : passing || passes;
  }
  return passing;
}

std::vector<std::uint8_t> Sieve::all(std::size_t units) const {
  std::vector<std::uint8_t> passing(units);
  const std::size_t tasks = (units + sifted_at_once - 1) / sifted_at_once;
  in_parallel(tasks, units, [&](std::size_t task) {
    const std::size_t from = task * sifted_at_once;
    const std::size_t size = std::min(sifted_at_once, units - from);
    sift(static_cast<std::uint32_t>(from), std::span(passing).subspan(from, size));
  });
  return passing;
}

UnitColumn column_among(const std::vector<std::uint32_t>& units, const UnitColumn& column) {
  UnitColumn made;
  made.table = column.table;
  made.first = Packed(units.size(), static_cast<std::uint32_t>(column.table.size()));
  for (std::size_t i = 0; i < units.size(); ++i) made.first.set(i, column.first[units[i]]);
  auto more = column.more.begin();
  for (std::uint32_t i = 0; i < units.size() && more != column.more.end(); ++i) {
    more = std::lower_bound(more, column.more.end(),
                            std::pair<std::uint32_t, std::uint32_t>{units[i], 0});
    for (; more != column.more.end() && more->first == units[i]; ++more) {
      made.more.emplace_back(i, more->second);
    }
  }
  return made;
}

// What leaves say of the units that are looked at, by text.
class Sieve::LeafBits {
 public:
  const Bits& of(const Sieve& leaf, std::uint32_t from, std::size_t units) {
    const auto [known, fresh] = known_.try_emplace(leaf.leaf_);
    if (fresh) {
      std::vector<std::uint8_t> passing(rounded_up(units));
      leaf.sift_leaf(from, std::span(passing).first(units));
      known->second = bits_of(passing);
    }
    return known->second;
  }

 private:
  std::map<std::string, Bits> known_;
};

void Sieve::narrow(const Bits& other, Bits& made) const {
  if (op_ == Expr::Op::all) {
    for (std::size_t i = 0; i < made.size(); ++i) made[i] &= other[i];
  } else {
    for (std::size_t i = 0; i < made.size(); ++i) made[i] |= other[i];
  }
}

Sieve::Bits Sieve::bits(std::uint32_t from, std::size_t units, LeafBits& known) const {
  switch (op_) {
    case Expr::Op::always: return Bits(rounded_up(units) / 64, ~std::uint64_t{0});
    case Expr::Op::compare:
    case Expr::Op::has: return known.of(*this, from, units);
    case Expr::Op::negate: {
      Bits made = parts_.front().bits(from, units, known);
      for (std::uint64_t& word : made) word = ~word;
      return made;
    }
    case Expr::Op::all:
    case Expr::Op::any: break;
  }
  Bits made = parts_.front().bits(from, units, known);
  for (std::size_t part = 1; part < parts_.size(); ++part) {
    narrow(parts_[part].bits(from, units, known), made);
  }
  return made;
}

std::vector<SlotCounts> counts_by_slot(const std::vector<Sieve>& sieves,
                                       const std::vector<std::uint8_t>& slot_of,
                                       std::size_t slots) {
  const std::size_t units = slot_of.size();
  const std::size_t tasks = (units + sifted_at_once - 1) / sifted_at_once;
  std::vector<SlotCounts> sums(sieves.size(), SlotCounts(slots));
  std::mutex adding;
  in_parallel(tasks, units * sieves.size(), [&](std::size_t task) {
    const std::size_t from = task * sifted_at_once;
    const std::size_t size = std::min(sifted_at_once, units - from);
    std::vector<Sieve::Bits> in_slot;
    for (std::size_t slot = 0; slot < slots; ++slot) {
      in_slot.push_back(bits_of_slot(std::span(slot_of).subspan(from, size), slot));
    }
    Sieve::LeafBits known;
    std::vector<SlotCounts> counts(sieves.size(), SlotCounts(slots));
    for (std::size_t i = 0; i < sieves.size(); ++i) {
      const Sieve::Bits passing = sieves[i].bits(static_cast<std::uint32_t>(from), size, known);
      for (std::size_t slot = 0; slot < slots; ++slot) {
        counts[i][slot] = ones_in_both(passing, in_slot[slot]);
      }
    }
    const std::lock_guard<std::mutex> lock(adding);
    for (std::size_t i = 0; i < sieves.size(); ++i) {
      for (std::size_t slot = 0; slot < slots; ++slot) sums[i][slot] += counts[i][slot];
    }
  });
  return sums;
}

}  // namespace culprit
