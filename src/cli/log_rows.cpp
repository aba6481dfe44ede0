#include "cli/log_rows.h"

#include <algorithm>

#include <fmt/format.h>

#include "cli/json_text.h"
#include "cli/text.h"

namespace culprit {
namespace {

constexpr std::size_t folds_max = 4;       // rows of a terminal that one line may take
constexpr std::size_t packed_growth = 16;  // what is packed is rarely longer, unpacked
constexpr std::string_view gap = "  ";
constexpr std::size_t uncut = SIZE_MAX / 8;  // columns

bool continues(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

std::size_t width_of(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return !continues(c); }));
}

// The bytes of the first `columns` code points.
std::size_t bytes_of(std::string_view text, std::size_t columns) {
  std::size_t at = 0;
  for (; at < text.size(); ++at) {
    if (!continues(text[at]) && columns-- == 0) break;
  }
  return at;
}

// The end of a long name says more than its beginning.
std::string name_within(const std::string& name, std::size_t columns) {
  std::string shown = safe(name, uncut);
  const std::size_t width = width_of(shown);
  if (width <= columns) return shown;
  return "…" + shown.substr(bytes_of(shown, width - columns + 1));
}

// The folders that all sources have in common, with the last '/'.
template <typename Sources>
std::size_t common_folder(const Sources& sources) {
  std::string_view common = sources.front().name;
  for (const Source& source : sources) {
    const auto [end, other] =
        std::mismatch(common.begin(), common.end(), source.name.begin(), source.name.end());
    common = common.substr(0, static_cast<std::size_t>(end - common.begin()));
  }
  const std::size_t slash = common.find_last_of('/');
  return slash == std::string_view::npos ? 0 : slash + 1;
}

bool needs_no_escape(std::string_view line) {
  return std::all_of(line.begin(), line.end(), [](char c) { return c >= 0x20 && c < 0x7F; });
}

void add_value(const Field& field, JsonText& json) {
  const bool bare = field.kind == Kind::boolean || field.kind == Kind::null ||
                    (field.kind == Kind::number && is_json_number(field.value));
  if (bare) {
    json.add(field.value);
  } else {
    json.add_string(field.value);
  }
}

bool same_value(const Field& a, const Field& b) { return a.value == b.value && a.kind == b.kind; }

// The values of a name that stands first at `begin`; several distinct ones are an array.
void add_values(const std::vector<Field>& fields, std::size_t begin, JsonText& json) {
  std::vector<const Field*> values = {&fields[begin]};
  for (std::size_t i = begin + 1; i < fields.size(); ++i) {
    if (fields[i].name != fields[begin].name) continue;
    const bool known = std::any_of(values.begin(), values.end(), [&](const Field* value) {
      return same_value(*value, fields[i]);
    });
    if (!known) values.push_back(&fields[i]);
  }
  if (values.size() > 1) json.add("[");
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (i > 0) json.add(",");
    add_value(*values[i], json);
  }
  if (values.size() > 1) json.add("]");
}

void add_fields(const std::vector<Field>& fields, JsonText& json) {
  json.add("{");
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const auto before = fields.begin() + static_cast<std::ptrdiff_t>(i);
    const bool told = std::any_of(fields.begin(), before,
                                  [&](const Field& field) { return field.name == fields[i].name; });
    if (told) continue;
    if (i > 0) json.add(",");
    json.add_string(fields[i].name);
    json.add(":");
    add_values(fields, i, json);
  }
  json.add("}");
}

void add_text_or_null(std::string_view text, JsonText& json) {
  if (text.empty()) {
    json.add("null");
  } else {
    json.add_string(text);
  }
}

}  // namespace

LogRows::LogRows(const std::vector<Source>& sources, const Terminal& terminal)
    : terminal_(terminal) {
  measure(sources);
}

LogRows::LogRows(const std::deque<Source>& sources, const Terminal& terminal)
    : terminal_(terminal) {
  measure(sources);
}

template <typename Sources>
void LogRows::measure(const Sources& sources) {
  if (terminal_.tty && !sources.empty()) {
    name_columns_ = terminal_.columns / 4;
    name_begin_ = common_folder(sources);
  }
  for (const Source& source : sources) {
    if (!source.counts()) continue;
    const std::uint64_t end = source.seekable ? source.size : source.size * packed_growth;
    place_columns_ = std::max(place_columns_, width_of(place_of(source, end)));
  }
}

std::string LogRows::place_of(const Source& source, std::uint64_t offset) const {
  return fmt::format("{}:{}", name_within(source.name.substr(name_begin_), name_columns_), offset);
}

std::string LogRows::text_of(const LogRow& row) const {
  std::string made;
  const std::string_view text = row.record->text;
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    std::string_view line = text.substr(at, end - at);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (!line.empty() || at == 0) {
      const bool framed = row.source->dialect.framing != nullptr;
      std::string place = place_of(*row.source, row.record->offset + (framed ? 0 : at));
      const std::size_t width = width_of(place);
      place.append(place_columns_ > width ? place_columns_ - width : 0, ' ');
      made += styled(place, Style::dim, terminal_);
      made += gap;
      if (row.record->late && at == 0) made += styled("[late] ", Style::dim, terminal_);
      if (terminal_.tty) {
        made += folded(line);
      } else if (needs_no_escape(line)) {
        made += line;
      } else {
        made += safe(line, uncut);
      }
      made += '\n';
    }
    at = end + 1;
  }
  return made;
}

std::string LogRows::folded(std::string_view line) const {
  const std::size_t indent = place_columns_ + gap.size();
  const std::size_t columns = std::max<std::size_t>(terminal_.columns, indent + 20) - indent;
  const std::string text = safe(line, columns * folds_max);
  std::string made;
  for (std::string_view rest = text; !rest.empty();) {
    const std::size_t bytes = bytes_of(rest, columns);
    if (!made.empty()) made += '\n' + std::string(indent, ' ');
    made += rest.substr(0, bytes);
    rest.remove_prefix(bytes);
  }
  return made;
}

std::string json_of(const LogRow& row) {
  const Record& record = *row.record;
  JsonText json;
  json.add("{\"time\":");
  add_text_or_null(record.timed ? to_string(record.time) : "", json);
  json.add(",\"source\":");
  json.add_string(row.source->name);
  json.add(fmt::format(",\"offset\":{},\"line\":", record.offset));
  json.add_string(record.text);
  json.add(",\"level\":");
  add_text_or_null(name_of(record.level), json);
  json.add(",\"template\":");
  if (row.pattern == nullptr) {
    json.add("null");
  } else {
    json.add("{\"id\":");
    json.add_string(row.pattern->id);
    json.add(",\"text\":");
    json.add_string(row.pattern->text);
    json.add("}");
  }
  json.add(",\"fields\":");
  add_fields(row.fields, json);
  if (record.late) json.add(",\"late\":true");
  json.add("}\n");
  return json.take();
}

}  // namespace culprit
