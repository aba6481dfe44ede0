// LogTemplates are the templates of some sources, by id and by the messages that belong to them.
//
// Which template a message belongs to depends on all others, so the sources are read once as a
// whole; then ids are those that `investigate` prints for the same evidence.
#pragma once

#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "base/result.h"
#include "contrast/templates.h"
#include "store/sweep.h"

namespace culprit {

class LogTemplates {
 public:
  // Errors: interrupted.
  static Result<LogTemplates> find(World& world, std::span<const Source> sources,
                                   const SweepOptions& options);

  // Of a message with that skeleton; nullptr: it was not there when the sources were read.
  const Template* of(std::uint64_t skeleton) const;

  // The skeletons of the template with that id. Errors: usage, naming ids that there are.
  Result<std::unordered_set<std::uint64_t>> skeletons_of(std::string_view id) const;

 private:
  Error unknown(std::string_view id) const;

  std::vector<Template> templates_;
  std::unordered_map<std::uint64_t, std::size_t> by_skeleton_;
};

}  // namespace culprit
