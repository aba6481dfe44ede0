// The verb `logs --follow`: lines as they are written to sources, until somebody stops it.
//
// It begins with the last lines that are there, or with all since a moment; then each look gives
// what came meanwhile, in the order of time. Whatever is shown is shown once.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "store/follow.h"
#include "workbench/logs.h"

namespace culprit {

class LogFollow {
 public:
  static constexpr std::size_t lines_before = 10;  // as tail does

  // Of the options count the sources, `since`, `where` and `level`. Errors: as LogView::open().
  static Result<LogFollow> open(World& world, LogsOptions options);
  LogFollow(LogFollow&& other) noexcept;
  LogFollow& operator=(LogFollow&& other) noexcept;
  ~LogFollow();

  // What there is, then what came since; waits a moment where nothing did. Rows are valid until the
  // next call. Errors: interrupted.
  Result<std::vector<LogRow>> next();
  bool ended() const;  // everything followed was a pipe or a program, and is over
  std::vector<std::string> take_news();
  const std::deque<Source>& sources() const;

 private:
  struct State;
  explicit LogFollow(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace culprit
