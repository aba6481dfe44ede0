// Parsers: the first byte names the target (n ndjson, a access, l logfmt, c csv, t text, s
// skeleton, z timestamps, else whatever the rest is recognised as). What was remembered from
// earlier lines never changes how a line is read, and everything an event points to can be read.
#include <algorithm>
#include <cstdint>
#include <string>

#include "parse/format.h"
#include "parse/skeleton.h"

using namespace culprit;

namespace {

// All that a reading says, as text; touching every byte of it for the sanitizer.
std::string spelled(Reading reading, const Event& event) {
  std::string text(1, static_cast<char>('0' + static_cast<int>(reading)));
  if (reading != Reading::event) return text;
  text += to_string(event.time) + std::string(name_of(event.level)) + "|";
  text += event.message;
  for (const Field& field : event.fields) {
    text += '|';
    text += field.name;
    text += '=';
    text += field.value;
    text += static_cast<char>('0' + static_cast<int>(field.kind));
  }
  return text;
}

void check_lines(const Dialect& dialect, std::string_view sample) {
  Scratch used;
  while (!sample.empty()) {
    const std::size_t end = std::min(sample.find('\n'), sample.size());
    const std::string_view line = sample.substr(0, end);
    Scratch fresh;
    Event first;
    Event again;
    const Reading reading = read_line(dialect, line, fresh, first);
    const std::string expected = spelled(reading, first);
    VERIFY(spelled(read_line(dialect, line, used, again), again) == expected);
    VERIFY(spelled(read_line(dialect, line, used, again), again) == expected);
    sample.remove_prefix(std::min(end + 1, sample.size()));
  }
}

void check_format(const Format* format, std::string_view sample) {
  RecogniseOptions options;
  options.format = format;
  check_lines(recognise(sample, options), sample);
}

void check_skeleton(std::string_view message) {
  SkeletonScratch scratch;
  const Skeleton skeleton = skeleton_of(message, scratch);
  VERIFY((skeleton.hash == 0) == message.empty());
  for (const Field& slot : skeleton.slots) {
    VERIFY(!slot.name.empty());
    VERIFY(slot.value.data() >= message.data());
    VERIFY(slot.value.data() + slot.value.size() <= message.data() + message.size());
  }
  SkeletonScratch other;
  VERIFY(skeleton_of(message, other).hash == skeleton.hash);
  VERIFY(skeleton_text(message) == skeleton_text(message));
}

// Lines share one cache; it may save work and nothing else.
void check_times(std::string_view sample) {
  static const Zone zone = *Zone::named("+05:45");
  TimeCache cache;
  while (!sample.empty()) {
    const std::size_t end = std::min(sample.find('\n'), sample.size());
    const std::string_view line = sample.substr(0, end);
    const TimeRead plain = read_timestamp(line, zone);
    VERIFY(plain.length <= line.size());
    for (int round = 0; round < 2; ++round) {
      const TimeRead cached = read_timestamp(line, zone, cache);
      VERIFY(cached.time == plain.time);
      VERIFY(cached.length == plain.length);
      VERIFY(cached.zoned == plain.zoned);
    }
    const TimeFound found = find_timestamp(line, zone, {});
    VERIFY(found.offset + found.read.length <= line.size());
    VERIFY(plain.length == 0 || found.read.length > 0);
    sample.remove_prefix(std::min(end + 1, sample.size()));
  }
}

struct Target {
  char letter;
  const char* format;
};
constexpr Target targets[] = {
    {'n', "ndjson"}, {'a', "access"}, {'l', "logfmt"}, {'c', "csv"}, {'t', "text"}};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  const char letter = static_cast<char>(data[0]);
  if (letter == 's') {
    check_skeleton(text);
    return 0;
  }
  if (letter == 'z') {
    check_times(text);
    return 0;
  }
  const Format* format = nullptr;
  for (const Target& target : targets) {
    if (target.letter == letter) format = format_named(target.format);
  }
  check_format(format, text);
  return 0;
}
