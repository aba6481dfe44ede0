// A Progress line on standard error while sources are read: share, rate, time left.
#pragma once

#include <cstdint>
#include <functional>

#include "cli/command.h"

namespace culprit {

class Progress {
 public:
  explicit Progress(Session& session);
  // Empty when nobody would see it.
  std::function<void(std::uint64_t done, std::uint64_t total)> callback();
  void clear();

 private:
  void show(std::uint64_t done, std::uint64_t total);

  Session& session_;
  Time begin_;
  bool shown_ = false;
};

}  // namespace culprit
