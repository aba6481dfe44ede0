// YAML as an Outline.
#include <algorithm>

#include <fmt/format.h>

#include "parse/bytes.h"
#include "parse/difference_items.h"
#include "parse/outline.h"

namespace culprit {
namespace {

constexpr std::size_t none = std::string_view::npos;

std::size_t indent_of(std::string_view line) {
  return std::min(line.find_first_not_of(' '), line.size());
}

bool is_marker(std::string_view line) {
  return line.starts_with("---") && (line.size() == 3 || is_space(line[3]));
}

bool says_nothing(std::string_view line) {
  line = trimmed(line);
  return line.empty() || line.front() == '#';
}

bool is_member(std::string_view rest) {
  return rest.starts_with('-') && (rest.size() == 1 || is_space(rest[1]));
}

// Behind the closing quote of a text that begins with one; none: it is not on this line.
std::size_t quote_end(std::string_view text) {
  const char quote = text[0];
  for (std::size_t at = 1; at < text.size(); ++at) {
    if (quote == '"' && text[at] == '\\') {
      ++at;
    } else if (text[at] == quote) {
      if (quote == '"' || text.substr(at + 1, 1) != "'") return at + 1;
      ++at;
    }
  }
  return none;
}

// Behind the anchors and tags at the beginning, and the white space behind those.
std::size_t properties_end(std::string_view text) {
  std::size_t at = std::min(text.find_first_not_of(" \t"), text.size());
  while (at < text.size() && (text[at] == '&' || text[at] == '!')) {
    at = std::min(text.find_first_of(" \t", at), text.size());
    at = std::min(text.find_first_not_of(" \t", at), text.size());
  }
  return at;
}

// Where the colon of a key stands; none: the text begins with no key.
std::size_t key_end(std::string_view rest) {
  std::size_t from = properties_end(rest);
  if (from == rest.size() || std::string_view("[{|>%@`#").find(rest[from]) != none) return none;
  if (rest[from] == '"' || rest[from] == '\'') {
    const std::size_t size = quote_end(rest.substr(from));
    if (size == none) return none;
    from += size;
    const std::size_t colon = std::min(rest.find_first_not_of(' ', from), rest.size());
    if (rest.substr(colon, 1) != ":") return none;
  }
  for (std::size_t at = rest.find(':', from); at != none; at = rest.find(':', at + 1)) {
    if (rest.find(" #", from) < at) return none;
    if (at + 1 == rest.size() || is_space(rest[at + 1])) return at;
  }
  return none;
}

std::string key_of(std::string_view text) {
  text = trimmed(text);
  const bool quoted =
      text.size() >= 2 && text[0] == text.back() && (text[0] == '"' || text[0] == '\'');
  return std::string(quoted ? text.substr(1, text.size() - 2) : text);
}

// A value without the anchors and tags before it and a comment that is all there is.
std::string_view said(std::string_view value) {
  value = trimmed(value.substr(properties_end(value)));
  return value.starts_with('#') ? std::string_view() : value;
}

// Whether the brackets and quotes of a value are closed, line by line.
class Closing {
 public:
  void read(std::string_view line) {
    for (std::size_t at = 0; at < line.size(); ++at) {
      const char c = line[at];
      if (quote_ != 0) {
        at += quote_ == '"' && c == '\\' ? 1 : 0;
        if (c == quote_) quote_ = 0;  // '' opens it again
        continue;
      }
      const bool begins = at == 0 || std::string_view(" \t,[{:").find(line[at - 1]) != none;
      if (c == '#' && (at == 0 || is_space(line[at - 1]))) return;
      if ((c == '"' || c == '\'') && (begins || line[at - 1] == c)) quote_ = c;
      if (c == '[' || c == '{') ++depth_;
      if (c == ']' || c == '}') --depth_;
    }
  }
  bool closed() const { return quote_ == 0 && depth_ <= 0; }

