// An EventFile takes Events as lines of NDJSON while they happen, from several threads.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace culprit {

class EventFile {
 public:
  // Empties a file that is there. Errors: missing, denied, unavailable.
  static Result<EventFile> create(const std::string& path);
  EventFile(EventFile&&) noexcept;
  EventFile& operator=(EventFile&&) noexcept;
  ~EventFile();

  // Whole lines; those of one call stay together. After the first failure nothing is written.
  void append(std::string_view lines);
  // Whether all of it was written. Errors: what failed first.
  Status finish();

 private:
  struct State;
  explicit EventFile(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

// Text between quotes, as JSON has it; bytes above 0x7F are taken for UTF-8.
std::string json_text_of(std::string_view text);

}  // namespace culprit
