#include "store/embedded/index_bytes.h"

#include <algorithm>
#include <memory>

#include <zstd.h>

namespace culprit {
namespace {

// Codes of few values have no repetitions worth a search: the fastest level is within a few per
// cent of the third.
constexpr int zstd_level = 1;

struct Freed {
  void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
  void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
};

// One a thread: making them costs more than packing some thousand bytes.
ZSTD_CCtx* packing_context() {
  thread_local const std::unique_ptr<ZSTD_CCtx, Freed> context(ZSTD_createCCtx());
  return context.get();
}

ZSTD_DCtx* unpacking_context() {
  thread_local const std::unique_ptr<ZSTD_DCtx, Freed> context(ZSTD_createDCtx());
  return context.get();
}

// Packed where that is shorter; of zeros only their absence is told.
enum PlaneKind : std::uint8_t { plane_zeros, plane_plain, plane_packed };

void put_plane(IndexWriter& out, const std::vector<std::uint8_t>& plane) {
  if (std::all_of(plane.begin(), plane.end(), [](std::uint8_t value) { return value == 0; })) {
    return out.byte(plane_zeros);
  }
  std::string packed(ZSTD_compressBound(plane.size()), '\0');
  const std::size_t size = ZSTD_compressCCtx(packing_context(), packed.data(), packed.size(),
                                             plane.data(), plane.size(), zstd_level);
  if (ZSTD_isError(size) != 0 || size >= plane.size()) {
    out.byte(plane_plain);
    return out.raw({reinterpret_cast<const char*>(plane.data()), plane.size()});
  }
  out.byte(plane_packed);
  out.text(std::string_view(packed).substr(0, size));
}

}  // namespace

void IndexWriter::numbers(std::span<const std::uint32_t> values) {
  std::uint32_t any = 0;
  for (const std::uint32_t value : values) any |= value;
  std::uint8_t width = 0;
  for (; any != 0; any >>= 8) ++width;
  byte(width);
  std::vector<std::uint8_t> plane(values.size());
  for (unsigned shift = 0; shift < 8U * width; shift += 8) {
    for (std::size_t i = 0; i < plane.size(); ++i) {
      plane[i] = static_cast<std::uint8_t>(values[i] >> shift);
    }
    put_plane(*this, plane);
  }
}

std::uint64_t IndexReader::number() {
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift < 64; shift += 7) {
    const std::uint8_t next = byte();
    value |= std::uint64_t{next & 0x7FU} << shift;
    if (next < 0x80) return value;
  }
  return fail();
}

std::uint64_t IndexReader::fixed() {
  const std::string_view bytes = raw(8);
  std::uint64_t value = 0;
  if (bytes.size() == sizeof value) std::memcpy(&value, bytes.data(), sizeof value);
  return value;
}

std::string_view IndexReader::raw(std::size_t size) {
  if (size > bytes_.size() - at_) {
    fail();
    return {};
  }
  const std::string_view found = bytes_.substr(at_, size);
  at_ += size;
  return found;
}

bool IndexReader::plane(std::vector<std::uint8_t>& into, std::size_t size) {
  into.assign(size, 0);
  switch (byte()) {
    case plane_zeros: return ok_;
    case plane_plain: {
      const std::string_view bytes = raw(size);
      std::copy(bytes.begin(), bytes.end(), into.begin());
      return ok_;
    }
    case plane_packed: break;
    default: fail(); return false;
  }
  const std::string_view packed = text();
  const std::size_t got =
      ZSTD_decompressDCtx(unpacking_context(), into.data(), size, packed.data(), packed.size());
  if (got != size) fail();
  return ok_;
}

void IndexReader::numbers(std::span<std::uint32_t> values, std::uint64_t limit) {
  std::fill(values.begin(), values.end(), 0);
  const std::uint8_t width = byte();
  if (width > 4) fail();
  for (unsigned shift = 0; shift < 8U * width && plane(plane_, values.size()); shift += 8) {
    for (std::size_t i = 0; i < values.size(); ++i) {
      values[i] |= std::uint32_t{plane_[i]} << shift;
    }
  }
  const auto large = [&](std::uint32_t value) { return value >= limit; };
  if (limit <= UINT32_MAX && std::any_of(values.begin(), values.end(), large)) fail();
  if (!ok_) std::fill(values.begin(), values.end(), 0);
}

void IndexReader::skip_numbers(std::size_t size) {
  const std::uint8_t width = byte();
  if (width > 4) fail();
  for (std::uint8_t left = width; left > 0 && ok_; --left) {
    switch (byte()) {
      case plane_zeros: break;
      case plane_plain: raw(size); break;
      case plane_packed: text(); break;
      default: fail();
    }
  }
}

void IndexReader::small_numbers(std::vector<std::uint8_t>& values, std::size_t size,
                                std::uint32_t limit) {
  const std::uint8_t width = byte();
  if (width > 1) fail();
  if (width == 0 || !plane(values, size)) values.assign(size, 0);
  const auto large = [&](std::uint8_t value) { return value >= limit; };
  if (limit < 256 && std::any_of(values.begin(), values.end(), large)) fail();
  if (!ok_) values.assign(size, 0);
}

}  // namespace culprit
