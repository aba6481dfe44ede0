// The shop's deploys: older ones, the one that brings the incident, and a decoy of another service
// close to the onset. The gateway's hosts take its release one after another.
#pragma once

#include <string>

#include "plan.h"

namespace shop {

// Fills the plan's deploys, releases and `switch_at`; needs its times and whether code caused it.
void draw_deploys(Plan& plan, const RepoInfo& repo, const Population& population, Dice& dice);

// One line of JSON a deploy, by time.
std::string deploys_ndjson(const Plan& plan);

}  // namespace shop
