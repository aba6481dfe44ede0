#include "workbench/unit_selection.h"

namespace culprit {
namespace {

void gather_leaves(const Expr& expr, std::vector<Expr>& leaves) {
  if (expr.op == Expr::Op::compare || expr.op == Expr::Op::has) leaves.push_back(expr);
  for (const Expr& part : expr.parts) gather_leaves(part, leaves);
}

}  // namespace

Result<Shown> Shown::of(const Expr& expr) {
  Shown shown;
  shown.expr_ = expr;
  gather_leaves(expr, shown.leaves_);
  if (shown.leaves_.size() > comparisons_max) {
    Error made = error(Fault::usage, "--units can weigh {} comparisons at once, here are {}",
                       comparisons_max, shown.leaves_.size());
    made.advice = "field in (a, b, c) is one comparison";
    return made;
  }
  return shown;
}

std::uint64_t Shown::in(const SlottedEvent& event) const {
  std::uint64_t shown = 0;
  for (std::size_t i = 0; i < leaves_.size(); ++i) {
    const Expr& leaf = leaves_[i];
    event.each_value(leaf.field, [&](std::string_view value) {
      shown |= std::uint64_t{1} << (2 * i);
      if (leaf.op == Expr::Op::has) return false;
      const bool held = value_holds(leaf, value);
      if (held) shown |= std::uint64_t{2} << (2 * i);
      return !held;
    });
  }
  return shown;
}

bool Shown::satisfied_by(std::uint64_t shown) const {
  std::size_t leaf = 0;
  return holds(expr_, shown, leaf);
}

bool Shown::holds(const Expr& expr, std::uint64_t shown, std::size_t& leaf) const {
  if (expr.op == Expr::Op::always) return true;
  if (expr.op == Expr::Op::compare || expr.op == Expr::Op::has) {
    const std::uint64_t bits = shown >> (2 * leaf++);
    const bool exists = (bits & 1) != 0;
    const bool any = (bits & 2) != 0;
    if (expr.op == Expr::Op::has) return exists;
    return expr.comparison == Comparison::differs ? exists && !any : any;
  }
  // Every part is walked, so that leaves keep their numbers.
  std::size_t held = 0;
  for (const Expr& part : expr.parts) held += holds(part, shown, leaf) ? 1 : 0;
  if (expr.op == Expr::Op::negate) return held == 0;
  return expr.op == Expr::Op::all ? held == expr.parts.size() : held > 0;
}

Result<UnitSelection> UnitSelection::find(World& world, std::span<const Source> sources,
                                          const UnitRule& rule, const Expr& expr,
                                          const SweepOptions& options) {
  Shown shown = TRY(Shown::of(expr));
  UnitSelection selection(rule, std::move(shown));
  if (rule.fields.empty()) return selection;
  struct Seen {
    SkeletonScratch scratch;
    std::unordered_map<std::uint64_t, std::uint64_t> units;
  };
  std::vector<Seen> threads(threads_of(options));
  TRY(sweep(world, sources, options, [&](unsigned thread, const Source&, const Event& event) {
    Seen& seen = threads[thread];
    const SlottedEvent slotted(event, seen.scratch);
    const auto unit = unit_of(slotted, rule);
    if (unit) seen.units[*unit] |= selection.shown_.in(slotted);
  }));
  std::unordered_map<std::uint64_t, std::uint64_t>& all = threads.front().units;
  for (std::size_t i = 1; i < threads.size(); ++i) {
    for (const auto& [unit, bits] : threads[i].units) all[unit] |= bits;
    threads[i].units.clear();
  }
  for (const auto& [unit, bits] : all) {
    if (selection.shown_.satisfied_by(bits)) selection.units_.insert(unit);
  }
  return selection;
}

bool UnitSelection::contains(const SlottedEvent& event) const {
  const auto unit = unit_of(event, rule_);
  return unit ? units_.contains(*unit) : shown_.satisfied_by(shown_.in(event));
}

}  // namespace culprit
