// A Clue is one thing that speaks for or against a change, with its weight and its sentence.
//
// Each function looks at one kind of evidence; nothing found is a Clue of weight zero.
#pragma once

#include <string>
#include <vector>

#include "contrast/services.h"
#include "contrast/suspects.h"

namespace culprit {

struct Clue {
  double log_ratio = 0;   // ln of how much likelier the evidence is if this change did it
  std::string text = {};  // empty: nothing to say
};

// Versions that ran side by side are a natural experiment.
Clue version_clue(const Change& change, const ChangeEvidence& evidence);

// Its version had run for a while before the onset, and did not fail. That weighs by way of the lag
// (lag.h); here it is only told. Without text: it is not so, or not known.
Clue served_well_clue(const Change& change, const ChangeEvidence& evidence);

// How probable it is that its version serves so many before its first failure as it did, if it
// fails from the first one on at the rate that it has since the onset; 1: not known.
double unharmed(const Change& change, const ChangeEvidence& evidence);

// Whether the service that was changed is one that fails.
Clue service_clue(const Change& change, const ChangeEvidence& evidence);

// Flags, settings and dependencies have no commits: their names are compared with the failure.
Clue name_clue(const Change& change, const ChangeEvidence& evidence);

// What the commits of a change say together, and how probable each is, given the change.
struct CommitsClue {
  double prior = 1;  // by what they change, against an ordinary deploy
  std::vector<Clue> clues;
  std::vector<RankedCommit> ranked;  // probabilities given the change; sorted
};

struct CommitsQuestion {
  const ChangeEvidence& evidence;
  const ServiceNames& services;
  double nearness = 0;  // of the change, as lag.h tells it
};

// `weights` are those of the change's commits, in their order. In a repository that several
// services share, a deploy of one is seldom at fault for what only changed another. What ran for
// days says less by what it shares with the failure.
CommitsClue commits_clue(const Change& change, std::vector<CommitWeight> weights,
                         const CommitsQuestion& question);

}  // namespace culprit