 private:
  char quote_ = 0;
  int depth_ = 0;
};

class YamlReader {
 public:
  YamlReader(const std::vector<std::string_view>& lines, std::size_t from, std::size_t to)
      : lines_(lines), at_(from), end_(to) {}

  // Into the document that it is; false: not known.
  bool read(OutlineEntry& document) {
    skip();
    if (at_ < end_) {
      const std::size_t column = indent_of(lines_[at_]);
      const std::string_view first = lines_[at_].substr(column);
      const bool holds = is_member(first) || key_end(first) != none;
      document.indent = holds ? column : 0;
      holds ? block(column, document) : text(document);
    }
    tail = std::move(lead_);
    return known_ && at_ == end_;
  }
  std::string tail = {};  // comments at its end

 private:
  void text(OutlineEntry& document);
  void skip();
  bool here(std::size_t column) const;
  void block(std::size_t column, OutlineEntry& into);
  void member(std::size_t column, OutlineEntry& made);
  void pair(std::size_t column, OutlineEntry& made);
  void leaf(std::size_t column, std::string_view value, OutlineEntry& made);
  void text_below(std::size_t column, OutlineEntry& made);
  void rest_of(std::size_t column, std::string_view text, OutlineEntry& made);
  void take_first(std::size_t column, OutlineEntry& made);
  void take(std::size_t column, OutlineEntry& made);
  void take_block(std::size_t column, bool keeps, OutlineEntry& made);
  void take_deeper(std::size_t column, OutlineEntry& made);
  void take_all(std::size_t column, OutlineEntry& made);

