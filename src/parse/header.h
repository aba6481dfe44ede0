// A LineHeader is what loggers put between a plain-text line's time and its message.
//
// Levels, threads, loggers, processes and hosts are recognised by their shape, in any order, each
// at most once; the first word that is none of them begins the message. Fields are named `level`,
// `thread`, `logger`, `pid`, `host`, `container`, `client` and `request_id`. A shape is believed
// only where it is rather a header's than a sentence's: `error` in the middle of words stays a
// word.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "event/event.h"

namespace culprit {

// Whether a word before a colon is the name of a logger: to be seen from its shape, or known
// because all lines of the source have one.
enum class LoggerNames : std::uint8_t { by_shape, in_all_lines };

class LineHeader {
 public:
  // Adds what it finds to `fields`, as views of the line.
  LineHeader(std::vector<Field>& fields, LoggerNames loggers);

  void before_time(std::string_view text);
  void behind_time(std::string_view text);

  // A hash of the fields' names (Event::names), where there were none before; else 0.
  std::uint64_t names() const { return names_; }
  Level level() const { return level_; }
  std::string_view message() const { return rest_; }
  // Whether there was a logger, or what could be one stands before the message.
  bool begins_with_logger() const;

 private:
  // Each is told at most once.
  enum class Part : std::uint8_t {
    level,
    thread,
    logger,
    pid,
    host,
    container,
    client,
    request_id,
  };
  static constexpr std::size_t parts = 8;

  static std::string_view name_of(Part part);
  bool has(Part part) const { return (told_ >> static_cast<unsigned>(part) & 1) != 0; }
  bool only_message_left() const;
  bool plain_thread();
  bool dashed_logger();
  void lambda_request();
  bool element();
  bool bracketed();
  bool braced();
  bool thread_and_dash();
  bool names_thread_before_logger(std::string_view content) const;
  bool numbers_and_level();
  bool worker();
  bool inside(std::string_view content);
  bool level_word();
  bool level_pair();
  bool process();
  bool host_and_process();
  bool logger();
  bool method(std::string_view name, std::string_view behind);
  void named_logger();
  bool take_level(std::string_view word);
  bool add(Part part, std::string_view value);
  void skip_separators();

  std::vector<Field>& fields_;
  LoggerNames loggers_;
  bool alone_;         // there were no fields before
  unsigned told_ = 0;  // a bit for each Part
  std::uint64_t names_ = 0;
  std::string_view rest_;
  std::string_view word_;  // that `rest_` begins with, where an element is looked for
  Level level_ = Level::none;
};

}  // namespace culprit
