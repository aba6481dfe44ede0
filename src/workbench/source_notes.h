// What is to be said about sources beside their counts, with many copies told as one.
#pragma once

#include <string>
#include <vector>

#include "event/schema.h"
#include "workbench/investigation.h"

namespace culprit {

class SourceNotes {
 public:
  void add(const std::string& source, const std::vector<SourceNote>& notes);
  // In the order of sources, copies last.
  std::vector<Warning> told() const;

 private:
  std::vector<Warning> others_;
  std::vector<Warning> copies_;
};

}  // namespace culprit
