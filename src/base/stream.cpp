#include "base/stream.h"

#include <lzma.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <cstring>
#include <optional>
#include <string>

namespace culprit {
namespace {

constexpr std::size_t encoding_bytes = 64;

void append_utf8(std::string& text, std::uint32_t point) {
  const auto byte = [&](std::uint32_t bits) { text += static_cast<char>(bits); };
  if (point < 0x80) return byte(point);
  if (point < 0x800) {
    byte(0xC0 | point >> 6);
  } else {
    if (point < 0x10000) {
      byte(0xE0 | point >> 12);
    } else {
      byte(0xF0 | point >> 18);
      byte(0x80 | (point >> 12 & 0x3F));
    }
    byte(0x80 | (point >> 6 & 0x3F));
  }
  byte(0x80 | (point & 0x3F));
}

}  // namespace

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

Encoding encoding_of(std::string_view bytes) {
  if (bytes.starts_with("\xff\xfe")) return Encoding::utf16_le;
  if (bytes.starts_with("\xfe\xff")) return Encoding::utf16_be;
  if (bytes.size() < 8) return Encoding::utf8;
  const auto zeros_from = [&](std::size_t begin) {
    for (std::size_t i = 0; i < 8; ++i) {
      const bool letter = bytes[i] >= ' ' && bytes[i] <= '~';
      if (i % 2 == begin ? bytes[i] != '\0' : !letter) return false;
    }
    return true;
  };
  if (zeros_from(1)) return Encoding::utf16_le;
  return zeros_from(0) ? Encoding::utf16_be : Encoding::utf8;
}

std::string_view name_of(Encoding encoding) {
  switch (encoding) {
    case Encoding::utf16_le: return "UTF-16 LE";
    case Encoding::utf16_be: return "UTF-16 BE";
    case Encoding::utf8: break;
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
  bool inside_member = false;
  bool full = false;  // gzip and zstd may hold bytes that found no room
  z_stream gzip{};
  ZSTD_DStream* zstd = nullptr;
  std::size_t zstd_begin = 0;  // bytes that a frame's beginning takes at least
  std::size_t zstd_wants = 0;  // bytes up to the end of a block
  lzma_stream xz = LZMA_STREAM_INIT;
  std::string xz_bytes;  // unpacked, not yet given out from xz_used on
  std::size_t xz_used = 0;
  bool xz_ended = false;
  std::uint64_t unpacked = 0;   // bytes
  std::optional<Error> damage;  // met while bytes before it were given out
  Encoding encoding = Encoding::utf8;
  std::string units;          // UTF-16: not yet turned into UTF-8, from its first byte on
  std::string text;           // UTF-8: not yet given out
  std::size_t text_used = 0;  // of it
  bool units_ended = false;
  std::optional<Error> fault;  // of what stands behind the units

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
  Status more_xz();
  Result<std::size_t> read_xz(std::span<char> into);
  Result<std::size_t> unpack(std::span<char> into);
  Status find_encoding();
  void more_text();
  void transcode(std::size_t count);
  Result<std::size_t> read(std::span<char> into);
  Error damaged() const;
};

Status Stream::Unpacker::start() {
  while (end < 6 && !input_ended) {
    TRY(refill());
  }
  packing = packing_of({input.get(), end});
  // 15 + 16: the largest window, gzip framing (zlib.h, inflateInit2).
  if (packing == Packing::gzip) inflateInit2(&gzip, 15 + 16);
  if (packing == Packing::zstd) {
    zstd = ZSTD_createDStream();
    zstd_begin = zstd_wants = ZSTD_initDStream(zstd);
  }
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
    if (begin == end && !full) {
      return inside_member ? Result<std::size_t>(damaged()) : std::size_t{0};
    }
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
    full = gzip.avail_out == 0 && state == Z_OK;
    if (state == Z_STREAM_END) {
      inflateReset(&gzip);
      inside_member = false;
    } else if (state != Z_OK && state != Z_BUF_ERROR) {
      damage = damaged();
      if (made == 0) return *damage;
    }
    if (made > 0) return made;
  }
}

// One block at a time: a call that meets damage does not say what it unpacked before it.
Result<std::size_t> Stream::Unpacker::read_zstd(std::span<char> into) {
  for (;;) {
    if (begin == end && !input_ended) {
      TRY(refill());
    }
    if (begin == end && !full) {
      return inside_member ? Result<std::size_t>(damaged()) : std::size_t{0};
    }
    const std::size_t size = full ? 0 : std::min(end - begin, zstd_wants);
    ZSTD_inBuffer from{input.get() + begin, size, 0};
    ZSTD_outBuffer to{into.data(), into.size(), 0};
    const std::size_t state = ZSTD_decompressStream(zstd, &to, &from);
    if (ZSTD_isError(state) != 0U) return damaged();
    inside_member = state != 0;
    zstd_wants = inside_member ? state : zstd_begin;
    full = to.pos == into.size();
    begin += from.pos;
    if (to.pos > 0) return to.pos;
  }
}

// Into room of one size: how much comes out before damage depends on what is asked for at once.
Status Stream::Unpacker::more_xz() {
  constexpr std::size_t room = 64 << 10;
  xz_used = 0;
  for (;;) {
    if (begin == end && !input_ended) {
      TRY(refill());
    }
    xz.next_in = reinterpret_cast<const std::uint8_t*>(input.get() + begin);
    xz.avail_in = end - begin;
    xz_bytes.resize(room);
    xz.next_out = reinterpret_cast<std::uint8_t*>(xz_bytes.data());
    xz.avail_out = room;
    const lzma_ret state = lzma_code(&xz, input_ended ? LZMA_FINISH : LZMA_RUN);
    begin = end - xz.avail_in;
    xz_bytes.resize(room - xz.avail_out);
    xz_ended = state == LZMA_STREAM_END;
    if (!xz_bytes.empty() || xz_ended) return ok();
    if (state != LZMA_OK) return damaged();
  }
}

Result<std::size_t> Stream::Unpacker::read_xz(std::span<char> into) {
  if (xz_used == xz_bytes.size() && !xz_ended) TRY(more_xz());
  const std::size_t count = std::min(into.size(), xz_bytes.size() - xz_used);
  std::copy_n(xz_bytes.data() + xz_used, count, into.data());
  xz_used += count;
  return count;
}

Result<std::size_t> Stream::Unpacker::unpack(std::span<char> into) {
  if (damage) return *damage;
  if (packing == Packing::plain) return read_plain(into);
  if (unpacked > std::max(unpacked_least, (consumed - (end - begin)) * unpacked_times_max)) {
    Error bomb = error(Fault::malformed,
                       "{}: the {} data unpacks to more than {} times its size; "
                       "reading stopped after {} MB",
                       file.path(), name_of(packing), unpacked_times_max, unpacked >> 20);
    bomb.advice = "if that is as it should be, unpack it and read the result";
    return bomb;
  }
  const std::size_t got = TRY(packing == Packing::gzip   ? read_gzip(into)
                              : packing == Packing::zstd ? read_zstd(into)
                                                         : read_xz(into));
  unpacked += got;
  return got;
}

// The first bytes, unpacked, are kept for whoever reads.
Status Stream::Unpacker::find_encoding() {
  units.resize(encoding_bytes);
  std::size_t filled = 0;
  while (filled < units.size()) {
    const auto got = unpack(std::span<char>(units).subspan(filled));
    if (!got && filled == 0) return got.error();
    if (!got || *got == 0) break;  // an error comes again with the next read
    filled += *got;
  }
  units.resize(filled);
  encoding = encoding_of(units);
  if (encoding == Encoding::utf8) text = std::exchange(units, {});
  return ok();
}

// A half of a pair without the other is U+FFFD; the mark at the beginning is left out.
void Stream::Unpacker::transcode(std::size_t count) {
  const auto unit_at = [&](std::size_t i) {
    const auto first = static_cast<std::uint32_t>(static_cast<unsigned char>(units[i]));
    const auto second = static_cast<std::uint32_t>(static_cast<unsigned char>(units[i + 1]));
    return encoding == Encoding::utf16_le ? first | second << 8 : first << 8 | second;
  };
  std::size_t i = 0;
  while (i + 1 < count) {
    const std::uint32_t unit = unit_at(i);
    const bool high = unit >= 0xD800 && unit < 0xDC00;
    if (high && i + 3 >= count && !units_ended) break;
    i += 2;
    if (high && i + 1 < count && (unit_at(i) & 0xFC00) == 0xDC00) {
      append_utf8(text, 0x10000 + ((unit - 0xD800) << 10) + (unit_at(i) - 0xDC00));
      i += 2;
    } else if (unit >= 0xD800 && unit < 0xE000) {
      append_utf8(text, 0xFFFD);
    } else if (unit != 0xFEFF) {
      append_utf8(text, unit);
    }
  }
  units.erase(0, i);
}

void Stream::Unpacker::more_text() {
  text.clear();
  text_used = 0;
  while (text.empty() && !units_ended) {
    const std::size_t had = units.size();
    units.resize(had + input_size);
    const auto got = unpack(std::span<char>(units).subspan(had));
    units.resize(had + (got ? *got : 0));
    if (!got) fault = got.error();
    units_ended = !got || *got == 0;
    transcode(units.size());
  }
}

Result<std::size_t> Stream::Unpacker::read(std::span<char> into) {
  if (encoding != Encoding::utf8 && text_used == text.size()) more_text();
  if (text_used == text.size()) {
    if (encoding == Encoding::utf8) return unpack(into);
    return fault ? Result<std::size_t>(*fault) : std::size_t{0};
  }
  const std::size_t count = text.copy(into.data(), into.size(), text_used);
  text_used += count;
  return count;
}

Stream::Stream(std::unique_ptr<Unpacker> unpacker) : unpacker_(std::move(unpacker)) {}
Stream::Stream(Stream&& other) noexcept = default;
Stream& Stream::operator=(Stream&& other) noexcept = default;
Stream::~Stream() = default;

Result<Stream> Stream::of(File file) {
  auto unpacker = std::make_unique<Unpacker>(std::move(file));
  TRY(unpacker->start());
  TRY(unpacker->find_encoding());
  return Stream(std::move(unpacker));
}

Result<std::size_t> Stream::read(std::span<char> into) { return unpacker_->read(into); }

Packing Stream::packing() const { return unpacker_->packing; }
Encoding Stream::encoding() const { return unpacker_->encoding; }
std::uint64_t Stream::consumed() const { return unpacker_->consumed; }

}  // namespace culprit
