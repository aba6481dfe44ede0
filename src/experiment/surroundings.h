// The Surroundings of one trial: the environment that its TrialSetup asks for, made anew for each.
//
// What a plan cannot hold is made here: numbers that are fresh in each trial, how far the clock has
// to be shifted from now on, and the small files in which processes of one trial count together,
// which are gone with the value. The value outlives every process of its trial.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/world.h"
#include "experiment/trial_setup.h"

namespace culprit {

class Surroundings {
 public:
  // The same seed gives the same numbers.
  static Result<Surroundings> of(const TrialSetup& setup, std::uint64_t seed, World& world);
  Surroundings(Surroundings&& other) noexcept;
  Surroundings& operator=(Surroundings&& other) noexcept;
  ~Surroundings();

  // To be added to culprit's own.
  const std::map<std::string, std::string>& environment() const { return environment_; }

 private:
  Surroundings() = default;
  Status set_disk(const TrialSetup& setup, World& world);
  Status set_clock(const TrialSetup& setup, World& world);
  void leave_leaks(World& world);
  Status use_faketime(Duration shift);
  Result<std::string> zeros(std::string path, std::size_t bytes);
  void preload(const std::string& library);

  std::map<std::string, std::string> environment_;
  std::vector<std::string> files_;  // to be removed
};

}  // namespace culprit
