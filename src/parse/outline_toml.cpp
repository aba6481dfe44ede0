// TOML as an Outline: sections, [[x]] as lists of them, and keys with their whole values.
#include <algorithm>

#include <fmt/format.h>

#include "parse/bytes.h"
#include "parse/outline.h"

namespace culprit {
namespace {

using Steps = std::vector<std::string>;

// How far the quoted text at the beginning goes; it may span lines.
std::size_t quoted_size(std::string_view text) {
  const char quote = text[0];
  const std::string triple(3, quote);
  const bool lines = text.starts_with(triple);
  for (std::size_t at = lines ? 3 : 1; at < text.size(); ++at) {
    if (quote == '"' && text[at] == '\\') {
      ++at;
    } else if (lines && text.substr(at).starts_with(triple)) {
      at += 3;
      while (at < text.size() && text[at] == quote) ++at;  // up to two of its own
      return at;
    } else if (!lines && text[at] == quote) {
      return at + 1;
    }
  }
  return text.size();
}

// How far a value goes, with what follows it on its last line.
std::size_t value_size(std::string_view text) {
  int depth = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '"' || c == '\'') {
      at += quoted_size(text.substr(at)) - 1;
    } else if (c == '#') {
      at = std::min(text.find('\n', at), text.size()) - 1;
    } else if (c == '\n' && depth <= 0) {
      return at;
    } else if (c == '[' || c == '{') {
      ++depth;
    } else if (c == ']' || c == '}') {
      --depth;
    }
  }
  return text.size();
}

// "a . 'b.c' = ..." up to the byte that ends it.
Steps steps_of(std::string_view text, std::size_t& at, char end) {
  Steps steps;
  std::string step;
  for (; at < text.size() && text[at] != end; ++at) {
    if (text[at] == '"' || text[at] == '\'') {
      const std::size_t size = quoted_size(text.substr(at));
      step += text.substr(at + 1, size - 2);
      at += size - 1;
    } else if (text[at] == '.') {
      steps.push_back(std::move(step));
      step.clear();
    } else if (!is_space(text[at])) {
      step += text[at];
    }
  }
  steps.push_back(std::move(step));
  return steps;
}

std::string joined(const Steps& steps) {
  std::string text;
  for (const std::string& step : steps) text += text.empty() ? step : "." + step;
  return text;
}

bool begins_with(const Steps& steps, const Steps& start) {
  return start.size() <= steps.size() && std::equal(start.begin(), start.end(), steps.begin());
}

class TomlReader {
 public:
  explicit TomlReader(std::string_view text) : text_(text) {}

  bool read(OutlineEntry& document);
  std::string tail = {};

 private:
  std::string_view line() const { return text_.substr(at_, text_.find('\n', at_) - at_); }
  bool section(OutlineEntry& document);
  bool key(OutlineEntry& into);

  std::string_view text_;
  std::size_t at_ = 0;
  OutlineEntry* open_ = nullptr;
};

// Where [a.b] belongs: to the last [[a]], else to the document.
OutlineEntry& holder_of(const Steps& path, OutlineEntry& document) {
  OutlineEntry* holder = &document;
  for (bool deeper = true; deeper;) {
    deeper = false;
    for (OutlineEntry& one : holder->nested) {
      const bool list = one.form == OutlineEntry::Form::group;
      if (!list || one.path.size() >= path.size() || !begins_with(path, one.path)) continue;
      holder = &one.nested.back();
      deeper = true;
      break;
    }
  }
  return *holder;
}

bool TomlReader::section(OutlineEntry& document) {
  const std::string_view said = trimmed(line());
  const bool list = said.starts_with("[[");
  std::size_t at = list ? 2 : 1;
  OutlineEntry made;
  made.path = steps_of(said, at, ']');
  made.shape = OutlineEntry::Shape::map;
  made.lead = std::move(tail);
  tail.clear();
  made.line = line();
  if (made.line.ends_with('\r')) made.line.pop_back();
  made.key = fmt::format("{}{}{}", list ? "[[" : "[", joined(made.path), list ? "]]" : "]");
  OutlineEntry* holder = &holder_of(made.path, document);
  if (list) {
    auto& all = holder->nested;
    auto known = std::find_if(all.begin(), all.end(), [&](const OutlineEntry& one) {
      return one.form == OutlineEntry::Form::group && one.path == made.path;
    });
    if (known == all.end()) {
      OutlineEntry& group = all.emplace_back();
      group.form = OutlineEntry::Form::group;
      group.shape = OutlineEntry::Shape::list;
      group.key = made.key;
      group.path = made.path;
      known = all.end() - 1;
    }
    holder = &*known;
  }
  holder->nested.push_back(std::move(made));
  open_ = &holder->nested.back();
  at_ = std::min(at_ + line().size() + 1, text_.size());
  return true;
}

bool TomlReader::key(OutlineEntry& into) {
  OutlineEntry made;
  std::size_t at = 0;
  const std::string_view rest = text_.substr(at_);
  const Steps own = steps_of(rest, at, '=');
  if (at >= rest.size()) return false;
  made.path = into.path;
  made.given = into.path.size();
  made.path.insert(made.path.end(), own.begin(), own.end());
  made.key = joined(own);
  made.lead = std::move(tail);
  tail.clear();
  const std::size_t size = at + value_size(rest.substr(at));
  for (const std::string_view one : outline_lines(rest.substr(0, size))) {
    made.line += made.line.empty() ? std::string(one) : fmt::format("\n{}", one);
  }
  into.nested.push_back(std::move(made));
  at_ = std::min(at_ + size + 1, text_.size());
  return true;
}

bool TomlReader::read(OutlineEntry& document) {
  open_ = &document;
  while (at_ < text_.size()) {
    const std::string_view said = trimmed(line());
    if (said.empty() || said.front() == '#') {
      tail += fmt::format("{}\n", line().substr(0, line().find('\r')));
      at_ = std::min(at_ + line().size() + 1, text_.size());
    } else if (!(said.front() == '[' ? section(document) : key(*open_))) {
      return false;
    }
  }
  return true;
}

}  // namespace

std::optional<Outline> toml_outline(std::string_view text) {
  Outline made = outline_frame(text);
  OutlineEntry& document = made.root.nested.emplace_back();
  document.form = OutlineEntry::Form::group;
  document.shape = OutlineEntry::Shape::map;
  TomlReader reader(text);
  if (!reader.read(document)) return std::nullopt;
  made.tail = std::move(reader.tail);
  return made;
}

}  // namespace culprit
