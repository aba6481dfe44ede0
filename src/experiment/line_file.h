// A LineFile takes lines for a file, behind those that it has.
//
// Lines are written together; flush() writes what is left, and so does the end. Nothing of a file
// that is there already is lost.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace culprit {

class LineFile {
 public:
  static Result<LineFile> open(const std::string& path);  // "-": standard output
  LineFile(LineFile&& other) noexcept;
  LineFile& operator=(LineFile&& other) noexcept;
  ~LineFile();

  void add(std::string_view line);
  // Errors: the disk is full. Lines that could not be written are kept for the next time.
  Status flush();

 private:
  LineFile(int descriptor, std::string path);
  int descriptor_;
  std::string path_;
  std::string waiting_;
};

}  // namespace culprit
