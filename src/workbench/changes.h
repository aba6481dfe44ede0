// What changed: the suspects for an onset, gathered from deploys, tags, logs and commits, ranked.
//
// Deploys come from the list given, else from the tags of the repository in the window, and from
// versions that the logs show for the first time; without any of these each commit that reached
// the default branch in the window is a change of its own. What a deploy brought are the commits
// between the version before it and its own.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "contrast/suspects.h"
#include "repo/deploys.h"
#include "repo/git.h"

namespace culprit {

struct ChangeQuestion {
  ChangeEvidence evidence = {};  // source_lines are found here when there is a repository
  Time newest = no_time;         // of the evidence: the end of the window where there is no onset
  Duration window = std::chrono::hours(24 * 14);  // how far back a change may lie
  std::string environment = {};                   // where the failures are; empty: any
  std::size_t commits_max = 2'000;                // whose text is read, over all changes
  std::size_t files_max = 2'000;  // of source, searched for the lines that print a symptom
};

// `repository` may be null: nothing is known of commits then.
Result<std::vector<RankedChange>> what_changed(ChangeQuestion question,
                                               const Repository* repository,
                                               std::span<const Deploy> deploys);

}  // namespace culprit
