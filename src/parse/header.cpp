#include "parse/header.h"

#include <algorithm>
#include <array>

#include "parse/bytes.h"

namespace culprit {
namespace {

constexpr int elements_max = 8;
constexpr std::size_t name_bytes_max = 80;

bool is_upper(char byte) { return byte >= 'A' && byte <= 'Z'; }
bool is_lower(char byte) { return byte >= 'a' && byte <= 'z'; }
bool all_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_digit);
}

constexpr std::array<bool, 256> make_name_bytes() {
  std::array<bool, 256> is{};
  for (unsigned char byte = 0; byte < 128; ++byte) {
    const unsigned char lower = byte | 32;
    is[byte] = (lower >= 'a' && lower <= 'z') || (byte >= '0' && byte <= '9');
  }
  for (const unsigned char byte : {'_', '.', '-', '$', '/'}) is[byte] = true;
  return is;
}
constexpr std::array<bool, 256> name_bytes = make_name_bytes();

bool is_name_byte(char byte) { return name_bytes[static_cast<unsigned char>(byte)]; }

std::string_view leading_word(std::string_view text) {
  std::size_t length = 0;
  while (length < text.size() && is_name_byte(text[length])) ++length;
  return text.substr(0, length);
}

// "8f5e1c9a-2b7d-4c3e-9f10-0a1b2c3d4e5f"
bool is_uuid(std::string_view text) {
  if (text.size() != 36) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    const bool hex = is_digit(text[i]) || (text[i] >= 'a' && text[i] <= 'f');
    if (dash ? text[i] != '-' : !hex) return false;
  }
  return true;
}

char at(std::string_view text, std::size_t position) {
  return position < text.size() ? text[position] : '\0';
}

// PostgreSQL's LOG is a level; the lines that explain another have none.
Level level_of(std::string_view word) { return word == "LOG" ? Level::info : level_named(word); }

// Whether a name before a colon is a logger's rather than a sentence's first word or an
// exception's.
bool names_logger(std::string_view name) {
  if (name.ends_with("Exception") || name.ends_with("Error")) return false;
  const bool sentence = is_upper(name[0]) && std::all_of(name.begin() + 1, name.end(), is_lower);
  const bool shouted = std::all_of(name.begin(), name.end(), is_upper);
  return !sentence && !shouted;
}

}  // namespace

bool LineHeader::add(std::string_view name, std::string_view value) {
  const bool known = std::any_of(fields_.begin(), fields_.end(),
                                 [name](const Field& field) { return field.name == name; });
  if (known || value.empty()) return false;
  add_field(fields_, name, value, spelled_kind(value));
  return true;
}

bool LineHeader::take_level(std::string_view word) {
  const Level level = level_of(word);
  if (level == Level::none || level_ != Level::none) return false;
  level_ = level;
  return add("level", word);
}

// Spaces, and the dashes and bars that stand alone between them.
void LineHeader::skip_separators() {
  while (!rest_.empty()) {
    if (is_space(rest_.front()) || rest_.front() == '|' || rest_.front() == ',') {
      rest_.remove_prefix(1);
      continue;
    }
    std::size_t dashes = 0;
    while (at(rest_, dashes) == '-') ++dashes;
    const char behind = at(rest_, dashes);
    if (dashes == 0 || !(is_space(behind) || behind == '\0')) return;
    rest_.remove_prefix(dashes);
  }
}

// "web-1  | ", "INFO ", "[ERROR] ".
void LineHeader::before_time(std::string_view text) {
  text = trimmed(text);
  if (text.ends_with('|')) {
    const std::string_view name = trimmed(text.substr(0, text.size() - 1));
    if (name.find(' ') == std::string_view::npos) add("container", name);
    return;
  }
  while (!text.empty()) {
    const std::string_view word = leading_word(text);
    if (word.size() > 1 || text.size() == word.size()) take_level(word);
    text.remove_prefix(std::max<std::size_t>(word.size(), 1));
  }
}

void LineHeader::behind_time(std::string_view text) {
  rest_ = text;
  if (rest_.starts_with(':') || rest_.starts_with(']')) rest_.remove_prefix(1);
  lambda_request();
  skip_separators();
  for (int count = 0; count < elements_max && element(); ++count) skip_separators();
  rest_ = trimmed(rest_);
  // Go's log package knows no levels.
  if (level_ == Level::none && rest_.starts_with("panic serving ")) level_ = Level::error;
  if (level_ == Level::none && rest_.starts_with("panic: ")) level_ = Level::fatal;
}

// "\t8f5e1c9a-...\tERROR\tmessage", as AWS Lambda writes it for Node, or "\t8f5e1c9a-...\tmessage"
// behind "[ERROR]\t" and the time, as for Python. Outside of requests the id is "undefined".
void LineHeader::lambda_request() {
  const std::size_t tab = rest_.find('\t', 1);
  if (!rest_.starts_with('\t') || tab == std::string_view::npos) return;
  const std::string_view id = rest_.substr(1, tab - 1);
  if (!is_uuid(id) && id != "undefined") return;
  if (id != "undefined") add("request_id", id);
  rest_.remove_prefix(tab);
}

bool LineHeader::element() {
  if (rest_.empty()) return false;
  if (rest_.front() == '[' || rest_.front() == '(' || rest_.front() == '<') return bracketed();
  return level_pair() || level_word() || process() || host_and_process() || logger();
}

