// Picks are an event's time, level and message, chosen from its fields as they are read.
//
// Several fields may promise the same (`ts` and `created`); the best-ranked name that has a fitting
// value wins: a time that can be read, a level that is one, a message that is text.
#pragma once

#include <string_view>

#include "parse/format.h"

namespace culprit {

class Picks {
 public:
  Picks(const Zone& zone, TimeCache& cache) : zone_(zone), cache_(cache) {}

  // A field whose name makes a promise; a plain one changes nothing.
  void note(Keys::Promise promise, std::string_view value, Kind kind);

  void fill(Event& event) const {
    event.time = time_;
    event.level = level_;
    event.message = message_;
  }

  // GELF says so by its version or its short_message.
  bool gelf() const { return gelf_; }

  // The journal has the time at which it took a message.
  bool journal() const { return journal_; }

  // The levels of both are syslog's, which mean nothing elsewhere.
  void take_syslog_level();

 private:
  static constexpr int rank_worst = 1'000'000;

  const Zone& zone_;
  TimeCache& cache_;
  Time time_ = no_time;
  int time_rank_ = rank_worst;
  int level_rank_ = rank_worst;
  int message_rank_ = rank_worst;
  Level level_ = Level::none;
  char syslog_ = '\0';  // the digit of a level from 0 to 7
  bool gelf_ = false;
  bool journal_ = false;
  std::string_view message_;
};

}  // namespace culprit
