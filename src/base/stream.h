// A Stream reads one source's bytes in order, decompressing gzip, zstd and xz by content.
//
// It promises the bytes as they were before compression, members of concatenated archives one
// after the other. A truncated or damaged archive yields what could be unpacked, then an Error
// that says at which byte. Nothing is trusted from a name's ending: the first bytes decide.
#pragma once

#include <memory>
#include <span>
#include <string_view>

#include "base/result.h"
#include "base/world.h"

namespace culprit {

enum class Packing : std::uint8_t { plain, gzip, zstd, xz };

// By the first bytes (six suffice) of a source.
Packing packing_of(std::string_view first_bytes);
std::string_view name_of(Packing packing);  // "gzip"; plain: ""

class Stream {
 public:
  // `file` must be positioned at its start.
  static Result<Stream> of(File file);
  Stream(Stream&& other) noexcept;
  Stream& operator=(Stream&& other) noexcept;
  ~Stream();

  // Fills `into` as far as the source goes; 0 at its end.
  Result<std::size_t> read(std::span<char> into);
  Packing packing() const;
  // Bytes of the source itself consumed so far, for progress.
  std::uint64_t consumed() const;

 private:
  struct Unpacker;
  explicit Stream(std::unique_ptr<Unpacker> unpacker);
  std::unique_ptr<Unpacker> unpacker_;
};

}  // namespace culprit
