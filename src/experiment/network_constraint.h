// The constraints of the network between a command and its upstreams: one for each toxic.
//
//   --vary "latency(db)=0..500ms"   --vary "barrier(db, match=SELECT balance)=off,on"
//
// The argument names the upstream and may set the toxic's other attributes; the levels are those of
// the attribute that makes it stronger, or shares of connections or requests that it hits.
#pragma once

#include <span>

#include "experiment/constraint.h"

namespace culprit {

std::span<const Constraint> network_constraints();

// Of an argument: "db" of "db, match=SELECT balance".
std::string upstream_of(std::string_view argument);

}  // namespace culprit
