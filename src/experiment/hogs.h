// Hogs are busy processes that take the processors of a command under test.
//
// So many on each processor that the command may use, each bound to it, each in a session of its
// own (where the kernel schedules by session, each takes as large a share as the command). They
// hold no descriptor of culprit's and end with the value, with the thread that started them, and
// with culprit, whatever ends that.
#pragma once

#include <cstdint>
#include <vector>

#include "base/result.h"
#include "experiment/trial_setup.h"

namespace culprit {

class Hogs {
 public:
  static Result<Hogs> start(std::uint32_t per_processor, const Limits& limits);
  Hogs(Hogs&& other) noexcept;
  Hogs& operator=(Hogs&& other) noexcept;
  ~Hogs();

  const std::vector<int>& processes() const { return processes_; }

 private:
  Hogs() = default;
  std::vector<int> processes_;
};

}  // namespace culprit
