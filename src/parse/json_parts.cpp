#include "parse/json_parts.h"

#include <algorithm>
#include <utility>

namespace culprit {
namespace {

std::size_t string_size(std::string_view json) {
  const char* const begin = json.data();
  const char* const end = begin + json.size();
  for (const char* at = begin + 1;;) {
    at = find_either(at, end, '"', '\\');
    if (at == end) return json.size();
    if (*at == '"') return static_cast<std::size_t>(at + 1 - begin);
    at = std::min(at + 2, end);
  }
}

}  // namespace

std::size_t json_value_size(std::string_view json) {
  std::size_t depth = 0;
  for (std::size_t at = 0; at < json.size();) {
    const char byte = json[at];
    if (byte == '"') {
      at += string_size(json.substr(at));
      if (depth == 0) return at;
      continue;
    }
    if (byte == '{' || byte == '[') ++depth;
    if (byte == '}' || byte == ']') {
      if (depth == 0) return at;
      if (--depth == 0) return at + 1;
    }
    if (byte == ',' && depth == 0) return at;
    ++at;
  }
  return json.size();
}

std::string_view json_member(std::string_view object, std::string_view name) {
  std::string_view found;
  each_member(object, [&](std::string_view key, std::string_view value) {
    if (found.empty() && json_bare(key) == name) found = value;
  });
  return found;
}

std::string_view json_bare(std::string_view value) {
  if (value.size() < 2 || value.front() != '"' || value.back() != '"') return value;
  return value.substr(1, value.size() - 2);
}

void JsonLineWriter::add(std::string_view name, std::string_view value) {
  if (value.empty()) return;
  if (line_.size() > 1) line_ += ',';
  line_.append("\"").append(name).append("\":").append(value);
}

void JsonLineWriter::add_text(std::string_view name, std::string_view escaped) {
  if (line_.size() > 1) line_ += ',';
  line_.append("\"").append(name).append("\":\"").append(escaped).append("\"");
}

void JsonLineWriter::add_member(std::string_view key, std::string_view value) {
  add(json_bare(key), value);
}

void JsonLineWriter::add_all(std::string_view object) {
  each_member(object,
              [&](std::string_view key, std::string_view value) { add_member(key, value); });
}

std::string JsonLineWriter::take() { return std::exchange(line_, "{") + '}'; }

}  // namespace culprit