  const std::vector<std::string_view>& lines_;
  std::size_t at_;
  std::size_t end_;
  std::string lead_ = {};
  bool known_ = true;
};

// A document that is a text, a list in brackets.
void YamlReader::text(OutlineEntry& document) {
  document.shape = OutlineEntry::Shape::leaf;
  OutlineEntry& made = document.nested.emplace_back();
  made.lead = std::move(lead_);
  lead_.clear();
  take_first(0, made);
  while (at_ < end_) take(0, made);
}

void YamlReader::skip() {
  for (; at_ < end_ && says_nothing(lines_[at_]); ++at_) {
    lead_ += lines_[at_];
    lead_ += '\n';
  }
  if (at_ >= end_) return;
  const std::string_view line = lines_[at_];
  const std::size_t indent = indent_of(line);
  known_ = known_ && line[indent] != '\t' && line[0] != '%' && line != "..." &&
           !line.substr(indent).starts_with("? ");
}

bool YamlReader::here(std::size_t column) const {
  return known_ && at_ < end_ && indent_of(lines_[at_]) == column;
}

// The entries that begin at a column; the first one may stand behind a dash.
void YamlReader::block(std::size_t column, OutlineEntry& into) {
  using Shape = OutlineEntry::Shape;
  into.shape = is_member(lines_[at_].substr(column)) ? Shape::list : Shape::map;
  for (bool first = true; known_ && (first || here(column)); first = false) {
    const bool dash = is_member(lines_[at_].substr(column));
    if (dash != (into.shape == Shape::list)) break;
    OutlineEntry made;
    made.lead = std::move(lead_);
    made.column = column;
    lead_.clear();
    dash ? member(column, made) : pair(column, made);
    into.nested.push_back(std::move(made));
    skip();
  }
  // What is indented more than this and less than what stood before it is no YAML.
  known_ = known_ && (at_ >= end_ || indent_of(lines_[at_]) <= column);
}

void YamlReader::member(std::size_t column, OutlineEntry& made) {
  const std::string_view line = lines_[at_];
  const std::size_t from = std::min(line.find_first_not_of(' ', column + 1), line.size());
  const std::string_view rest = line.substr(from);
  if (!is_member(rest) && key_end(rest) == none) return leaf(column, rest, made);
  made.form = OutlineEntry::Form::member;
  made.line = "-";
  made.indent = from - column;
  block(from, made);
}

void YamlReader::pair(std::size_t column, OutlineEntry& made) {
  const std::string_view rest = lines_[at_].substr(column);
  const std::size_t colon = key_end(rest);
  known_ = known_ && colon != none && !rest.starts_with("? ");
  if (!known_) return;
  made.key = key_of(rest.substr(0, colon));
  const std::string_view value = rest.substr(colon + 1);
  if (!said(value).empty()) return leaf(column, value, made);
  made.line = rest;
  made.shape = OutlineEntry::Shape::empty;
  const std::size_t line = at_++;
  skip();
  if (at_ >= end_ || !known_) return;
  const std::size_t indent = indent_of(lines_[at_]);
  const std::string_view next = lines_[at_].substr(indent);
  if (indent < column || (indent == column && !is_member(next))) return;
  if (is_member(next) || key_end(next) != none) {
    made.indent = indent - column;
    return block(indent, made);
  }
  at_ = line;
  lead_.clear();
  text_below(column, made);
}

// A value on lines of its own.
void YamlReader::text_below(std::size_t column, OutlineEntry& made) {
  made.shape = OutlineEntry::Shape::leaf;
  take_first(column, made);
  while (says_nothing(lines_[at_])) take(column, made);
  const std::string_view text = said(lines_[at_]);
  if (!text.empty() && (text[0] == '|' || text[0] == '>')) return take_block(column, true, made);
  rest_of(column, text, made);
}

void YamlReader::take_first(std::size_t column, OutlineEntry& made) {
  made.line = lines_[at_++].substr(column);
}

// One more line, relative to the column.
void YamlReader::take(std::size_t column, OutlineEntry& made) {
  const std::string_view line = lines_[at_++];
  made.line += '\n';
  made.line += line.substr(std::min(column, indent_of(line)));
}

void YamlReader::take_block(std::size_t column, bool keeps, OutlineEntry& made) {
  std::size_t last = at_;
  for (std::size_t at = at_; at < end_; ++at) {
    const bool blank = trimmed(lines_[at]).empty();
    if (!blank && indent_of(lines_[at]) <= column) break;
    if (!blank || keeps) last = at + 1;
  }
  while (at_ < last) take(column, made);
}

// The further lines of a plain text.
void YamlReader::take_deeper(std::size_t column, OutlineEntry& made) {
  std::size_t last = at_;
  for (std::size_t at = at_; at < end_; ++at) {
    const std::string_view text = trimmed(lines_[at]);
    if (text.empty()) continue;
    if (text.front() == '#' || indent_of(lines_[at]) <= column) break;
    last = at + 1;
  }
  while (at_ < last) take(column, made);
}

// What stands below a dash that has nothing behind it.
void YamlReader::take_all(std::size_t column, OutlineEntry& made) {
  std::size_t last = at_;
  for (std::size_t at = at_; at < end_; ++at) {
    if (says_nothing(lines_[at])) continue;
    if (indent_of(lines_[at]) <= column) break;
    last = at + 1;
  }
  while (at_ < last) take(column, made);
}

void YamlReader::leaf(std::size_t column, std::string_view value, OutlineEntry& made) {
  const std::string_view text = said(value);
  take_first(column, made);
  if (!text.empty() && (text[0] == '|' || text[0] == '>')) {
    return take_block(column, text.substr(0, text.find('#')).find('+') != none, made);
  }
  --at_;
  made.line.clear();
  rest_of(column, text, made);
}

// From the line on which `text` begins: until its brackets are closed, or as far as it is indented.
void YamlReader::rest_of(std::size_t column, std::string_view text, OutlineEntry& made) {
  made.line.empty() ? take_first(column, made) : take(column, made);
  if (text.empty()) return take_all(column, made);
  if (std::string_view("\"'[{").find(text[0]) == none) {
    return take_deeper(column, made);
  }
  Closing closing;
  closing.read(text);
  while (at_ < end_ && !closing.closed()) {
    closing.read(lines_[at_]);
    take(column, made);
  }
}

// Where the line "..." stands that ends a document; its end, where none does.
std::size_t ended_at(const std::vector<std::string_view>& lines, std::size_t from, std::size_t to) {
  std::size_t last = to;
  while (last > from && says_nothing(lines[last - 1])) --last;
  return last > from && trimmed(lines[last - 1]) == "..." && lines[last - 1][0] == '.' ? last - 1
                                                                                       : to;
}

std::string joined(const std::vector<std::string_view>& lines, std::size_t from, std::size_t to) {
  std::string text;
  for (; from < to; ++from) text += fmt::format("{}\n", lines[from]);
  return text;
}

}  // namespace

std::optional<Outline> yaml_outline(std::string_view text) {
  Outline made = outline_frame(text);
  const std::vector<std::string_view> lines = outline_lines(text);
  std::size_t from = 0;
  while (from < lines.size() && says_nothing(lines[from])) ++from;
  std::size_t at = 0;
  if (from < lines.size() && is_marker(lines[from])) {
    made.head = joined(lines, 0, from + 1);
    at = from + 1;
  }
  std::string ender;  // of the document before
  for (bool first = true; first || at < lines.size(); first = false) {
    OutlineEntry document;
    document.form = OutlineEntry::Form::group;
    document.shape = OutlineEntry::Shape::empty;
    if (!first) {
      if (!says_nothing(lines[at].substr(3))) return std::nullopt;
      document.form = OutlineEntry::Form::line;
      document.line = ender + std::string(lines[at++]);
      document.lead = std::move(made.tail);
    }
    std::size_t end = at;
    while (end < lines.size() && !is_marker(lines[end])) ++end;
    const std::size_t text_end = ended_at(lines, at, end);
    YamlReader reader(lines, at, text_end);
    if (!reader.read(document)) return std::nullopt;
    ender = joined(lines, text_end, end);
    made.tail = std::move(reader.tail);
    made.root.nested.push_back(std::move(document));
    at = end;
  }
  made.tail += ender;
  const bool said_more =
      !made.head.empty() && !says_nothing(std::string_view(lines[from]).substr(3));
  if (said_more) return std::nullopt;
  return made;
}

std::set<std::string> names_in(std::string_view text, char sign) {
  std::set<std::string> names;
  for (std::size_t at = text.find(sign); at != text.npos; at = text.find(sign, at + 1)) {
    if (at > 0 && std::string_view(" \n\t,[{:-").find(text[at - 1]) == text.npos) continue;
    const std::size_t end = std::min(text.find_first_of(" \n\t,]}", at), text.size());
    if (end > at + 1) names.emplace(text.substr(at + 1, end - at - 1));
  }
  return names;
}

bool is_document(const OutlineEntry& entry) {
  const bool marked = entry.line.starts_with("---") || entry.line.starts_with("...");
  return entry.key.empty() && (entry.form == OutlineEntry::Form::group || marked);
}

bool Outline::holds() const {
  return std::any_of(root.nested.begin(), root.nested.end(), [](const OutlineEntry& document) {
    return document.shape != OutlineEntry::Shape::leaf && !document.nested.empty();
  });
}

std::string first_line(const OutlineEntry& entry) {
  if (entry.form == OutlineEntry::Form::member && !entry.nested.empty()) {
    return "- " + first_line(entry.nested.front());
  }
  return entry.line.substr(0, entry.line.find('\n'));
}

std::vector<std::string_view> outline_lines(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    lines.push_back(line);
    text.remove_prefix(std::min(text.size(), end + 1));
  }
  return lines;
}

Outline outline_frame(std::string_view& text) {
  Outline made;
  made.root.form = OutlineEntry::Form::group;
  made.root.shape = OutlineEntry::Shape::list;
  const std::string_view plain = without_mark(text);
  made.marked = plain.size() < text.size();
  text = plain;
  made.ended = text.empty() || text.back() == '\n';
  const std::size_t end = text.find('\n');
  if (end != text.npos && end > 0 && text[end - 1] == '\r') made.newline = "\r\n";
  return made;
}

}  // namespace culprit
