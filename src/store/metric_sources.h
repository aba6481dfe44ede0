// Metrics from where a user keeps them: files, folders and globs (packed too), a Prometheus server.
#pragma once

#include <string>
#include <vector>

#include "base/world.h"
#include "parse/metrics.h"

namespace culprit {

// What was wrong with one of the files, for a note.
struct MetricNote {
  std::string code;  // "unreadable", "skipped_lines"
  std::string source;
  std::string text;
};

// Of files. Errors: none of them can be read, or holds metrics; interrupted.
Result<std::vector<MetricNote>> read_metric_files(World& world,
                                                  const std::vector<std::string>& named,
                                                  const Zone& zone, MetricBook& book);

}  // namespace culprit
