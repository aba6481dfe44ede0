// A Stream is one log file that is written in the order of time although its lines are made in the
// order in which requests arrive. Lines wait in a ring of milliseconds until no earlier one can
// come. A line may lie at most `reach` after the instant of the last advance().
#pragma once

#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "calendar.h"

namespace shop {

class Stream {
 public:
  static constexpr Instant reach = 32'768;  // a power of two above the longest request

  // Throws a Refusal where the file cannot be written; lines before `from` are not possible.
  Stream(std::string path, Instant from);
  Stream(Stream&&) = default;

  // The place to append one line with its newline. Valid until the next advance().
  std::string& at(Instant at);
  // Writes all lines before this instant.
  void advance(Instant to);
  // Writes what was handed over; lines that still wait are beyond the end of the log.
  void close();

  uint64_t bytes() const { return bytes_; }

 private:
  struct Closer {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  void write_out();

  std::string path_;
  std::unique_ptr<std::FILE, Closer> file_;
  std::vector<std::string> ring_;
  std::string ready_;
  Instant written_;  // all lines before it are in ready_ or in the file
  uint64_t bytes_ = 0;
};

}  // namespace shop
