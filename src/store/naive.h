// The Naive engine is the slow and obvious reference: whatever another engine answers, this one
// must answer too. Used by tests only.
//
// It keeps every event as texts and answers each Query with a loop that follows the sentences in
// DESIGN ("Units"), query.h and tally.h, never the code of a fast engine. Only finding the sources,
// choosing the unit's fields and parsing lines are shared.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "base/world.h"
#include "store/engine.h"
#include "store/gather.h"

namespace culprit {

class Naive final : public Engine {
 public:
  // Errors as find_sources().
  static Result<std::unique_ptr<Naive>> gather(World& world, const GatherOptions& options);

  const Schema& schema() const override { return schema_; }
  Judged judge(const OutcomeRule& rule) override;
  HistTally hist(const HistQuery& query) override;
  std::vector<FacetTally> facets(std::span<const FacetQuery> queries) override;
  std::vector<CrossTally> crosses(std::span<const CrossQuery> queries) override;
  // Every unit, however few are asked for.
  ExtractTally extract(const ExtractQuery& query) override;
  std::vector<SkeletonTally> templates(const TemplateQuery& query) override;
  QuantTally quant(const QuantQuery& query) override;
  SeriesTally series(const SeriesQuery& query) override;
  std::vector<Row> around(const AroundQuery& query) override;
  // In the order of their first lines, whatever the seed.
  std::vector<UnitSample> sample(const SampleQuery& query) override;
  std::vector<Time> bad_starts(const Expr& where, Window window, std::size_t count_max) override;
  Time first_seen(const Expr& where) override;
  std::vector<std::string> lines_at(std::span<const Place> places) override;

 private:
  struct OneEvent {
    Time time;
    Place place;
    Level level = Level::none;
    std::string line;
    std::string id;  // of its unit; empty: none
    std::string skeleton;
    std::uint64_t skeleton_hash = 0;
    std::map<std::string, std::vector<std::string>> fields;  // those that questions may be about
    std::size_t unit = SIZE_MAX;
    enum class Given : std::uint8_t { neither, good, bad } given = Given::neither;
  };
  struct OneUnit {
    std::string id;
    Time start = no_time;
    std::optional<Outcome> outcome;
    std::vector<const OneEvent*> events;  // in time order
    std::map<std::string, std::set<std::string>> fields;
  };

  struct OneLine {
    std::uint64_t offset = 0;
    std::uint64_t number = 0;
    std::string text;
    bool damaged = false;
  };

  static std::string text_of(World& world, Source& source);
  static std::vector<OneLine> lines_of(const Source& source, const std::string& text);
  void read(World& world, const GatherOptions& options, std::uint32_t source);
  void keep(const GatherOptions& options, const Event& event, Place place, std::string_view line);
  void count(const Event& event, SourceSummary& summary);
  void group();
  void summarise();
  bool satisfies(const OneUnit& unit, const Expr& where) const;
  template <typename Says>
  static bool any_event(const OneUnit& unit, Says says);
  static std::vector<std::string> values_of(const OneEvent& event, const std::string& name);
  static std::optional<Outcome> verdict(const OneUnit& unit, const OutcomeRule& rule);
  static std::optional<Outcome> given(const OneUnit& unit, const OutcomeRule& rule);
  static std::optional<Outcome> by_message(const OneUnit& unit, const OutcomeRule& rule);
  static std::optional<Outcome> by_latency(const OneUnit& unit, const OutcomeRule& rule);
  static std::optional<Outcome> by_status(const OneUnit& unit, const OutcomeRule& rule);
  static std::optional<Outcome> last_verdict(const OneUnit& unit, const OutcomeRule& rule);
  static std::vector<std::pair<std::optional<std::string>, std::size_t>> values_on(
      const Axis& axis, const OneUnit& unit);
  std::size_t distinct_values(const std::string& field) const;
  FacetTally facet(const FacetQuery& query) const;
  CrossTally cross(const CrossQuery& query) const;

  std::vector<Source> sources_;
  UnitRule rule_;
  Schema schema_;
  std::vector<OneEvent> events_;
  std::vector<OneUnit> units_;  // in the order of their ids; of lines, in that of their places
  std::map<std::string, FieldSummary> fields_;
};

}  // namespace culprit
