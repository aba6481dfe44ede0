#include "experiment/load/json_path.h"

#include <charconv>

namespace culprit {
namespace {

// Reads JSON from front to back. Every step says whether the text was as it should be.
class Reader {
 public:
  explicit Reader(std::string_view text) : left_(text) { skip_blanks(); }

  bool takes(char c) {
    if (left_.empty() || left_.front() != c) return false;
    left_.remove_prefix(1);
    skip_blanks();
    return true;
  }
  char next() const { return left_.empty() ? '\0' : left_.front(); }

  // The value that begins here, as it is spelled; empty: none does.
  std::string_view value() {
    const std::string_view from = left_;
    std::size_t length = 0;
    if (next() == '"') {
      length = string_length(left_);
    } else if (next() == '{' || next() == '[') {
      length = nested_length();
    } else {
      length = std::min(left_.find_first_of(",]} \t\r\n"), left_.size());
    }
    left_.remove_prefix(length);
    skip_blanks();
    return from.substr(0, length);
  }

 private:
  void skip_blanks() {
    left_.remove_prefix(std::min(left_.find_first_not_of(" \t\r\n"), left_.size()));
  }
  // With its quotes; 0: it does not end.
  static std::size_t string_length(std::string_view text) {
    for (std::size_t at = 1; at < text.size(); ++at) {
      if (text[at] == '\\')
        ++at;
      else if (text[at] == '"')
        return at + 1;
    }
    return 0;
  }
  std::size_t nested_length() const {
    std::size_t depth = 0;
    for (std::size_t at = 0; at < left_.size(); ++at) {
      const char c = left_[at];
      if (c == '"') {
        const std::size_t length = string_length(left_.substr(at));
        if (length == 0) return 0;
        at += length - 1;
      }
      if (c == '{' || c == '[') ++depth;
      if ((c == '}' || c == ']') && --depth == 0) return at + 1;
    }
    return 0;
  }

  std::string_view left_;
};

std::string utf8(unsigned code) {
  const auto byte = [](unsigned bits) { return static_cast<char>(bits); };
  if (code < 0x80) return {byte(code)};
  if (code < 0x800) return {byte(0xC0 | (code >> 6)), byte(0x80 | (code & 0x3F))};
  if (code < 0x10000) {
    return {byte(0xE0 | (code >> 12)), byte(0x80 | ((code >> 6) & 0x3F)),
            byte(0x80 | (code & 0x3F))};
  }
  return {byte(0xF0 | (code >> 18)), byte(0x80 | ((code >> 12) & 0x3F)),
          byte(0x80 | ((code >> 6) & 0x3F)), byte(0x80 | (code & 0x3F))};
}

unsigned hex_at(std::string_view text, std::size_t at) {
  unsigned code = 0;
  if (at + 4 <= text.size()) std::from_chars(text.data() + at, text.data() + at + 4, code, 16);
  return code;
}

// `\u` at `at`, and its second half where it is one of two; what it means and how long it is.
std::pair<unsigned, std::size_t> unicode_escape(std::string_view text, std::size_t at) {
  const unsigned code = hex_at(text, at + 2);
  const bool first_half = code >= 0xD800 && code < 0xDC00 && text.substr(at + 6).starts_with("\\u");
  if (!first_half) return {code, 6};
  const unsigned second = hex_at(text, at + 8);
  return {0x10000 + ((code - 0xD800) << 10) + ((second - 0xDC00) & 0x3FF), 12};
}

// The contents of a string, given without its quotes.
std::string unescaped(std::string_view text) {
  constexpr std::string_view letters = "nrtbf";
  constexpr std::string_view meanings = "\n\r\t\b\f";
  std::string plain;
  for (std::size_t at = 0; at < text.size();) {
    if (text[at] != '\\' || at + 1 == text.size()) {
      plain += text[at++];
    } else if (text[at + 1] == 'u') {
      const auto [code, length] = unicode_escape(text, at);
      plain += utf8(code);
      at += length;
    } else {
      const std::size_t letter = letters.find(text[at + 1]);
      plain += letter == letters.npos ? text[at + 1] : meanings[letter];
      at += 2;
    }
  }
  return plain;
}

std::string plain_text(std::string_view value) {
  return value.starts_with('"') ? unescaped(value.substr(1, value.size() - 2)) : std::string(value);
}

// Stands at the member's value, or says that there is none.
bool enters_member(Reader& reader, std::string_view key) {
  if (!reader.takes('{')) return false;
  while (reader.next() == '"') {
    const std::string_view name = reader.value();
    if (name.empty() || !reader.takes(':')) return false;
    if (plain_text(name) == key) return true;
    if (reader.value().empty() || !reader.takes(',')) return false;
  }
  return false;
}

bool enters_item(Reader& reader, std::size_t index) {
  if (!reader.takes('[')) return false;
  for (std::size_t i = 0; i < index; ++i) {
    if (reader.next() == ']' || reader.value().empty() || !reader.takes(',')) return false;
  }
  return reader.next() != ']';
}

Error no_path(std::string_view text) {
  Error made = error(Fault::usage, "'{}' is no path into JSON", text);
  made.advice = "user.name   or items[0].id";
  return made;
}

}  // namespace

Result<JsonPath> JsonPath::parse(std::string_view text) {
  JsonPath path;
  std::string_view left = text;
  if (left.starts_with('$')) left.remove_prefix(1);
  while (!left.empty()) {
    if (left.front() == '[') {
      Step step{.key = {}, .listed = true};
      const std::size_t close = left.find(']');
      if (close == left.npos) return no_path(text);
      const auto [end, fault] = std::from_chars(left.data() + 1, left.data() + close, step.index);
      if (fault != std::errc() || end != left.data() + close) return no_path(text);
      path.steps_.push_back(std::move(step));
      left.remove_prefix(close + 1);
      continue;
    }
    if (left.front() == '.') left.remove_prefix(1);
    const std::string_view key = left.substr(0, left.find_first_of(".["));
    if (key.empty()) return no_path(text);
    path.steps_.push_back({std::string(key)});
    left.remove_prefix(key.size());
  }
  return path;
}

std::optional<std::string> JsonPath::find(std::string_view json) const {
  Reader reader(json);
  for (const Step& step : steps_) {
    const bool there =
        step.listed ? enters_item(reader, step.index) : enters_member(reader, step.key);
    if (!there) return std::nullopt;
  }
  const std::string_view value = reader.value();
  if (value.empty()) return std::nullopt;
  return plain_text(value);
}

std::optional<std::vector<JsonMember>> json_members(std::string_view json) {
  std::vector<JsonMember> members;
  Reader reader(json);
  if (!reader.takes('{')) return std::nullopt;
  if (reader.takes('}')) return members;
  do {
    const std::string_view name = reader.next() == '"' ? reader.value() : std::string_view();
    if (name.empty() || !reader.takes(':')) return std::nullopt;
    const std::string_view value = reader.value();
    if (value.empty()) return std::nullopt;
    members.push_back({plain_text(name), plain_text(value)});
  } while (reader.takes(','));
  if (!reader.takes('}') || reader.next() != '\0') return std::nullopt;
  return members;
}

}  // namespace culprit
