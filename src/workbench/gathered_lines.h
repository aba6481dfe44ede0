// Lines gathered as an investigation gathers them, for tests.
#pragma once

#include <memory>
#include <string>

#include "base/sim_world.h"
#include "store/embedded/embedded.h"
#include "workbench/failure.h"

namespace culprit {

struct GatheredLines {
  explicit GatheredLines(const std::string& lines) {
    world.put("app.log", lines);
    options.gather.sources = {"app.log"};
    engine = Embedded::gather(world, options.gather).value();
    made.schema = engine->schema();
  }
  void find_failure() { culprit::find_failure(*engine, options, made); }

  SimWorld world;
  InvestigateOptions options;
  std::unique_ptr<Embedded> engine;
  Investigation made;
};

}  // namespace culprit
