// A file's diff read out of its two texts: lines, whole new functions, and what stands around.
//
// Code that a function gained may have broken it; a function that nobody called before has seldom.
// The two are kept apart, since a range of commits holds far more of the second.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "contrast/commits.h"

namespace culprit {

struct LineCounts {
  std::size_t added = 0;
  std::size_t removed = 0;
};

// Fills all but the path, with no more than `bytes_max` of text, and says how many lines differ.
// An absent side: the file came, or went, with the commit.
LineCounts read_file_diff(std::optional<std::string_view> before,
                          std::optional<std::string_view> after, std::size_t bytes_max,
                          FileDiff& file);

}  // namespace culprit
