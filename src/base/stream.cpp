#include "base/stream.h"

#include <lzma.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <cstring>

namespace culprit {

Packing packing_of(std::string_view bytes) {
  using namespace std::string_view_literals;
  if (bytes.starts_with("\x1f\x8b"sv)) return Packing::gzip;
  if (bytes.starts_with("\x28\xb5\x2f\xfd"sv)) return Packing::zstd;
  if (bytes.starts_with("\xfd"
                        "7zXZ\0"sv)) {
    return Packing::xz;
  }
  return Packing::plain;
}

std::string_view name_of(Packing packing) {
  switch (packing) {
    case Packing::gzip: return "gzip";
    case Packing::zstd: return "zstd";
    case Packing::xz: return "xz";
    case Packing::plain: break;
  }
  return "";
}

// The state of whichever library is in use; all three read from `input` [begin, end).
struct Stream::Unpacker {
  File file;
  Packing packing = Packing::plain;
  // Not set to zeros: that would cost more than all else where thousands of files are opened.
  static constexpr std::size_t input_size = 1 << 18;
  std::unique_ptr<char[]> input = std::make_unique_for_overwrite<char[]>(input_size);
  std::size_t begin = 0;
  std::size_t end = 0;
  std::uint64_t consumed = 0;
  bool input_ended = false;
  bool ended = false;
  bool inside_member = false;
  z_stream gzip{};
  ZSTD_DStream* zstd = nullptr;
  lzma_stream xz = LZMA_STREAM_INIT;

  explicit Unpacker(File opened) : file(std::move(opened)) {}
  Unpacker(const Unpacker&) = delete;
  Unpacker& operator=(const Unpacker&) = delete;
  ~Unpacker() {
    if (packing == Packing::gzip) inflateEnd(&gzip);
    ZSTD_freeDStream(zstd);
    lzma_end(&xz);
  }

