// The onset of a message: which one began to be said, where nothing but failures was logged, or no
// field says what failed.
//
// Without successes the number of failures per minute is all there is, and its drift hides an
// incident of a few hundred lines. The share that one message has among them tells it: a message
// that was never heard before is surely new after twenty lines. The units that say it are the bad
// ones from then on; the other failures stand for the traffic. Where neither level nor status says
// what failed, the messages that speak of failure are asked in the same way, and all others are
// good.
#pragma once

#include "store/engine.h"
#include "workbench/investigation.h"

namespace culprit {

struct MessageOnset {
  OutcomeRule rule;
  WhenAnswer when;  // not found where no message began
};

// The surest one. It has to be surer than a change of all failures together (`log_odds` of it; 0:
// there was none), or a fair part of what failed since. Leaves the engine judging by `rule` where
// it is found.
MessageOnset find_message_onset(Engine& engine, const Investigation& investigation,
                                double log_odds);

}  // namespace culprit
