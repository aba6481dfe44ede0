// What a repository adds to the changes: the commits that each brought, and where messages are
// printed.
//
// A change's commits lie between the version before it and its own. What the repository does not
// know (a version without a tag, a commit of another repository) stays empty: a deploy list is
// evidence without its commits too.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "base/result.h"
#include "contrast/suspects.h"
#include "repo/git.h"

namespace culprit {

// Fills sha and from_sha of changes that stand by time: each follows the one before it.
void find_revisions(std::vector<Change>& changes, const Repository& repository);

// Fills the commits between the two; a rollback becomes a revert. No more than `commits_max` texts
// are read, those of the latest changes first.
void find_commits(std::vector<Change>& changes, const Repository& repository,
                  std::size_t commits_max);

// Every commit that reached the default branch in the time, each a change of its own.
Result<std::vector<Change>> commits_as_changes(const Repository& repository, Time since, Time until,
                                               std::size_t commits_max);

// Commits that changed nothing but flags and settings, reached the default branch in the time and
// are in none of the changes: where such files are applied from the branch, each took effect then.
std::vector<Change> settings_as_changes(const Repository& repository,
                                        const std::vector<Change>& changes, Time since, Time until);

// The lines that print a symptom, in the files of a revision (empty: the default branch).
std::vector<SourceLine> find_source_lines(const Repository& repository, const std::string& revision,
                                          const std::vector<Symptom>& symptoms,
                                          std::size_t files_max);

// Marks the symptoms that were printed at an earlier revision already: by all files that print
// them, since what only one prints there may be a message much like it.
void mark_known(const Repository& repository, const std::string& revision,
                const std::vector<SourceLine>& lines, std::vector<Symptom>& symptoms);

// The places in the tree that a stack trace and messages point to, with the commits of the changes
// that touched them.
void find_failing_places(const Repository& repository, const std::string& revision,
                         const std::vector<Change>& changes, Time since, ChangeEvidence& evidence);

}  // namespace culprit