  Status start();
  Status refill();
  Result<std::size_t> read_plain(std::span<char> into);
  Result<std::size_t> read_gzip(std::span<char> into);
  Result<std::size_t> read_zstd(std::span<char> into);
  Result<std::size_t> read_xz(std::span<char> into);
  Error damaged() const;
};

Status Stream::Unpacker::start() {
  while (end < 6 && !input_ended) {
    TRY(refill());
  }
  packing = packing_of({input.get(), end});
  // 15 + 16: the largest window, gzip framing (zlib.h, inflateInit2).
  if (packing == Packing::gzip) inflateInit2(&gzip, 15 + 16);
  if (packing == Packing::zstd) zstd = ZSTD_createDStream();
  // 256 MiB: xz -9 needs 65; LZMA_CONCATENATED reads members one after the other.
  if (packing == Packing::xz &&
      lzma_stream_decoder(&xz, 256ULL << 20, LZMA_CONCATENATED) != LZMA_OK) {
    return error(Fault::unavailable, "{}: no memory to unpack xz", file.path());
  }
  return ok();
}

// Moves what is left to the front and reads on behind it.
Status Stream::Unpacker::refill() {
  std::memmove(input.get(), input.get() + begin, end - begin);
  end -= begin;
  begin = 0;
  const std::size_t got = TRY(file.read_next({input.get() + end, input_size - end}));
  end += got;
  consumed += got;
  input_ended = got == 0;
  return ok();
}

Error Stream::Unpacker::damaged() const {
  Error made =
      error(Fault::malformed, "{}: the {} data is {} near byte {}", file.path(), name_of(packing),
            input_ended && begin == end ? "cut off" : "damaged", consumed - (end - begin));
  made.advice = "what could be unpacked before that place is used";
  return made;
}

Result<std::size_t> Stream::Unpacker::read_plain(std::span<char> into) {
  if (begin < end) {
    const std::size_t count = std::min(into.size(), end - begin);
    std::memcpy(into.data(), input.get() + begin, count);
    begin += count;
    return count;
  }
  const std::size_t got = TRY(file.read_next(into));
  consumed += got;
  return got;
}

Result<std::size_t> Stream::Unpacker::read_gzip(std::span<char> into) {
  for (;;) {
    // Six bytes, so that the next member's first bytes can be told even across a refill.
    if (end - begin < 6 && !input_ended) {
      TRY(refill());
    }
    if (begin == end) return inside_member ? Result<std::size_t>(damaged()) : std::size_t{0};
    if (!inside_member && packing_of({input.get() + begin, end - begin}) != Packing::gzip) {
      return std::size_t{0};  // zero padding behind the last member, as tar leaves it
    }
    inside_member = true;
    gzip.next_in = reinterpret_cast<Bytef*>(input.get() + begin);
    gzip.avail_in = static_cast<uInt>(end - begin);
    gzip.next_out = reinterpret_cast<Bytef*>(into.data());
    gzip.avail_out = static_cast<uInt>(into.size());
    const int state = inflate(&gzip, Z_NO_FLUSH);
    begin = end - gzip.avail_in;
    const std::size_t made = into.size() - gzip.avail_out;
    if (state == Z_STREAM_END) {
      inflateReset(&gzip);
      inside_member = false;
    } else if (state != Z_OK && state != Z_BUF_ERROR) {
      return damaged();
    }
    if (made > 0) return made;
  }
}

Result<std::size_t> Stream::Unpacker::read_zstd(std::span<char> into) {
  for (;;) {
    if (begin == end && !input_ended) {
      TRY(refill());
    }
    if (begin == end) return inside_member ? Result<std::size_t>(damaged()) : std::size_t{0};
    ZSTD_inBuffer from{input.get() + begin, end - begin, 0};
    ZSTD_outBuffer to{into.data(), into.size(), 0};
    const std::size_t state = ZSTD_decompressStream(zstd, &to, &from);
    if (ZSTD_isError(state) != 0U) return damaged();
    inside_member = state != 0;
    begin += from.pos;
    if (to.pos > 0) return to.pos;
  }
}

Result<std::size_t> Stream::Unpacker::read_xz(std::span<char> into) {
  for (;;) {
    if (begin == end && !input_ended) {
      TRY(refill());
    }
    xz.next_in = reinterpret_cast<const std::uint8_t*>(input.get() + begin);
    xz.avail_in = end - begin;
    xz.next_out = reinterpret_cast<std::uint8_t*>(into.data());
    xz.avail_out = into.size();
    const lzma_ret state = lzma_code(&xz, input_ended ? LZMA_FINISH : LZMA_RUN);
    begin = end - xz.avail_in;
    const std::size_t made = into.size() - xz.avail_out;
    if (state == LZMA_STREAM_END) ended = true;
    if (made > 0 || ended) return made;
    if (state != LZMA_OK) return damaged();
  }
}

Stream::Stream(std::unique_ptr<Unpacker> unpacker) : unpacker_(std::move(unpacker)) {}
Stream::Stream(Stream&& other) noexcept = default;
Stream& Stream::operator=(Stream&& other) noexcept = default;
Stream::~Stream() = default;

Result<Stream> Stream::of(File file) {
  auto unpacker = std::make_unique<Unpacker>(std::move(file));
  TRY(unpacker->start());
  return Stream(std::move(unpacker));
}

Result<std::size_t> Stream::read(std::span<char> into) {
  if (unpacker_->ended) return std::size_t{0};
  switch (unpacker_->packing) {
    case Packing::gzip: return unpacker_->read_gzip(into);
    case Packing::zstd: return unpacker_->read_zstd(into);
    case Packing::xz: return unpacker_->read_xz(into);
    case Packing::plain: break;
  }
  return unpacker_->read_plain(into);
}

Packing Stream::packing() const { return unpacker_->packing; }
std::uint64_t Stream::consumed() const { return unpacker_->consumed; }

}  // namespace culprit
