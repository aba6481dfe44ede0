// Bytes of an index: what is written into it, and read out of it again with every bound checked.
//
// A reader that met a contradiction gives zeros and empty texts from then on, and ok() is false:
// whoever decodes looks at the end, instead of at each step.
#pragma once

#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace culprit {

class IndexWriter {
 public:
  void byte(std::uint8_t value) { bytes_.push_back(static_cast<char>(value)); }
  // Seven bits a byte, the lowest first (LEB128).
  void number(std::uint64_t value) {
    for (; value >= 0x80; value >>= 7) byte(static_cast<std::uint8_t>(value | 0x80));
    byte(static_cast<std::uint8_t>(value));
  }
  void fixed(std::uint64_t value) {
    char bytes[8];
    std::memcpy(bytes, &value, sizeof bytes);
    bytes_.append(bytes, sizeof bytes);
  }
  void real(double value) {
    std::uint64_t bits;
    std::memcpy(&bits, &value, sizeof bits);
    fixed(bits);
  }
  void text(std::string_view value) {
    number(value.size());
    bytes_.append(value);
  }
  void raw(std::string_view bytes) { bytes_.append(bytes); }
  // Many numbers: byte by byte of each, packed by zstd.
  void numbers(std::span<const std::uint32_t> values);

  const std::string& bytes() const { return bytes_; }
  std::string take() { return std::move(bytes_); }

 private:
  std::string bytes_;
};

class IndexReader {
 public:
  explicit IndexReader(std::string_view bytes) : bytes_(bytes) {}

  std::uint8_t byte() {
    if (at_ >= bytes_.size()) return fail();
    return static_cast<std::uint8_t>(bytes_[at_++]);
  }
  std::uint64_t number();
  // A number of things of which each takes a byte at least, so that it has a bound.
  std::size_t count() { return bounded(bytes_.size() - at_); }
  std::size_t bounded(std::uint64_t most) {
    const std::uint64_t value = number();
    if (value > most) return fail();
    return static_cast<std::size_t>(value);
  }
  std::uint64_t fixed();
  double real() {
    const std::uint64_t bits = fixed();
    double value;
    std::memcpy(&value, &bits, sizeof value);
    return value;
  }
  std::string_view text() { return raw(count()); }
  std::string_view raw(std::size_t size);
  // As many as were written; all below `limit`.
  void numbers(std::span<std::uint32_t> values, std::uint64_t limit = std::uint64_t{1} << 32);
  // Passes as many over.
  void skip_numbers(std::size_t size);
  // The same into single bytes.
  void small_numbers(std::vector<std::uint8_t>& values, std::size_t size, std::uint32_t limit);

  bool ok() const { return ok_; }
  std::uint8_t fail() {
    ok_ = false;
    at_ = bytes_.size();
    return 0;
  }
  std::size_t at() const { return at_; }

 private:
  bool plane(std::vector<std::uint8_t>& into, std::size_t size);

  std::string_view bytes_;
  std::size_t at_ = 0;
  bool ok_ = true;
  std::vector<std::uint8_t> plane_;
};

}  // namespace culprit
