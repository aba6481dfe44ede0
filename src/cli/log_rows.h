// LogRows writes rows of `logs` for people: place and line, aligned; and for programs: JSON.
//
// In a pipe a row is never cut. On a terminal a long line is folded below itself, over a few rows
// at most, and sources are named from the folder on that they share. Control bytes are escaped in
// both.
#pragma once

#include <deque>
#include <string>
#include <vector>

#include "cli/command.h"
#include "workbench/logs.h"

namespace culprit {

class LogRows {
 public:
  LogRows(const std::vector<Source>& sources, const Terminal& terminal);
  // Of sources that become more.
  LogRows(const std::deque<Source>& sources, const Terminal& terminal);
  std::string text_of(const LogRow& row) const;  // with its line end

 private:
  template <typename Sources>
  void measure(const Sources& sources);
  std::string place_of(const Source& source, std::uint64_t offset) const;
  std::string folded(std::string_view line) const;

  Terminal terminal_;
  std::size_t name_begin_ = 0;  // bytes of each name that are not shown
  std::size_t name_columns_ = SIZE_MAX;
  std::size_t place_columns_ = 0;
};

// One object: {time, source, offset, line, level, template, fields}, with its line end.
std::string json_of(const LogRow& row);

}  // namespace culprit
