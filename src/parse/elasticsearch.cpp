// Elasticsearch and OpenSearch: what `_search` answers, its hits alone (`jq .hits.hits`), and hits
// one after the other, as elasticdump writes them. The event is `_source`.
#include <array>

#include "parse/framings.h"

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

}  // namespace

constexpr JsonLayout elasticsearch_search{"hits.hits[]._source", {}, "", answer_keys, nullptr};
constexpr JsonLayout elasticsearch_hits{"[]._source", {}, "[]", hit_keys, nullptr};
constexpr JsonLayout elasticsearch_lines{"_source", {}, "", hit_keys, nullptr};

}  // namespace culprit
