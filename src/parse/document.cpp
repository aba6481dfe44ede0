#include "parse/document.h"

#include "parse/document_parts.h"

namespace culprit {
namespace {

std::string_view ending_of(std::string_view name) {
  const std::size_t dot = name.rfind('.');
  return dot == name.npos ? "" : name.substr(dot + 1);
}

char first_byte(std::string_view text) {
  const std::size_t at = text.find_first_not_of(" \t\r\n\xEF\xBB\xBF");
  return at == text.npos ? '\0' : text[at];
}

// "- item", "key: value", "key:" at the beginning of most lines.
bool looks_yaml(std::string_view text) {
  std::size_t lines = 0;
  std::size_t fitting = 0;
  while (!text.empty() && lines < 200) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    const std::size_t at = line.find_first_not_of(" \r");
    if (at == line.npos || line[at] == '#') continue;
    const std::string_view rest = line.substr(at);
    const std::size_t colon = rest.find(':');
    const bool key =
        colon != rest.npos && colon > 0 && rest.substr(0, colon).find(' ') == rest.npos &&
        (colon + 1 == rest.size() || rest[colon + 1] == ' ' || rest[colon + 1] == '\r');
    ++lines;
    fitting += key || rest.starts_with("- ") || rest == "---" ? 1 : 0;
  }
  return lines > 0 && fitting * 10 >= lines * 7;
}

}  // namespace

Result<Document> read_document(std::string_view text, std::string_view name) {
  if (text.size() > document_bytes_max) {
    return error(Fault::malformed, "longer than {} MB", document_bytes_max >> 20);
  }
  const std::string_view ending = ending_of(name);
  if (ending == "yaml" || ending == "yml") return yaml_document(text);
  if (ending == "toml") return toml_document(text);
  if (auto trace = trace_document(text)) return *trace;
  const char first = first_byte(text);
  if (first == '{' || first == '[' || first == '"' || ending == "json") {
    Result<Document> json = json_document(text);
    if (json || first == '{' || ending == "json") return json;
  }
  if (auto exchange = http_document(text)) return *exchange;
  if (auto settings = settings_document(text)) return *settings;
  if (looks_yaml(text)) {
    if (Result<Document> yaml = yaml_document(text)) return yaml;
  }
  return text_document(text);
}

}  // namespace culprit
