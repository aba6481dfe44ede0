#include "workbench/part_onset.h"

#include <algorithm>
#include <cmath>

#include "contrast/axes.h"
#include "workbench/onset_search.h"

namespace culprit {
namespace {

constexpr double part_bad_min = 12;      // failures; fewer show no change that could be believed
constexpr double part_p_max = 1e-3;      // a part has more failures than due; a first sieve
constexpr std::size_t parts_max = 40;    // looked at: each costs a pass over the units
constexpr double log_odds_min = 2;       // 7 to 1, after paying for the choice among parts
constexpr std::size_t values_max = 400;  // of a field

struct Part {
  Expr where;
  double p_value = 1;
};

struct Parts {
  std::vector<Part> excessive;  // the least probable first
  std::size_t compared = 0;
};

std::vector<FacetQuery> questions(const Investigation& investigation, Window span) {
  std::vector<FacetQuery> queries;
  for (const std::string& field :
       plan_fields(investigation.schema, investigation.rule).candidates) {
    const FieldSummary& summary = *investigation.schema.field(field);
    if (summary.many || numeric(summary)) continue;
    queries.push_back({{field, {}, {}}, {}, {span}, values_max});
  }
  return queries;
}

Parts parts_of(Engine& engine, const Investigation& investigation, Window span) {
  Parts parts;
  for (const FacetTally& tally : engine.facets(questions(investigation, span))) {
    const Counts& all = tally.all[0];
    for (const FacetValue& value : tally.values) {
      const Counts& own = value.windows[0];
      if (!value.value || own.bad < part_bad_min || own.total >= all.total) continue;
      ++parts.compared;
      const double p = fisher_tail(own.bad, own.total, all.bad - own.bad, all.total - own.total);
      if (p <= part_p_max) parts.excessive.push_back({equals(tally.field, *value.value), p});
    }
  }
  std::stable_sort(parts.excessive.begin(), parts.excessive.end(),
                   [](const Part& a, const Part& b) { return a.p_value < b.p_value; });
  if (parts.excessive.size() > parts_max) parts.excessive.resize(parts_max);
  return parts;
}

}  // namespace

WhenAnswer find_part_onset(Engine& engine, const Investigation& investigation) {
  const Window span{investigation.schema.from, investigation.schema.to};
  const Window whole{span.from, span.to + Duration{1}};
  const Parts parts = parts_of(engine, investigation, whole);
  const double price = std::log(static_cast<double>(std::max<std::size_t>(parts.compared, 1)));
  WhenAnswer best;
  for (const Part& part : parts.excessive) {
    WhenAnswer one = find_onset(engine, {part.where, span, false});
    if (!one.found || one.log_odds - price < log_odds_min) continue;
    if (!best.found || one.log_odds > best.log_odds) best = std::move(one);
  }
  if (best.found) best.probability = 1 / (1 + std::exp(price - best.log_odds));
  return best;
}

}  // namespace culprit
