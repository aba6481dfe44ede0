// An EventFile takes lines while they happen, from several threads: requests of a load, exchanges
// and faults of a proxy, trials of a search.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace culprit {

class EventFile {
 public:
  enum class Begin : std::uint8_t { empty, behind };  // what a file has that is there already
  // Errors: missing, denied; usage, while another culprit writes it.
  static Result<EventFile> open(const std::string& path, Begin begin = Begin::empty);
  EventFile(EventFile&&) noexcept;
  EventFile& operator=(EventFile&&) noexcept;
  ~EventFile();

  // Whole lines; those of one call stay together. After the first failure nothing is written.
  void append(std::string_view lines);
  // Whether all of it was written so far. Errors: what failed first.
  Status written() const;
  Status finish();  // and closed

 private:
  struct State;
  explicit EventFile(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

// Text between quotes, as JSON has it; bytes above 0x7F are taken for UTF-8.
std::string json_text_of(std::string_view text);

}  // namespace culprit
