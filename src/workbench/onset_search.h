// The search for the onset: coarse over everything, then finer around what was found.
#pragma once

#include "store/engine.h"
#include "workbench/investigation.h"

namespace culprit {

struct OnsetSearch {
  Expr where;                // of the units looked at
  Window span;               // of the evidence
  bool counts_only = false;  // failures per time, no totals
};

// The series that is judged, and shown as a sparkline.
HistTally series_of(Engine& engine, const OnsetSearch& search, std::size_t buckets);

// Buckets of a first look at a span: no more than there are events, since each is a place where
// a change may have begun by accident.
std::size_t first_look(const Schema& schema);

WhenAnswer find_onset(Engine& engine, const OnsetSearch& search);

}  // namespace culprit
