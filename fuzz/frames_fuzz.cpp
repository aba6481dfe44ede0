// Records that are not lines: the first byte names the framing (j the journal's export, d and c
// parts of docker's and CRI's lines, else documents of whatever layout they are recognised to be),
// the second seeds where the bytes are cut. Cutting makes no difference, records are lines, and
// nothing is made of bytes that are not there.
#include <cstdint>
#include <random>
#include <string>

#include "base/verify.h"
#include "parse/format.h"
#include "parse/frames.h"

using namespace culprit;

namespace {

struct Seen {
  std::string text;
  std::uint64_t lines = 0;
};

void add(const Frames& frames, std::string_view source, Seen& seen) {
  for (const Frames::Record& record : frames.records) {
    const std::string_view line = frames.line(record);
    VERIFY(record.offset <= source.size());
    VERIFY(line.find('\n') == line.npos);
    seen.text += std::to_string(record.offset) + ":" + std::to_string(record.line);
    seen.text += record.damaged ? "!" : " ";
    seen.text.append(line).append("\n");
  }
}

Seen whole(const Framing& framing, std::string_view text) {
  Framer framer(framing);
  Seen seen;
  add(framer.feed(text), text, seen);
  add(framer.finish(), text, seen);
  seen.lines = framer.lines();
  return seen;
}

Seen in_pieces(const Framing& framing, std::string_view text, std::uint64_t seed) {
  std::mt19937_64 dice(seed);
  Framer framer(framing);
  Seen seen;
  for (std::string_view rest = text; !rest.empty();) {
    const std::string piece(rest.substr(0, 1 + dice() % 30));
    add(framer.feed(piece), text, seen);
    rest.remove_prefix(piece.size());
  }
  add(framer.finish(), text, seen);
  seen.lines = framer.lines();
  return seen;
}

// All that recognising and reading touch, for the sanitizers.
void read_all(std::string_view text) {
  const Dialect dialect = recognise(text, {});
  if (dialect.framing == nullptr) return;
  Scratch scratch;
  Framer framer(*dialect.framing);
  const Frames& frames = framer.feed(text);
  for (const Frames::Record& record : frames.records) {
    Event event;
    if (!record.damaged) read_line(dialect, frames.line(record), scratch, event);
  }
}

const Framing* framing_for(char letter, std::string_view text) {
  if (letter == 'j') return framing_of("__CURSOR=a\n", nullptr);
  if (letter == 'd') return parts_of(*format_named("docker"));
  if (letter == 'c') return parts_of(*format_named("cri"));
  return framing_of(text, nullptr);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 2, size - 2);
  read_all(text);
  const Framing* framing = framing_for(static_cast<char>(data[0]), text);
  if (framing == nullptr) framing = framing_of("{\n\"a\":1\n}\n", nullptr);
  const Seen expected = whole(*framing, text);
  const Seen seen = in_pieces(*framing, text, data[1]);
  VERIFY(seen.text == expected.text);
  VERIFY(seen.lines == expected.lines);
  return 0;
}
