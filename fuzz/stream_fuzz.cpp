// Packed and UTF-16 sources: what comes out does not depend on how much is asked for at once, and
// damage ends it with an Error.
#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/stream.h"
#include "base/verify.h"

using namespace culprit;

namespace {

// An archive of a few bytes may unpack to hundreds of megabytes; more shows nothing new.
constexpr std::size_t unpacked_max = 1 << 20;

struct Read {
  std::string bytes;
  bool failed = false;
};

Read read_in(std::size_t piece, std::shared_ptr<const std::string> packed) {
  Read read;
  Result<Stream> opened = Stream::of(File::of_bytes(std::move(packed), "fuzz"));
  if (!opened) return {"", true};
  Stream stream = std::move(opened).value();
  std::vector<char> buffer(piece);
  while (read.bytes.size() < unpacked_max) {
    const Result<std::size_t> got = stream.read(buffer);
    read.failed = !got;
    if (!got || *got == 0) break;
    VERIFY(*got <= piece);
    read.bytes.append(buffer.data(), *got);
  }
  read.bytes.resize(std::min(read.bytes.size(), unpacked_max));
  return read;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto packed =
      std::make_shared<const std::string>(reinterpret_cast<const char*>(data), size);
  const Read whole = read_in(64 << 10, packed);
  const Read pieces = read_in(1 + size % 61, packed);
  VERIFY(pieces.bytes == whole.bytes);
  if (whole.bytes.size() < unpacked_max) VERIFY(pieces.failed == whole.failed);
  return 0;
}
