// A Template is what one line of code printed, over all its variable parts.
//
// Skeletons (parse/skeleton.h) already lack what looks variable; those of one line of code are put
// together here (template_families.h). It runs on the few hundred distinct skeletons, not on
// lines, and does not depend on their order.
#pragma once

#include <string>
#include <vector>

#include "event/tally.h"

namespace culprit {

struct Template {
  std::string id;  // "t" and eight hex digits of the hash of its text: stable between runs
  std::string text;
  std::vector<double> events;  // per window of the query
  double bad_events = 0;
  double all_events = 0;
  Level level = Level::none;
  Time first = no_time;
  Time last = no_time;
  Place example;
  std::vector<std::uint64_t> skeletons;  // hashes of the merged ones
};

// Sorted by text.
std::vector<Template> merge_skeletons(const std::vector<SkeletonTally>& skeletons);

enum class TemplateStatus : std::uint8_t { fresh, surged, stopped };
std::string_view name_of(TemplateStatus status);  // "new", "surged", "stopped"

struct ChangedTemplate {
  Template what;
  TemplateStatus status = TemplateStatus::fresh;
  double before = 0;  // events in the window before
  double after = 0;
  double p_value = 1;
};

// What the logs say since the onset that they did not, or no longer say. `exposure` is the ratio
// of traffic after to before; nothing is "new" that was too rare to have been seen before.
struct TemplateOptions {
  double exposure = 1;
  double dispersion = 4;  // lines of one request come together; measured phi of the errors if known
  Time onset_from = no_time;
  std::size_t count_max = 12;
};
std::vector<ChangedTemplate> changed_templates(const std::vector<Template>& templates,
                                               const TemplateOptions& options);

}  // namespace culprit
