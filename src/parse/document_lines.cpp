// Documents of lines: settings (INI, properties, an environment), and any other text.
#include <algorithm>
#include <map>

#include "parse/bytes.h"
#include "parse/document_parts.h"

namespace culprit {
namespace {

std::string_view next_line(std::string_view& text) {
  std::string_view line = text.substr(0, text.find('\n'));
  text.remove_prefix(std::min(text.size(), line.size() + 1));
  if (line.ends_with('\r')) line.remove_suffix(1);
  return trimmed(line);
}

bool is_name(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '.' || c == '-' || c == '/';
  });
}

std::string_view unquoted(std::string_view value) {
  const bool quoted = value.size() >= 2 && (value.front() == '"' || value.front() == '\'') &&
                      value.back() == value.front();
  return quoted ? value.substr(1, value.size() - 2) : value;
}

// "key = value"; the key may have spaces below a heading only.
std::optional<Leaf> setting_of(std::string_view line, const std::string& section) {
  if (line.starts_with("export ")) line.remove_prefix(7);
  const std::size_t equals = line.find('=');
  if (equals == line.npos) return std::nullopt;
  const std::string_view key = trimmed(line.substr(0, equals));
  if (section.empty() ? !is_name(key) : key.empty()) return std::nullopt;
  Leaf leaf;
  if (!section.empty()) leaf.steps.push_back(section);
  leaf.steps.emplace_back(key);
  leaf.value = unquoted(trimmed(line.substr(equals + 1)));
  return leaf;
}

}  // namespace

std::optional<Document> settings_document(std::string_view text) {
  Document document{"environment", {}};
  std::string section;
  while (!text.empty()) {
    const std::string_view line = next_line(text);
    if (line.empty() || line.front() == '#' || line.front() == ';') continue;
    if (line.front() == '[' && line.back() == ']') {
      section = line.substr(1, line.size() - 2);
      document.format = "ini";
      continue;
    }
    std::optional<Leaf> leaf = setting_of(line, section);
    if (!leaf) return std::nullopt;
    document.leaves.push_back(std::move(*leaf));
  }
  if (document.leaves.empty()) return std::nullopt;
  return document;
}

Document text_document(std::string_view text) {
  Document document{"text", {}};
  std::map<std::string, int, std::less<>> seen;
  while (!text.empty()) {
    const std::string_view line = next_line(text);
    if (line.empty()) continue;
    const int times = ++seen[std::string(line)];
    document.leaves.push_back(
        {{std::string(line)}, times > 1 ? fmt::format("#{}", times) : "", Kind::text});
    if (times > 1) document.leaves.back().steps.push_back(document.leaves.back().value);
  }
  return document;
}

}  // namespace culprit
