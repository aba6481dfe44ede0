// The Embedded engine answers Queries from Evidence in memory: raw files in, no server.
//
// Unit columns are made on first use and kept; counting is one loop over the units that a
// question is about. Answers do not depend on the number of threads.
#pragma once

#include <map>
#include <memory>
#include <unordered_map>

#include "store/embedded/cells.h"
#include "store/embedded/columns.h"
#include "store/embedded/evidence.h"
#include "store/embedded/sieve.h"
#include "store/engine.h"

namespace culprit {

class Embedded final : public Engine {
 public:
  // Reads the sources to their end. Errors as read_evidence().
  static Result<std::unique_ptr<Embedded>> gather(World& world, const GatherOptions& options);
  static Result<std::unique_ptr<Embedded>> gather(World& world, const GatherOptions& options,
                                                  std::vector<Source> sources);

  Embedded(World& world, Evidence evidence);

  // Keeps what was read for the next run (GatherOptions::index). Errors: what writing it says.
  Status keep_indexes(const GatherOptions& options) const;
  bool worth_indexing(const GatherOptions& options) const;
  // Whether fields are missing from the rows, because they came from an index without them.
  bool leaves_fields_out() const;

  const Schema& schema() const override { return evidence_.schema; }
  Judged judge(const OutcomeRule& rule) override;
  HistTally hist(const HistQuery& query) override;
  std::vector<FacetTally> facets(std::span<const FacetQuery> queries) override;
  std::vector<CrossTally> crosses(std::span<const CrossQuery> queries) override;
  ExtractTally extract(const ExtractQuery& query) override;
  std::vector<SkeletonTally> templates(const TemplateQuery& query) override;
  QuantTally quant(const QuantQuery& query) override;
  SeriesTally series(const SeriesQuery& query) override;
  std::vector<Row> around(const AroundQuery& query) override;
  std::vector<UnitSample> sample(const SampleQuery& query) override;
  std::vector<Time> bad_starts(const Expr& where, Window window, std::size_t count_max) override;
  Time first_seen(const Expr& where) override;
  std::vector<std::string> lines_at(std::span<const Place> places) override;

 private:
  using Mask = std::vector<std::uint8_t>;  // per unit: 1 yes
  class Sayings;

  const UnitColumn& column(FieldId field);
  Mask mask_of(const Expr& where);
  // Those of `units` that satisfy a leaf or any other Expr.
  std::vector<std::uint32_t> filtered(const std::vector<std::uint32_t>& units, const Expr& where);
  // The units with an Outcome that satisfy `where`, ascending; kept for the next question.
  const std::vector<std::uint32_t>& units_where(const Expr& where);
  const AxisMap& axis_map(const EvidenceField& field, const UnitColumn& values, const Axis& axis);
  void forget_axis_maps();
  void forget_columns();
  std::size_t columns_at_once() const;
  void make_columns(std::span<const std::string> names);
  void count_whole(std::span<const FacetQuery> queries, std::span<FacetTally> tallies);
  std::size_t wholes_in_front(std::span<const FacetQuery> queries) const;
  const std::vector<std::uint32_t>& failing();
  void count_failing(const HistQuery& query, HistTally& tally);
  void count_all(const HistQuery& query, HistTally& tally);
  LeafTables& leaf_tables();
  Sieve sieve_of(const Expr& where);
  // Field and column by name, made if it is not there.
  FieldColumn column_named(const std::string& name);
  void facets_of(std::span<const FacetQuery> queries, std::span<FacetTally> tallies);
  FacetTally facet(const FacetQuery& query, const Population& selection, const UnitColumn* found,
                   const AxisMap& map) const;
  std::vector<std::size_t> ordered_places(const FacetQuery& query, const UnitColumn* found,
                                          const AxisMap& map,
                                          const std::vector<Counts>& cells) const;
  CrossTally cross(const CrossQuery& query, std::span<const std::uint32_t> units) const;
  double row_weight(const Block& block, std::size_t row) const;
  using UnitRows = std::vector<std::pair<const Block*, std::uint16_t>>;
  std::vector<std::uint32_t> chosen_units(const SampleQuery& query);
  std::vector<UnitRows> rows_of(std::span<const std::uint32_t> units) const;
  UnitSample sample_of(std::uint32_t unit, const UnitRows& rows) const;
  std::string id_of(const std::string& line, const Source& source, Scratch& scratch) const;
  void summarise_fields();

  World& world_;
  Evidence evidence_;
  std::map<FieldId, UnitColumn> columns_;
  std::unordered_map<std::uint64_t, AxisMap> axis_maps_;  // by hash of the Axis
  UnitSlots slots_;                                       // of the windows last asked about
  FailingUnits failing_;                                  // made when first asked for
  LeafTables leaf_tables_;
  std::map<std::string, std::vector<std::uint32_t>> selections_;  // by printed Expr
};

// Sets Units::outcomes (store/embedded/judge.cpp).
Judged judge_units(Evidence& evidence, const OutcomeRule& rule);

}  // namespace culprit
