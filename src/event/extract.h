// An Extract is a part of the units with their values, few enough to be looked at again and again.
//
// A search over combinations of values asks millions of questions about the same units; a server
// answers this one, and the search does the rest itself. Of each window and outcome at most so many
// units are taken, evenly from all of them, and each stands for as many others: failing units are
// few, so that nearly always all of them are there. What is found in an Extract is an estimate
// where it does not hold every unit, and is counted by a FacetQuery before it is told.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "event/tally.h"

namespace culprit {

struct ExtractQuery {
  std::vector<std::string> fields;
  std::vector<Window> windows;  // ascending, not overlapping
  std::size_t each_max = SIZE_MAX;
};

// One field of the units, as numbers: the place in `values` + 1; 0: the unit lacks the field.
struct ExtractColumn {
  std::string field;
  std::vector<std::string> values;   // those that the units have, told apart as queries do
  std::vector<std::uint32_t> first;  // by row
  std::vector<std::pair<std::uint32_t, std::uint32_t>> more;  // row, number: further values; sorted
};

struct ExtractTally {
  // Rows of one window and outcome stand together.
  struct Slot {
    std::size_t window = 0;
    bool bad = false;
    std::size_t rows = 0;
    double weight = 1;  // units that each stands for
  };
  std::vector<Slot> slots;             // by window, the good ones first; those without rows too
  std::vector<ExtractColumn> columns;  // as asked
  bool whole = true;                   // every unit is there, once
};

}  // namespace culprit
