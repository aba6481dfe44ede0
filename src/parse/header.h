// A LineHeader is what loggers put between a plain-text line's time and its message.
//
// Levels, threads, loggers, processes and hosts are recognised by their shape, in any order, each
// at most once; the first word that is none of them begins the message. Fields are named `level`,
// `thread`, `logger`, `pid`, `host`, `container`, `client` and `request_id`. A shape is believed
// only where it is rather a header's than a sentence's: `error` in the middle of words stays a
// word.
#pragma once

#include <string_view>
#include <vector>

#include "event/event.h"

namespace culprit {

class LineHeader {
 public:
  // Adds what it finds to `fields`, as views of the line.
  explicit LineHeader(std::vector<Field>& fields) : fields_(fields) {}

  void before_time(std::string_view text);
  void behind_time(std::string_view text);

  Level level() const { return level_; }
  std::string_view message() const { return rest_; }

 private:
  void lambda_request();
  bool element();
  bool bracketed();
  bool inside(std::string_view content);
  bool level_word();
  bool level_pair();
  bool process();
  bool host_and_process();
  bool logger();
  bool take_level(std::string_view word);
  bool add(std::string_view name, std::string_view value);
  void skip_separators();

  std::vector<Field>& fields_;
  std::string_view rest_;
  Level level_ = Level::none;
};

}  // namespace culprit
