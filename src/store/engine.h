// An Engine keeps evidence and answers Queries with Tallies.
//
// One of the two places with inheritance: `embedded` reads files in one pass, `naive`
// (store/naive.h) is the slow and obvious reference that tests compare it with, and others push
// the same questions to a server. Same evidence, same questions, same answers.
//
// judge() must come before any question that asks about outcomes; it may be called again with
// another rule and costs a pass over what is kept, not over the sources.
#pragma once

#include <span>
#include <vector>

#include "base/result.h"
#include "event/extract.h"
#include "event/query.h"
#include "event/schema.h"
#include "event/tally.h"

namespace culprit {

// What judging found.
struct Judged {
  double units = 0;  // with an Outcome
  double bad = 0;
  double unjudged = 0;   // units without one
  double recovered = 0;  // good units with an error inside
  bool exact = true;
};

class Engine {
 public:
  virtual ~Engine() = default;

  virtual const Schema& schema() const = 0;
  virtual Judged judge(const OutcomeRule& rule) = 0;

  virtual HistTally hist(const HistQuery& query) = 0;
  virtual std::vector<FacetTally> facets(std::span<const FacetQuery> queries) = 0;
  virtual std::vector<CrossTally> crosses(std::span<const CrossQuery> queries) = 0;
  virtual ExtractTally extract(const ExtractQuery& query) = 0;
  virtual std::vector<SkeletonTally> templates(const TemplateQuery& query) = 0;
  virtual QuantTally quant(const QuantQuery& query) = 0;
  virtual SeriesTally series(const SeriesQuery& query) = 0;
  virtual std::vector<Row> around(const AroundQuery& query) = 0;
  virtual std::vector<UnitSample> sample(const SampleQuery& query) = 0;
  // Start times of bad units in the window, ascending; at most `count_max`, the earliest.
  virtual std::vector<Time> bad_starts(const Expr& where, Window window, std::size_t count_max) = 0;
  // The start of the first unit, judged or not, that satisfies `where`; no_time: none.
  virtual Time first_seen(const Expr& where) = 0;
  // The lines at these places, without their ends; what cannot be read again is empty.
  virtual std::vector<std::string> lines_at(std::span<const Place> places) = 0;
};

}  // namespace culprit
