// Which metrics moved around the incident, and which of them first: `investigate --metrics`.
//
// Files are read before the logs are, so that a wrong path is told at once; a server is asked once
// the logs have told when. A server that does not answer is a note and an exit code, and the rest
// of the report stands.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/world.h"
#include "contrast/first_mover.h"
#include "event/query.h"
#include "parse/metrics.h"

namespace culprit {

struct MovedMetric {
  std::string name;
  MetricLabels labels;
  MetricMove move;
  // Means of equal parts of `drawn`, lowest to highest 0 to 1; -1: nothing was scraped in it.
  std::vector<double> drawing;
};

struct MetricsAnswer {
  bool asked = false;
  std::size_t series = 0;  // read
  std::size_t judged = 0;  // with enough samples around the incident
  std::vector<MovedMetric> moved;
  // Where the logs found nothing: when the metrics began to move.
  std::optional<OnsetPosterior> alone;
  Window drawn;
  std::string unreachable;  // why a server did not answer; empty: it did, or none was asked
  struct Note {
    std::string code;
    std::string source;
    std::string text;
  };
  std::vector<Note> notes;
};

// Metrics of files and of servers, in two steps.
class MetricEvidence {
 public:
  // Errors: a file that cannot be read, or holds no metrics; interrupted.
  static Result<MetricEvidence> read(World& world, const std::vector<std::string>& sources,
                                     const Zone& zone);

  // `errors`: their onset, where the logs told it; `span`: that of the logs. Errors: interrupted,
  // or an address that is none.
  Result<MetricsAnswer> judge(World& world, const std::optional<OnsetPosterior>& errors,
                              const Window& span) &&;

 private:
  Status ask_servers(const Window& window);

  std::vector<std::string> servers_;
  MetricBook book_;
  MetricsAnswer answer_;
};

}  // namespace culprit
