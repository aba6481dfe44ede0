// A Frame is one line of a stack trace: a file, a line, a function, as far as the line says them.
//
// Read are the traces of Python, Java and its kin, Go, JavaScript, gdb and the sanitizers, Ruby,
// Rust, C# and PHP, and "path:line" as compilers and loggers write it, with whatever a logger put
// before them. Paths stay as they are written: absolute, of the build machine, or (Java) put
// together from the class.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace culprit {

struct Frame {
  std::string path = {};      // with '/'
  std::size_t line = 0;       // from 1; 0: not said
  std::string function = {};  // "Gateway.charge"; empty: not said
  std::size_t depth = 0;      // 0: where it failed; callers count up

  bool operator==(const Frame&) const = default;
};

// In the order of the text; `depth` knows that Python writes the innermost last.
std::vector<Frame> frames_of(std::string_view text);

// Whether a line is part of a stack trace rather than something that somebody wrote.
bool is_frame_line(std::string_view line);

// Whether the path lies in a language's library or an installed package: no commit wrote it.
bool is_foreign_path(std::string_view path);

// The paths of the tree that a frame's path may mean: those with the most components in common at
// the end, the file name at least; none, or too many to tell, is empty.
std::vector<std::string> paths_meant(std::string_view path, const std::vector<std::string>& tree);

}  // namespace culprit
