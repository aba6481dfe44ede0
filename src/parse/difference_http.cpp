// HTTP requests: method, path, parameters, headers, and the body by what it is. The length of the
// body is no difference where both say it right: it follows from the body.
#include <algorithm>

#include "base/verify.h"
#include "parse/bytes.h"
#include "parse/difference_items.h"

namespace culprit {
namespace {

// Each part of the head on a line of its own, by its first letter: Method, Path, Query, Version,
// Header.
struct Request {
  std::string head;
  std::string body;
  std::string newline = "\n";
  bool ended = false;  // by an empty line

  bool same_frame(const Request& other) const {
    return newline == other.newline && ended == other.ended;
  }
};

enum class Length : std::uint8_t { follows, said };

constexpr std::string_view length_header = "content-length:";

std::string lowered(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return lower;
}

// What stands between the &, also where that is nothing.
void add_pairs(std::string_view text, std::string_view letter, std::string& head) {
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t end = std::min(text.find('&', at), text.size());
    head += fmt::format("{} {}\n", letter, text.substr(at, end - at));
    at = end + 1;
  }
}

void add_first_line(std::string_view line, std::string& head) {
  const std::size_t space = std::min(line.find(' '), line.size());
  const std::size_t version = std::max(line.rfind(' '), space);
  head += fmt::format("M {}\n", line.substr(0, space));
  std::string_view target =
      line.substr(std::min(space + 1, line.size()), version > space ? version - space - 1 : 0);
  const std::size_t mark = std::min(target.find('?'), target.size());
  head += fmt::format("P {}\n", target.substr(0, mark));
  if (mark < target.size()) add_pairs(target.substr(mark + 1), "Q", head);
  head += fmt::format("V {}\n", version > space ? line.substr(version + 1) : "");
}

// Its name, the colon, and the space behind it.
std::string_view start_of_length(std::string_view line) {
  const std::size_t value = line.find_first_not_of(" \t", length_header.size());
  return line.substr(0, std::min(value, line.size()));
}

Request request_of(std::string_view text, Length length) {
  Request made;
  bool first = true;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(text.size(), end + 1));
    if (line.ends_with('\r')) {
      made.newline = "\r\n";
      line.remove_suffix(1);
    }
    if (line.empty()) {
      made.ended = true;
      break;
    }
    if (first) {
      add_first_line(line, made.head);
    } else {
      const bool follows = length == Length::follows && lowered(line).starts_with(length_header);
      made.head += fmt::format("H {}\n", follows ? start_of_length(line) : line);
    }
    first = false;
  }
  made.body = text;
  return made;
}

// Whether each length that it says is that of its body.
bool says_its_length(std::string_view text) {
  const Request request = request_of(text, Length::said);
  bool right = true;
  for (const Item& item : items_of(request.head, DifferenceKind::lines).items) {
    const std::string_view header = item.text.substr(2);
    if (item.text.front() != 'H' || !lowered(header).starts_with(length_header)) continue;
    const std::string_view value = trimmed(header.substr(start_of_length(header).size()));
    right = right && value == std::to_string(request.body.size());
  }
  return right;
}

ItemList items_of_head(std::string_view head) {
  ItemList list = items_of(head, DifferenceKind::lines);
  for (Item& item : list.items) {
    const std::string_view part = item.text.substr(2);
    const char letter = item.text.front();
    const std::size_t end = part.find_first_of(letter == 'H' ? ":" : "=");
    const bool named = letter == 'H' || letter == 'Q' || letter == 'B';
    item.key = fmt::format("{} {}", letter, named ? lowered(part.substr(0, end)) : "");
    item.label = letter == 'M'   ? "method"
                 : letter == 'P' ? "path"
                 : letter == 'V' ? "version"
                 : letter == 'H' ? "header"
                                 : "parameter";
    item.value = part.empty() ? "(nothing)" : part;
    if (named) item.subject = part.substr(0, end);
  }
  return list;
}

