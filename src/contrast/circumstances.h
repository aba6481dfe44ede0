// Clues from the circumstances of a failure: what it says, where it is, what traffic did.
//
// They speak of all changes alike, or of all of a kind: a full disk, a broken host, one customer
// or a wave of traffic is seldom anybody's change. That is how "none of these" gains.
#pragma once

#include "contrast/change_evidence.h"

namespace culprit {

// What the failing units say first, as a kind of failure that such changes cause or do not.
Clue kind_clue(const Change& change, const ChangeEvidence& evidence);

// More traffic than before.
Clue traffic_clue(const Change& change, const ChangeEvidence& evidence);

// It began at a full or half hour.
Clue round_clue(const Change& change, const ChangeEvidence& evidence);

// Only one host, or one region: whether the change was there, and whether it was elsewhere too.
Clue spread_clue(const Change& change, const ChangeEvidence& evidence);

// Whether nearly all failures are in one of several places that carry traffic.
bool is_concentrated(const PlaceSpread& spread);

// Only one customer.
Clue customer_clue(const Change& change, const ChangeEvidence& evidence);

}  // namespace culprit
