#include "workbench/looks_like.h"

#include <algorithm>
#include <set>

namespace culprit {
namespace {

constexpr double share_min = 0.2;           // of the failures
constexpr double purity_min = 0.5;          // of the units with that value fail
constexpr double beyond_its_message = 1.2;  // times purer than the slot is with any value
constexpr std::size_t values_asked = 20;
constexpr std::size_t shown = 8;

double purity(const Counts& counts) { return counts.total > 0 ? counts.bad / counts.total : 0; }

Counts counts_of(Engine& engine, const Expr& where, Window window) {
  const FacetQuery query{{"", {}, {}}, where, {window}, 1};
  return engine.facets({&query, 1}).front().all[0];
}

// The conditions that a field's values make, each with the units that satisfy it.
std::vector<std::pair<Expr, Counts>> conditions_of(Engine& engine, const FacetTally& tally,
                                                   Window window) {
  std::vector<std::pair<Expr, Counts>> found;
  std::set<Level> levels;
  for (const FacetValue& value : tally.values) {
    if (!value.value) continue;
    Expr condition = equals(tally.field, *value.value);
    const Level level = condition.operands.front().level;
    if (level == Level::none || condition.operands.front().number) {
      found.emplace_back(std::move(condition), value.windows[0]);
    } else if (levels.insert(level).second) {
      condition = equals(tally.field, name_of(level));
      const Counts counts = counts_of(engine, condition, window);
      found.emplace_back(std::move(condition), counts);
    }
  }
  return found;
}

// A message that only failures log has slots that only failures have, whatever they hold.
bool says_more_than_its_message(const FacetTally& tally, const Counts& counts) {
  Counts any;
  for (const FacetValue& value : tally.values) {
    if (value.value) any += value.windows[0];
  }
  return purity(counts) >= beyond_its_message * purity(any);
}

}  // namespace

std::vector<LooksLike> what_it_looks_like(Engine& engine, const std::vector<std::string>& symptoms,
                                          Window window) {
  std::vector<FacetQuery> queries;
  for (const std::string& field : symptoms) {
    queries.push_back({{field, {}, {}}, {}, {window}, values_asked});
  }
  std::vector<LooksLike> found;
  for (const FacetTally& tally : engine.facets(queries)) {
    const double bad = tally.all[0].bad;
    const FieldSummary* field = engine.schema().field(tally.field);
    for (const auto& [condition, counts] : conditions_of(engine, tally, window)) {
      if (bad <= 0 || counts.bad < share_min * bad || purity(counts) < purity_min) continue;
      if (field->slot && !says_more_than_its_message(tally, counts)) continue;
      found.push_back({to_string(condition), counts.bad / bad});
    }
  }
  std::stable_sort(found.begin(), found.end(), [](const LooksLike& a, const LooksLike& b) {
    return a.share_of_bad > b.share_of_bad;
  });
  if (found.size() > shown) found.resize(shown);
  return found;
}

}  // namespace culprit
