// A LineReader fetches single lines of a source again by their offset.
//
// Plain files are read in place. Packed ones are unpacked from their start and documents framed
// from there, so ask in ascending order: one pass then serves all.
#pragma once

#include <optional>
#include <string>

#include "base/stream.h"
#include "store/feed.h"

namespace culprit {

class LineReader {
 public:
  // `world` and `source` must outlive it.
  static Result<LineReader> open(World& world, const Source& source);

  // The line that begins at `offset`, without its end, cut at `bytes_max`; empty if it is gone.
  std::string line_at(std::uint64_t offset, std::size_t bytes_max);

 private:
  LineReader() = default;
  // As line_at(), but a carriage return before the end is left.
  std::string bytes_at(std::uint64_t offset, std::size_t bytes_max);
  std::string framed_at(std::uint64_t offset, std::size_t bytes_max);

  std::optional<File> file_;      // seekable
  std::optional<Stream> stream_;  // packed: stands at position_
  World* world_ = nullptr;
  const Source* source_ = nullptr;
  std::optional<LineFeed> framed_;
  std::optional<FedLine> line_;  // of `framed_`, the last one read
  std::uint64_t position_ = 0;   // of window_'s first byte
  std::string window_;
};

}  // namespace culprit
