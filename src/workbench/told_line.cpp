#include "workbench/told_line.h"

#include <fmt/format.h>

#include "event/roles.h"
#include "parse/format.h"

namespace culprit {
namespace {

constexpr std::size_t bytes_max = 400;  // wider than any screen

bool is_written_for_programs(const Dialect& dialect, std::string_view line) {
  const std::string_view name = dialect.format->name;
  return name == "logfmt" || (line.starts_with('{') && name != "text");
}

bool is_told(const Field& field, const Event& event) {
  const Role role = role_of(field.name);
  return role == Role::time || role == Role::level || field.value == event.message ||
         field.value.empty() || field.kind == Kind::null;
}

}  // namespace

std::string told_line(std::string_view line) {
  const Dialect dialect = recognise(line, {});
  Scratch scratch;
  Event event;
  if (!is_written_for_programs(dialect, line)) return std::string(line);
  if (read_line(dialect, line, scratch, event) != Reading::event) return std::string(line);
  std::string text;
  if (event.time != no_time) text += to_string(event.time).substr(11, 12) + " ";
  if (event.level != Level::none) text += fmt::format("{} ", name_of(event.level));
  text += event.message;
  for (const Field& field : event.fields) {
    if (text.size() > bytes_max) break;
    if (is_told(field, event)) continue;
    if (!text.empty() && text.back() != ' ') text += ' ';
    text += fmt::format("{}={}", field.name, field.value);
  }
  return text;
}

}  // namespace culprit
