// A Ddmin takes parts out of a failing set until none of its members can be left out alone.
//
// Zeller and Hildebrandt's minimising delta debugging (2002): each part of the set is tried alone,
// then the set without each part; what still fails is gone on with, and parts are halved where
// nothing does. It assumes nothing about what makes the set fail, so it is what is left where
// answers contradict each other; it takes up to n^2 questions, many of them twice: whoever asks
// keeps the answers. What cannot be judged does not fail.
// Invariant: kept() was told to fail, or is the set it began with.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "event/event.h"
#include "search/subset.h"

namespace culprit {

class Ddmin {
 public:
  explicit Ddmin(Subset start);

  // The set to try next; nothing once each member is known to be needed.
  const std::optional<Subset>& ask() const { return question_; }
  void tell(std::optional<Outcome> outcome);  // of the set asked for
  const Subset& kept() const { return kept_; }

 private:
  enum class Trying { part, rest };

  void begin_round(std::size_t parts);
  void put_question();

  Subset kept_;
  std::vector<std::size_t> members_;  // of kept_
  std::size_t parts_ = 2;
  std::size_t part_ = 0;  // that is tried
  Trying trying_ = Trying::part;
  std::optional<Subset> question_;
};

}  // namespace culprit
