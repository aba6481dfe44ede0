// Plain text: a time somewhere near the beginning of the line, then what loggers put around it (a
// level, a thread, a logger, a process), then the message.
//
// A line without a time, in a source whose lines have one, continues the line before it; so do
// indented lines and the usual beginnings of a stack trace's parts. In a source without any time
// each other line is an event.
#include <algorithm>
#include <array>
#include <set>
#include <string>

#include "parse/bytes.h"
#include "parse/formats.h"
#include "parse/header.h"
#include "parse/trace.h"

namespace culprit {
namespace {

constexpr std::size_t sample_lines_max = 200;
// What stands before a time differs in length from line to line: "INFO ", "ERROR ", host names.
constexpr std::size_t offset_slack = 16;
// Words before a colon are loggers' names if 19 of 20 lines have them, and several.
constexpr std::size_t logger_lines_min = 20;
constexpr std::size_t logger_names_min = 3;

TimeFound time_of(const Dialect& dialect, std::string_view line, Scratch& scratch) {
  const TimeShape& shape = dialect.time_shape;
  if (shape.offset < line.size()) {
    const TimeRead read =
        read_timestamp(line.substr(shape.offset), dialect.zone, scratch.time_cache);
    if (read.length > 0) return {read, shape.offset};
  }
  // A time further behind belongs to the words of a line that continues another.
  const TimeFound found = find_timestamp(line, dialect.zone, {});
  const std::size_t last = shape.offset_max == 0 ? 0 : shape.offset_max + offset_slack;
  return found.offset <= last ? found : TimeFound{};
}

// Whether nearly each line names a logger before its message.
bool loggers_in_all(std::string_view sample, const Dialect& dialect) {
  Scratch scratch;
  std::size_t events = 0;
  std::size_t named = 0;
  std::set<std::string> names;
  each_line(sample, sample_lines_max, [&](std::string_view line) {
    scratch.fields.clear();
    const TimeFound found = time_of(dialect, line, scratch);
    if (found.read.length == 0) return;
    LineHeader header(scratch.fields, LoggerNames::by_shape);
    header.before_time(line.substr(0, found.offset));
    header.behind_time(line.substr(found.offset + found.read.length));
    ++events;
    if (!header.begins_with_logger()) return;
    ++named;
    names.emplace(header.message().substr(0, header.message().find(':')));
  });
  return events >= logger_lines_min && named * 20 >= events * 19 &&
         names.size() >= logger_names_min;
}

}  // namespace

double score_text(std::string_view, const Zone&) {
  return 0.3;  // fits when nothing else fits a third of the lines
}

void prepare_text(std::string_view sample, Dialect& dialect) {
  std::array<std::size_t, 128> counts{};
  std::size_t timed = 0;
  each_line(sample, sample_lines_max, [&](std::string_view line) {
    if (line.empty() || continues_trace(line)) return;
    const TimeFound found = find_timestamp(line, dialect.zone, {});
    if (found.read.length == 0) return;
    ++counts[found.offset];
    ++timed;
  });
  dialect.time_shape = {};
  if (timed == 0) return;
  const auto usual = std::max_element(counts.begin(), counts.end());
  dialect.time_shape.found = true;
  dialect.time_shape.offset = static_cast<std::size_t>(usual - counts.begin());
  for (std::size_t offset = 0; offset < counts.size(); ++offset) {
    // One line in ten; a single line may only mention a time.
    if (counts[offset] * 10 >= timed) dialect.time_shape.offset_max = offset;
  }
  if (loggers_in_all(sample, dialect)) dialect.loggers = LoggerNames::in_all_lines;
}

Reading read_text(const Dialect& dialect, std::string_view line, Scratch& scratch, Event& event) {
  if (trimmed(line).empty()) return Reading::blank;
  const TimeShape& shape = dialect.time_shape;
  // What begins with a digit where a time is to be begins no part of a trace.
  const bool may_continue = !shape.found || (shape.offset == 0 && !is_digit(line.front()));
  if (may_continue && continues_trace(line)) return Reading::continuation;
  TimeFound found;
  if (shape.found) {
    found = time_of(dialect, line, scratch);
    if (found.read.length == 0) return Reading::continuation;
  }
  scratch.fields.clear();
  LineHeader header(scratch.fields, dialect.loggers);
  if (found.read.length > 0) header.before_time(line.substr(0, found.offset));
  header.behind_time(line.substr(found.offset + found.read.length));
  event.time = found.read.time;
  event.level = header.level();
  event.message = header.message();
  event.set_fields(scratch.fields, header.names());
  return Reading::event;
}

}  // namespace culprit
