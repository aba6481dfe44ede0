// What a commit did to the places that a failure names: the line that prints its message, the
// functions of its stack trace.
//
// A place that hardly any commit touches says more than one that all do: of the commits that
// touched it, the guilty one is sought among that many. Each clue is what the share of guilty
// commits that touch such a place says against the share of all commits that do.
#pragma once

#include <span>
#include <vector>

#include "contrast/commit_words.h"
#include "contrast/commits.h"

namespace culprit {

// Which symptoms a commit may have written the line of: those of whose words it holds some.
// Looking for the line in every diff would take longer than all the rest.
using MayPrint = std::vector<std::vector<std::size_t>>;  // by commit, indices of symptoms

// The strongest clues of each commit, in the order of the commits; strongest first.
std::vector<std::vector<CommitClue>> place_clues(std::span<const CommitText* const> commits,
                                                 const CommitQuestion& question,
                                                 const MayPrint& may_print);

}  // namespace culprit