bool LineHeader::bracketed() {
  const char closer = rest_.front() == '[' ? ']' : rest_.front() == '(' ? ')' : '>';
  const std::size_t close = rest_.find(closer);
  if (close == std::string_view::npos || close > name_bytes_max) return false;
  const std::string_view content = trimmed(rest_.substr(1, close - 1));
  // Round and angle brackets are a sentence's more often than a thread's.
  if (!(closer == ']' ? inside(content) : take_level(content))) return false;
  rest_.remove_prefix(close + 1);
  if (rest_.starts_with(':')) rest_.remove_prefix(1);
  return true;
}

// "[ERROR]", "[12]", "[main]"; Apache's "[core:error]", "[pid 12:tid 34]", "[client 10.0.0.7:80]".
bool LineHeader::inside(std::string_view content) {
  if (content.empty() || content.find('=') != std::string_view::npos) return false;
  if (take_level(content)) return true;
  if (all_digits(content)) return add("pid", content);
  if (content.starts_with("pid ")) return add("pid", content.substr(4, content.find(':') - 4));
  if (content.starts_with("client ")) return add("client", content.substr(7));
  if (content.find_first_of(" \"'{,") != std::string_view::npos) return false;
  const std::size_t colon = content.rfind(':');
  if (colon != std::string_view::npos && level_ == Level::none &&
      take_level(content.substr(colon + 1))) {
    add("logger", content.substr(0, colon));
    return true;
  }
  return add("thread", content);
}

// "level=error", as some write even before plain words.
bool LineHeader::level_pair() {
  const std::size_t equals = rest_.substr(0, 9).find('=');
  if (equals == std::string_view::npos) return false;
  const std::string_view key = rest_.substr(0, equals);
  if (key != "level" && key != "lvl" && key != "severity") return false;
  const std::string_view word = leading_word(rest_.substr(equals + 1));
  if (!take_level(word)) return false;
  rest_.remove_prefix(equals + 1 + word.size());
  return true;
}

// A bare word is a level if it is shouted or has a colon or bar behind it; a single letter that may
// be a word ("I am") only if no sentence goes on behind it.
bool LineHeader::level_word() {
  const std::string_view word = leading_word(rest_);
  if (word.empty() || level_ != Level::none) return false;
  std::string_view behind = rest_.substr(word.size());
  const bool colon = behind.starts_with(':');
  const bool shouted = std::all_of(word.begin(), word.end(), is_upper);
  const std::string_view next = trimmed(behind);
  const bool bar = next.starts_with('|') || next.starts_with("- ");
  const bool unlikely_word = word == "W" || word == "E" || word == "D" || word == "F";
  if (word.size() == 1 && !unlikely_word && (!shouted || is_lower(at(next, 0)))) return false;
  if (!colon && !shouted && !bar) return false;
  if (!colon && !behind.empty() && !is_space(behind.front()) && !bar && behind[0] != '[') {
    return false;
  }
  if (!take_level(word)) return false;
  if (colon) behind.remove_prefix(1);
  rest_ = behind;
  return true;
}

// Spring's "12345 --- ", nginx's "12#34: ".
bool LineHeader::process() {
  std::size_t digits = 0;
  while (is_digit(at(rest_, digits))) ++digits;
  if (digits == 0) return false;
  const std::string_view behind = rest_.substr(digits);
  if (behind.starts_with(" --- ")) {
    if (!add("pid", rest_.substr(0, digits))) return false;
    rest_ = behind;
    return true;
  }
  std::size_t thread = 1;
  while (is_digit(at(behind, thread))) ++thread;
  if (!behind.starts_with('#') || at(behind, thread) != ':') return false;
  if (!add("pid", rest_.substr(0, digits))) return false;
  rest_ = behind.substr(thread + 1);
  return true;
}

// Syslog's "host app[12]: " and "app[12]: ".
bool LineHeader::host_and_process() {
  const std::string_view first = leading_word(rest_);
  if (first.empty()) return false;
  std::string_view host;
  std::string_view name = first;
  std::string_view behind = rest_.substr(first.size());
  if (behind.starts_with(' ')) {
    host = first;
    name = leading_word(behind.substr(1));
    behind = behind.substr(1 + name.size());
  }
  if (name.empty() || !behind.starts_with('[')) return false;
  const std::size_t close = behind.find("]: ");
  if (close == std::string_view::npos || !all_digits(behind.substr(1, close - 1))) return false;
  if (!add("logger", name)) return false;
  if (!host.empty()) add("host", host);
  add("pid", behind.substr(1, close - 1));
  rest_ = behind.substr(close + 2);
  return true;
}

// "shop.Payments - ", "pool: ", "crate::mod: ", "mod:func:12 - ", env_logger's "mod] ".
bool LineHeader::logger() {
  std::size_t length = 0;
  while (is_name_byte(at(rest_, length)) ||
         (at(rest_, length) == ':' && is_name_byte(at(rest_, length + 1))) ||
         (at(rest_, length) == ':' && at(rest_, length + 1) == ':')) {
    ++length;
  }
  const std::string_view name = rest_.substr(0, length);
  if (name.empty() || name.size() > name_bytes_max || !(is_letter(name[0]) || name[0] == '_')) {
    return false;
  }
  const std::string_view behind = rest_.substr(length);
  const std::string_view next = trimmed(behind);
  const bool dashed = is_space(at(behind, 0)) && (next.starts_with("- ") || next.starts_with(": "));
  const bool closed = behind.starts_with("] ");
  const bool colon = (behind.starts_with(": ") || behind == ":") && names_logger(name);
  if (!dashed && !closed && !colon) return false;
  if (!add("logger", name)) return false;
  rest_ = dashed ? next.substr(1) : behind.substr(1);
  return true;
}

}  // namespace culprit
