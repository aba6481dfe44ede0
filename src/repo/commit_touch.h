// A CommitTouch is what a commit does to the files that a build reads.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace culprit {

// A TreeMark is equal where the files that a build reads by its PathFilter are equal, byte for
// byte; without patterns: all files. It counts from a base, whose own is zero, and does not depend
// on the order in which files came and went: a commit's is its parent's and what it changed.
struct TreeMark {
  std::array<std::uint64_t, 2> halves = {};

  // `id`: any name of the content, of the same kind throughout.
  void add(std::string_view path, std::uint32_t mode, std::string_view id);
  void remove(std::string_view path, std::uint32_t mode, std::string_view id);

  TreeMark& operator+=(const TreeMark& other);  // what two commits after each other do

  auto operator<=>(const TreeMark&) const = default;
};

struct CommitTouch {
  enum class What : std::uint8_t {
    code,
    comments,  // of those files, and blank lines
    beside,    // other files only: documents, or what a filter leaves out
    nothing,
  };
  TreeMark mark;
  What what = What::code;
  std::size_t files = 0;  // that it changed, read or not
};

}  // namespace culprit
