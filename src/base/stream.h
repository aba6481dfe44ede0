// A Stream reads one source's bytes in order, decompressing gzip, zstd and xz by content; text in
// UTF-16 comes out as UTF-8.
//
// It promises the bytes as they were before compression, members of concatenated archives one
// after the other. A truncated or damaged archive yields what could be unpacked, then an Error
// that says at which byte. One that unpacks to absurdly much is read up to a bound, then an Error
// says so. Nothing is trusted from a name's ending: the first bytes decide.
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

enum class Encoding : std::uint8_t { utf8, utf16_le, utf16_be };

// By a byte order mark, or by zeros between ASCII letters (eight bytes suffice). What is not UTF-16
// is taken for UTF-8.
Encoding encoding_of(std::string_view first_bytes);
std::string_view name_of(Encoding encoding);  // "UTF-16 LE"; UTF-8: ""

class Stream {
 public:
  // Archives that unpack to more than so many times their size are read up to there, but to
  // `unpacked_least` at least. Repetitive logs pack 20 to 60 times (the example incident: 9 to 25);
  // a gzip file made to do harm 1,030 times.
  static constexpr std::uint64_t unpacked_times_max = 500;
  static constexpr std::uint64_t unpacked_least = 256 << 20;

  // `file` must be positioned at its start.
  static Result<Stream> of(File file);
  Stream(Stream&& other) noexcept;
  Stream& operator=(Stream&& other) noexcept;
  ~Stream();

  // Fills `into` as far as the source goes; 0 at its end.
  Result<std::size_t> read(std::span<char> into);
  Packing packing() const;
  Encoding encoding() const;
  // Bytes of the source itself consumed so far, for progress.
  std::uint64_t consumed() const;

 private:
  struct Unpacker;
  explicit Stream(std::unique_ptr<Unpacker> unpacker);
  std::unique_ptr<Unpacker> unpacker_;
};

}  // namespace culprit
