// A lag is the time between a change and the onset; some lags are likelier than others.
//
// Most faults show at once, others as a rollout proceeds, a few after hours (caches, leaks, jobs)
// or days. The density of the lag, averaged over the onset's interval, is compared with that of a
// change two hours back. Only the root of that ratio counts: changes cluster at the hours at which
// load does, so that nearness is weaker evidence than it looks. It tells which change, not whether
// any: that there is some deploy just before an incident is no wonder where many are made.
#pragma once

#include <string>

#include "contrast/suspects.h"

namespace culprit {

struct LagEvidence {
  double log_ratio = 0;
  bool after = false;  // the change came after the onset and cannot be its cause
  std::string text;    // "1m 32s before the onset"; empty where there is no onset
};

struct LagQuestion {
  std::optional<Onset> onset = {};
  Duration skew{};           // by which clocks may disagree
  bool served_well = false;  // it ran before the onset without failing: it is none of those at once
};

LagEvidence lag_evidence(const Change& change, const LagQuestion& question);

}  // namespace culprit
