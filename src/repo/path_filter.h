// A PathFilter says which files a build and its test read.
//
// Without patterns: all but documents, by their names. A pattern is a folder, which stands for all
// that is in it, or a glob of the shell whose `*` crosses `/` as well: src, *.c, Makefile.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace culprit {

class PathFilter {
 public:
  PathFilter() = default;
  explicit PathFilter(std::vector<std::string> patterns) : patterns_(std::move(patterns)) {}

  bool given() const { return !patterns_.empty(); }
  bool reads(const std::string& path) const;

 private:
  std::vector<std::string> patterns_;
};

// "README.md", "docs/usage.rst", "LICENSE": what people read and programs do not.
bool is_document(std::string_view path);

}  // namespace culprit
