// Elasticsearch and OpenSearch: what `_search` answers, its hits alone (`jq .hits.hits`), and hits
// one after the other, as elasticdump writes them. The event is `_source`, or `fields` where the
// search left that out: each field's values in an array then, which mostly holds one.
#include <array>

#include "parse/framings.h"
#include "parse/json_parts.h"

namespace culprit {
namespace {

using std::string_view_literals::operator""sv;

constexpr std::array answer_keys{
    "took"sv,   "timed_out"sv,  "terminated_early"sv, "num_reduce_phases"sv, "_shards"sv,
    "hits"sv,   "_clusters"sv,  "aggregations"sv,     "suggest"sv,           "profile"sv,
    "status"sv, "_scroll_id"sv, "pit_id"sv,           "phase_took"sv,
};
constexpr std::array hit_keys{
    "_index"sv,    "_type"sv,         "_id"sv,          "_score"sv,
    "_source"sv,   "_version"sv,      "_seq_no"sv,      "_routing"sv,
    "_ignored"sv,  "_primary_term"sv, "_explanation"sv, "fields"sv,
    "highlight"sv, "sort"sv,          "inner_hits"sv,   "matched_queries"sv,
};

std::optional<std::string> line_of_fields(const JsonRecord& record) {
  JsonLineWriter line;
  std::size_t fields = 0;
  bool arrays = record.element.starts_with('{');
  each_member(record.element, [&](std::string_view key, std::string_view values) {
    arrays &= values.starts_with('[');
    std::size_t count = 0;
    std::string_view first;
    each_element(values, [&](std::string_view value) {
      if (++count == 1) first = value;
    });
    line.add_member(key, count == 1 ? first : values);
    ++fields;
  });
  if (!arrays || fields == 0) return std::nullopt;
  return line.take();
}

}  // namespace

constexpr JsonLayout elasticsearch_search{"hits.hits[]._source", {}, "", answer_keys, nullptr};
constexpr JsonLayout elasticsearch_hits{"[]._source", {}, "[]", hit_keys, nullptr};
constexpr JsonLayout elasticsearch_lines{"_source", {}, "", hit_keys, nullptr};
constexpr JsonLayout elasticsearch_search_fields{
    "hits.hits[].fields", {}, "", answer_keys, line_of_fields};
constexpr JsonLayout elasticsearch_hits_fields{"[].fields", {}, "[]", hit_keys, line_of_fields};
constexpr JsonLayout elasticsearch_lines_fields{"fields", {}, "", hit_keys, line_of_fields};

}  // namespace culprit
