// A lag is the time between a change and the onset; some lags are likelier than others.
//
// Most faults show at once, others as a rollout proceeds, a few after hours (caches, leaks, jobs)
// or days. The density of the lag, averaged over the onset's interval, is compared with that of a
// change two hours back. Only the root of that ratio counts: changes cluster at the hours at which
// load does, so that nearness is weaker evidence than it looks. What it served without failing is
// counted, and counts whole. It tells which change, not whether any: that there is some deploy just
// before an incident is no wonder where many are made.
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
  Duration skew{};  // by which clocks may disagree
  // How probable it is that it served so long without failing, were it one of those at once.
  double unharmed = 1;
};

LagEvidence lag_evidence(const Change& change, const LagQuestion& question);

}  // namespace culprit
