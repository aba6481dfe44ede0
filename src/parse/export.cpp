// Exports of log stores: their events, framed by their layouts (framings.h), are objects on lines.
//
// The message may be a line of any format, which is then read by it: that of Loki and CloudWatch
// always is a program's own line; elsewhere it may be, as shippers that parse nothing leave it.
#include <algorithm>
#include <string>

#include "parse/bytes.h"
#include "parse/envelope.h"
#include "parse/formats.h"
#include "parse/trace.h"

namespace culprit {
namespace {

constexpr std::size_t sample_lines_max = 200;

// Without the line's end that CloudWatch's agents leave.
std::string_view line_in(std::string_view message) {
  while (message.ends_with('\n') || message.ends_with('\r')) message.remove_suffix(1);
  return message;
}

}  // namespace

void set_inside(Dialect& dialect, std::string_view sample,
                Reading (*read)(const Dialect&, std::string_view, Scratch&, Event&), Inside when) {
  std::string messages;
  Scratch scratch;
  each_line(sample, sample_lines_max, [&](std::string_view line) {
    Event event;
    if (read(dialect, line, scratch, event) != Reading::event) return;
    if (!event.message.empty()) messages.append(line_in(event.message)).append("\n");
  });
  RecogniseOptions options;
  options.zone = dialect.zone;
  Dialect inside = recognise(messages, options);
  const bool prose = inside.format->name == "text" && !inside.time_shape.found;
  if (!prose || when == Inside::always) dialect.inside = {std::move(inside)};
}

// Only recognised where they are framed.
double score_framed(std::string_view, const Zone&) { return 0; }

void prepare_export(std::string_view sample, Dialect& dialect) {
  set_inside(dialect, sample, read_ndjson, Inside::unless_prose);
}

void prepare_export_of_lines(std::string_view sample, Dialect& dialect) {
  set_inside(dialect, sample, read_ndjson, Inside::always);
}

Reading read_export(const Dialect& dialect, std::string_view line, Scratch& scratch, Event& event) {
  if (dialect.inside.empty()) return read_ndjson(dialect, line, scratch, event);
  if (!scratch.outer) scratch.outer = std::make_unique<Scratch>();
  Scratch& outer = *scratch.outer;
  Event around;
  const Reading reading = read_ndjson(dialect, line, outer, around);
  if (reading != Reading::event || around.message.empty()) {
    event = around;
    return reading;
  }
  // What the message is read to stands in its place.
  std::vector<Field>& fields = outer.joined;
  fields.clear();
  for (const Field& field : around.fields) {
    if (field.value.data() != around.message.data()) fields.push_back(field);
  }
  const Opened opened{line_in(around.message), around.time, around.level, fields};
  const Reading inside = read_inside(dialect, opened, scratch, event);
  // A line without a time of its own has one here, so it stands alone unless it is of a trace.
  if (inside != Reading::continuation || continues_trace(opened.inside)) return inside;
  event = {around.time, around.level, opened.inside, fields};
  return Reading::event;
}

}  // namespace culprit
