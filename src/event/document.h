// A Document is a tree of values as its leaves, whatever notation it was written in: what two
// configurations, environments, requests or traces are compared by.
#pragma once

#include <string>
#include <vector>

#include "event/event.h"

namespace culprit {

struct Leaf {
  std::vector<std::string> steps;  // from the root: keys, "[3]", "[name=pg-2]"
  std::string value;
  Kind kind = Kind::text;
};

struct Document {
  std::string format;  // "json", "yaml", "toml", "ini", "environment", "http", "trace", "text"
  std::vector<Leaf> leaves;  // in the order of the source
};

}  // namespace culprit
