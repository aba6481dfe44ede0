// A WorkerPlace is what a worker's trial has for itself: a number, a port, a folder for its files.
//
// Two trials beside each other then neither listen on one port nor write one file. The folder is
// made for each trial and gone after it, with all that is in it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "base/result.h"
#include "experiment/trial_setup.h"

namespace culprit {

class WorkerPlace {
 public:
  // Its folder lies in `temporary`. Errors: unavailable (no room, no port).
  static Result<WorkerPlace> make(std::size_t worker, const std::string& temporary);
  WorkerPlace(WorkerPlace&& other) noexcept;
  WorkerPlace& operator=(WorkerPlace&& other) noexcept;
  WorkerPlace(const WorkerPlace&) = delete;
  WorkerPlace& operator=(const WorkerPlace&) = delete;
  ~WorkerPlace();

  // CULPRIT_WORKER, CULPRIT_PORT and TMPDIR, where the setup does not set them itself.
  void write_into(TrialSetup& setup) const;

  std::uint16_t port() const { return port_; }
  const std::string& folder() const { return folder_; }

 private:
  WorkerPlace() = default;
  std::size_t worker_ = 0;
  std::uint16_t port_ = 0;
  std::string folder_;  // empty: moved away
};

// Of 127.0.0.1, free at this moment, and not given to another of this process for a while.
Result<std::uint16_t> free_port();

}  // namespace culprit
