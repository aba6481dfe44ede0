// LineHunks are the lines by which two texts differ: what git's diff would show, found faster.
//
// The common beginning and end are skipped, then Myers' shortest script is sought (O(ND), 1986);
// texts too different for that are split at the lines that each holds just once (patience), and
// what remains between them counts as replaced. Every answer turns the one text into the other,
// though not always by the fewest lines. Nothing is formatted, which is what costs time elsewhere.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace culprit {

// Lines count from 0; one of the two may be empty.
struct LineHunk {
  std::size_t old_begin = 0;
  std::size_t old_count = 0;
  std::size_t new_begin = 0;
  std::size_t new_count = 0;

  bool operator==(const LineHunk&) const = default;
};

// `ignored`: lines that differ in white space only are equal.
enum class WhiteSpace : unsigned char { counts, ignored };

// In their order, never touching each other.
std::vector<LineHunk> line_hunks(const std::vector<std::string_view>& before,
                                 const std::vector<std::string_view>& after, WhiteSpace space);

}  // namespace culprit
