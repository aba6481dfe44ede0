// What was recognised in each source: the first thing to look at when an answer looks odd.
//
// Each source is read by itself, so that its fields, ids and times are its own and not those of
// the others.
#pragma once

#include <string>
#include <vector>

#include "base/world.h"
#include "event/schema.h"
#include "store/gather.h"

namespace culprit {

struct InputField {
  std::string name;
  std::string type;          // "number", "text", "time"
  std::size_t distinct = 0;  // 0: not counted (times, messages, ids)
  bool many = false;         // `distinct` is a lower bound
  std::uint64_t events = 0;  // that carry it
};

struct Input {
  SourceSummary source;
  std::string zone;                      // "written": its times name it; else the one that is taken
  std::vector<InputField> fields;        // by name; slots of messages last
  std::vector<std::string> correlation;  // fields that join events to units
  std::vector<std::string> could_fail;   // what says failure, likeliest first
};

// Errors as reading the sources; one that cannot be read is an Input with a fault.
Result<std::vector<Input>> inspect_inputs(World& world, const GatherOptions& options);

}  // namespace culprit
