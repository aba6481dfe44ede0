#include "store/lines.h"

#include <algorithm>

namespace culprit {
namespace {

constexpr std::uint64_t near_enough = 1 << 20;  // bytes that are read sooner than skipped

}  // namespace

Result<LineReader> LineReader::open(World& world, const Source& source) {
  LineReader reader;
  if (source.dialect.framing != nullptr) {
    reader.world_ = &world;
    reader.source_ = &source;
    reader.framed_ = TRY(LineFeed::open(world, source));
  } else if (source.seekable) {
    reader.file_ = TRY(open_seekable(world, source));
  } else {
    reader.stream_ = TRY(open_source(world, source));
  }
  return reader;
}

std::string LineReader::line_at(std::uint64_t offset, std::size_t bytes_max) {
  std::string line = framed_ ? framed_at(offset, bytes_max) : bytes_at(offset, bytes_max);
  if (line.ends_with('\r')) line.pop_back();
  return line;
}

// What is damaged may be fed before records that begin earlier, and is never asked for.
std::string LineReader::framed_at(std::uint64_t offset, std::size_t bytes_max) {
  const std::uint64_t near = framed_->reached() + near_enough;
  if (source_->seekable && offset > near) {
    auto there = LineFeed::open(*world_, *source_, {offset, UINT64_MAX});
    if (!there) return "";
    framed_.emplace(std::move(there).value());
    line_.reset();
  }
  while (!line_ || line_->offset < offset || line_->damaged) {
    line_ = framed_->next();
    if (!line_) return "";
  }
  if (line_->offset != offset) return "";
  return std::string(line_->text.substr(0, bytes_max));
}

std::string LineReader::bytes_at(std::uint64_t offset, std::size_t bytes_max) {
  if (file_) {
    std::size_t wanted = 4096;  // most lines are shorter
    for (;;) {
      std::string line(std::min(wanted, bytes_max), '\0');
      const auto got = file_->read_at(offset, std::span<char>(line));
      line.resize(got ? *got : 0);
      const std::size_t end = line.find('\n');
      if (end != std::string::npos || line.size() < wanted || wanted >= bytes_max) {
        return line.substr(0, end);
      }
      wanted *= 4;
    }
  }
  std::string buffer(1 << 16, '\0');
  for (;;) {
    if (offset < position_) return "";
    if (offset < position_ + window_.size()) {
      window_.erase(0, offset - position_);
      position_ = offset;
      const std::size_t end = window_.find('\n');
      if (end != std::string::npos || window_.size() >= bytes_max) {
        return window_.substr(0, std::min(end, bytes_max));
      }
    } else {
      position_ += window_.size();
      window_.clear();
    }
    const auto got = stream_->read(std::span<char>(buffer));
    if (!got || *got == 0) return window_;
    window_.append(buffer, 0, *got);
  }
}

}  // namespace culprit
