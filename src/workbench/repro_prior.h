// What an investigation proposes to vary: the factors that its findings name.
//
//   who: region = eu-west        -> env(REGION)=unset,eu-west
//   an upstream that it speaks of -> latency(db)=0..500ms
//
// It only proposes; the search finds out. An investigation that names nothing that can be varied is
// no error: then nothing is proposed.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/world.h"

namespace culprit {

// `prior`: "case" (the newest investigation of the open case) or a file of `investigate --json`.
// `upstreams`: the names of those that a proxy stands before. As --vary takes them.
Result<std::vector<std::string>> factors_of_prior(World& world, const std::string& prior,
                                                  const std::vector<std::string>& upstreams);

// Of the document itself.
Result<std::vector<std::string>> factors_of_findings(std::string_view json,
                                                     const std::vector<std::string>& upstreams);

}  // namespace culprit
