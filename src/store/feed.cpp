#include "store/feed.h"

#include <algorithm>
#include <cstring>

namespace culprit {
namespace {

// The first read is small, so that the first line is there at once; later ones grow to where a
// larger one gains nothing (1 GB of NDJSON from the page cache: 64 KiB 3 % slower than 1 MiB).
constexpr std::size_t chunk_first = 64 << 10;
constexpr std::size_t chunk_most = 1 << 20;
constexpr std::size_t line_bytes_max = 64 << 20;
// Before a range, to see which lines are cut into parts there: parts are of 16 KiB, which JSON may
// make six times as long, and follow each other.
constexpr std::uint64_t parts_look_back = 256 << 10;

}  // namespace

LineFeed::LineFeed(World& world, const Source& source, ByteRange range)
    : world_(&world), source_(&source), range_(range), chunk_(chunk_first) {}

Result<LineFeed> LineFeed::open(World& world, const Source& source, ByteRange range,
                                Descriptor descriptor) {
  VERIFY(range.from == 0 || source.seekable);
  LineFeed feed(world, source, range);
  if (!source.seekable) {
    feed.stream_ = TRY(open_source(world, source));
  } else if (descriptor == Descriptor::held) {
    feed.file_ = TRY(open_seekable(world, source));
  }
  // One byte earlier: if that ends a line, the next one begins right at the range.
  feed.cut_ = range.from > 0;
  feed.base_ = range.from - (feed.cut_ ? 1 : 0);
  if (source.dialect.framing == nullptr) return feed;
  if (feed.cut_) {
    TRY(feed.begin_parts());
  } else {
    feed.framer_.emplace(*source.dialect.framing, FrameRange{0, range.to, 0});
  }
  return feed;
}

Result<LineFeed> LineFeed::open(World& world, const Source& source, std::vector<ByteRange> ranges,
                                Descriptor descriptor) {
  VERIFY(source.seekable && source.dialect.framing == nullptr);
  LineFeed feed(world, source, {0, 0});
  if (descriptor == Descriptor::held) feed.file_ = TRY(open_seekable(world, source));
  feed.ranges_ = std::move(ranges);
  return feed;
}

bool LineFeed::next_range() {
  if (ranges_begun_ == ranges_.size()) return false;
  range_ = ranges_[ranges_begun_++];
  base_ = range_.from;
  begin_ = end_ = searched_ = 0;
  return true;
}

std::optional<FedLine> LineFeed::next() {
  if (framer_) return next_framed();
  for (;;) {
    const std::uint64_t offset = base_ + begin_;
    if (offset >= range_.to && !cut_) {
      if (!next_range()) return std::nullopt;
      continue;
    }
    const void* found = std::memchr(buffer_.data() + searched_, '\n', end_ - searched_);
    if (found == nullptr && !cut_ && end_ - begin_ >= line_bytes_max) return too_long();
    if (found == nullptr && !ended_) {
      refill();
      continue;
    }
    if (begin_ == end_) return std::nullopt;
    const auto stop =
        found == nullptr
            ? end_
            : static_cast<std::size_t>(static_cast<const char*>(found) - buffer_.data());
    const std::string_view text(buffer_.data() + begin_, stop - begin_);
    begin_ = std::min(stop + 1, end_);
    searched_ = begin_;
    if (!cut_) return FedLine{offset, text};
    cut_ = false;
  }
}

// The range begins with the first line that begins in it; lines that began before are left out
// with all their parts.
Status LineFeed::begin_parts() {
  const std::uint64_t first = range_.from - std::min(range_.from, parts_look_back);
  base_ = first;
  std::size_t newline = std::string::npos;
  while (newline == std::string::npos && end_ < line_bytes_max) {
    const std::size_t searched =
        static_cast<std::size_t>(std::max<std::uint64_t>(end_, range_.from - 1 - first));
    const std::size_t got = TRY(read_more(static_cast<std::size_t>(parts_look_back) + chunk_first));
    if (got == 0) break;
    end_ += got;
    newline = std::string_view(buffer_).substr(0, end_).find('\n', searched);
  }
  const std::size_t begin = newline == std::string::npos ? end_ : newline + 1;
  std::string_view before = std::string_view(buffer_).substr(0, begin);
  if (first > 0) before.remove_prefix(std::min(before.find('\n') + 1, before.size()));
  Framer scout(*source_->dialect.framing, {first + begin - before.size(), UINT64_MAX, 0});
  scout.feed(before);
  base_ = first + begin;
  end_ = 0;
  framer_.emplace(*source_->dialect.framing, FrameRange{base_, range_.to, scout.open_streams()});
  return ok();
}

std::optional<FedLine> LineFeed::next_framed() {
  while (frames_ == nullptr || framed_ == frames_->records.size()) {
    if (ended_) return std::nullopt;
    framed_ = 0;
    if (framer_->done()) {
      ended_ = true;
      frames_ = &framer_->finish();
      continue;
    }
    // Lines that began in the range end soon behind it.
    const bool beyond = range_.to <= base_ + chunk_;
    const auto got = read_more(beyond ? chunk_first : chunk_);
    chunk_ = std::min(chunk_ * 2, chunk_most);
    if (!got) fault_ = got.error();
    ended_ = !got || *got == 0;
    base_ += ended_ ? 0 : *got;
    frames_ = ended_ ? &framer_->finish() : &framer_->feed({buffer_.data(), *got});
  }
  const Frames::Record& record = frames_->records[framed_++];
  return FedLine{record.offset, frames_->line(record), record.damaged, record.line};
}

// The beginning of a line; its rest is left out.
FedLine LineFeed::too_long() {
  const FedLine line{base_ + begin_, std::string_view(buffer_).substr(begin_, line_bytes_max)};
  fault_ = error(Fault::malformed, "{}: the line at byte {} is longer than {} MB and was cut there",
                 source_->name, line.offset, line_bytes_max >> 20);
  begin_ = searched_ = end_;
  cut_ = true;
  return line;
}

// Moves what is left to the front and reads on behind it.
void LineFeed::refill() {
  searched_ = end_ - begin_;
  std::memmove(buffer_.data(), buffer_.data() + begin_, searched_);
  base_ += begin_;
  begin_ = 0;
  end_ = searched_;
  if (cut_) {  // nobody asks for what stands before the next line
    base_ += end_;
    end_ = searched_ = 0;
  }
  const std::uint64_t at = base_ + end_;
  const auto got = read_more(wanted_bytes(at));
  chunk_ = std::min(chunk_ * 2, chunk_most);
  if (!got) fault_ = got.error();
  const bool cut_off = source_->seekable && got && *got == 0 && at < source_->size;
  if (cut_off && at < range_.to) {
    fault_ = error(Fault::malformed, "{} was cut to {} bytes while it was read: {} were gone",
                   source_->name, at, source_->size - at);
  }
  ended_ = !got || *got == 0;
  if (got) end_ += *got;
}

std::size_t LineFeed::wanted_bytes(std::uint64_t at) const {
  const std::size_t most = std::max(chunk_, end_);
  // Of several ranges no more than they are long: a line ends there.
  if (!ranges_.empty() && at < range_.to) return std::min<std::size_t>(most, range_.to - at);
  // A small file needs no more room than it is long, and one byte to see that it ends there.
  const bool small = source_->seekable && source_->size >= at && source_->size - at < chunk_;
  return small ? source_->size - at + 1 : most;
}

Result<std::size_t> LineFeed::read_more(std::size_t count) {
  if (buffer_.size() < end_ + count) buffer_.resize(end_ + count);
  const std::span<char> into(buffer_.data() + end_, count);
  if (stream_) return stream_->read(into);
  if (file_) return file_->read_at(base_ + end_, into);
  const File file = TRY(open_seekable(*world_, *source_));
  return file.read_at(base_ + end_, into);
}

}  // namespace culprit
