// A Deploy is something that was released, switched or configured at a time, as a list tells it.
//
// Lists are NDJSON, CSV with a header, a JSON array or object with one, and the deployments of
// GitHub's and GitLab's APIs; which one is seen from the text. Fields are found by their usual
// names, whatever the list. Rows that are no deploy are counted, and the first is told.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "base/zone.h"

namespace culprit {

struct Deploy {
  std::string id = {};  // the version, ref, short sha or name
  Time at = no_time;
  std::optional<Time> finished = {};
  std::string sha = {};
  std::string version = {};
  std::string from_version = {};
  std::string service = {};
  std::string environment = {};
  std::string place = {};  // region, cluster, namespace
  std::string kind = {};   // "deploy" where the list does not say; "flag", "config", "revert"...
  std::string status =
      {};  // as the list says it; failed ones are kept, for they may have failed late
  std::string description = {};
};

// Whether it was ever put in place: not cancelled, skipped or still waiting.
bool took_place(const Deploy& deploy);

struct SkippedRow {
  std::size_t line = 0;  // from 1; in a JSON array the element's number
  std::string why;
};

struct DeployList {
  std::vector<Deploy> deploys;  // by time, then as listed
  std::string format;           // "ndjson", "csv", "json", "github", "gitlab"
  std::size_t skipped = 0;
  std::optional<SkippedRow> first_skipped;
  std::size_t zoneless = 0;  // times without a zone, taken in the zone given
};

// Times without a zone are local to `zone`. A text in which nothing is a deploy is an Error.
Result<DeployList> read_deploys(std::string_view text, const Zone& zone = {});

}  // namespace culprit
