// Parsers: the first line names the target (a row of the table of formats, "skeleton" or "times",
// else the rest is whatever it is recognised as). What was remembered from earlier lines never
// changes how a line is read, and everything an event points to can be read.
#include <algorithm>
#include <cstdint>
#include <string>

#include "parse/format.h"
#include "parse/frames.h"
#include "parse/skeleton.h"

using namespace culprit;

namespace {

const Time newest = from_nanoseconds(1'763'650'000'000'000'000);  // 2025-11-20T14:46:40Z

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
  RecogniseOptions options;  // dates without a year are those before the newest possible time
  options.zone.set_newest(newest);
  options.format = format;
  const Dialect dialect = recognise(sample, options);
  if (dialect.framing == nullptr) return check_lines(dialect, sample);
  check_lines(dialect, framed_sample(*dialect.framing, sample));
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
  static const Zone zone = [] {
    Zone made = *Zone::named("+05:45");
    made.set_newest(newest);
    return made;
  }();
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

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::size_t end = input.find('\n');
  if (end == input.npos) return 0;
  const std::string_view name = input.substr(0, end);
  const std::string_view text = input.substr(end + 1);
  if (name == "skeleton") {
    check_skeleton(text);
  } else if (name == "times") {
    check_times(text);
  } else {
    check_format(format_named(name), text);
  }
  return 0;
}