// A request from the lines of its head.
std::string written(std::string_view head, const std::string& body, const Request& frame,
                    Length length) {
  const std::string& newline = frame.newline;
  std::string text;
  bool query = false;
  while (!head.empty()) {
    const std::size_t end = std::min(head.find('\n'), head.size());
    const char letter = head.front();
    const std::string_view part = head.substr(2, end - 2);
    head.remove_prefix(std::min(head.size(), end + 1));
    if (letter == 'M') text += fmt::format("{} ", part);
    if (letter == 'P') text += part;
    if (letter == 'Q') {
      text += query ? '&' : '?';
      text += part;
      query = true;
    }
    if (letter == 'V') text += fmt::format("{}{}{}", part.empty() ? "" : " ", part, newline);
    if (letter != 'H') continue;
    text += part;
    const bool follows = length == Length::follows && lowered(part).starts_with(length_header);
    if (follows) text += std::to_string(body.size());
    text += newline;
  }
  return text + (frame.ended || !body.empty() ? newline : "") + body;
}

bool is_json(std::string_view text) {
  const std::size_t at = text.find_first_not_of(" \t\r\n");
  return at == text.npos || text[at] == '{' || text[at] == '[';
}

bool is_form(std::string_view text) {
  return text.find('\n') == text.npos && text.find('=') != text.npos && text.find(' ') == text.npos;
}

// key=value&key=value, as lines "B key=value".
Differences form_differences(const std::string& good, const std::string& bad) {
  std::string before;
  std::string after;
  if (!good.empty()) add_pairs(good, "B", before);
  if (!bad.empty()) add_pairs(bad, "B", after);
  Result<Differences> items = differences_of_items(before, items_of_head(before), after,
                                                   items_of_head(after), Places::untold);
  VERIFY(items.has_value());
  Differences made = std::move(items).value();
  const auto lines = made.text_with;
  made.text_with = [lines](const std::vector<bool>& applied) {
    std::string text = lines(applied);
    std::string form;
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t end = std::min(text.find('\n', at), text.size());
      if (at > 0) form += '&';
      form += text.substr(at + 2, end - at - 2);
      at = end + 1;
    }
    return form;
  };
  return made;
}

Result<Differences> body_differences(const std::string& good, const std::string& bad) {
  if (good == bad) {
    Differences none;
    none.text_with = [good](const std::vector<bool>&) { return good; };
    return none;
  }
  if (is_json(good) && is_json(bad) && bad.find_first_of("{[") != bad.npos) {
    Result<Differences> json = differences_of(good, bad, DifferenceKind::json);
    if (json) return json;
  }
  if ((good.empty() || is_form(good)) && is_form(bad)) return form_differences(good, bad);
  return differences_of(good, bad, DifferenceKind::lines);
}

}  // namespace

Result<Differences> http_differences(std::string_view good, std::string_view bad) {
  const Length length =
      says_its_length(good) && says_its_length(bad) ? Length::follows : Length::said;
  const Request before = request_of(good, length);
  const Request after = request_of(bad, length);
  Differences made = TRY(differences_of_items(before.head, items_of_head(before.head), after.head,
                                              items_of_head(after.head), Places::untold));
  const Differences body = TRY(body_differences(before.body, after.body));
  const std::size_t heads = made.names.size();
  const std::size_t named = heads + body.names.size();
  for (const std::string& name : body.names) made.names.push_back("body: " + name);
  made.subjects.insert(made.subjects.end(), body.subjects.begin(), body.subjects.end());
  const bool styled = named > 0 && !good.empty() && !before.same_frame(after);
  if (styled) add_style(made);
  const auto head_with = made.text_with;
  made.text_with = [=, good = std::string(good), bad = std::string(bad),
                    body_with = body.text_with](const std::vector<bool>& applied) {
    const auto count = static_cast<std::size_t>(std::count(applied.begin(), applied.end(), true));
    if (count == 0) return good;
    if (count == applied.size()) return bad;
    const auto begin = applied.begin();
    const auto split = begin + static_cast<std::ptrdiff_t>(heads);
    const auto end = begin + static_cast<std::ptrdiff_t>(named);
    const Request& frame = styled && !applied.back() ? before : after;
    return written(head_with({begin, split}), body_with({split, end}), frame, length);
  };
  return made;
}

}  // namespace culprit
