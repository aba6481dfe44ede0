// Who is hit: plans the comparison, lets the engine count, has the mind judge, adds the twins.
#pragma once

#include "contrast/axes.h"
#include "store/engine.h"
#include "workbench/investigation.h"

namespace culprit {

struct WhoQuestion {
  Window before;
  Window after;
  bool has_before = true;
  bool errors_only = false;
  double time_ratio = 1;  // length of after over that of before
  double dispersion = 1;
  std::uint64_t seed = 1;
};

// Those whom it hits, before examples are looked for.
struct WhoAnswer {
  Baseline baseline;
  std::vector<Finding> findings;
  std::vector<Finding> always_worse;
  std::optional<MixShift> mix_shift;
  double unexplained_share = 1;
  std::string verdict = "unrecorded";  // as Investigation::who_verdict
};

// Compares the plan's candidates: the question alone, from counts alone.
WhoAnswer who_is_hit(Engine& engine, const WhoQuestion& question, const FieldPlan& plan);

// Fills who, who_verdict, always_worse, mix_shift, unexplained_share and looks_like of the
// Investigation.
void find_who(Engine& engine, const WhoQuestion& question, Investigation& investigation);

// Whether some segment fails far more than the rest and often enough to be an incident, for
// evidence that has no quiet part to compare with.
bool stands_out(const Segment& segment);

}  // namespace culprit
