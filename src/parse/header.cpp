#include "parse/header.h"

#include <algorithm>

#include "parse/bytes.h"
#include "parse/keys.h"

namespace culprit {
namespace {

constexpr int elements_max = 8;
constexpr std::size_t name_bytes_max = 80;
constexpr std::size_t thread_bytes_max = 200;
constexpr std::size_t id_bytes_min = 8;
constexpr std::size_t process_bytes_max = 40;  // two numbers of up to eighteen digits, in brackets

// By Part.
constexpr Keys::FixedName part_names[] = {Keys::FixedName("level"),  Keys::FixedName("thread"),
                                          Keys::FixedName("logger"), Keys::FixedName("pid"),
                                          Keys::FixedName("host"),   Keys::FixedName("container"),
                                          Keys::FixedName("client"), Keys::FixedName("request_id")};

bool is_upper(char byte) { return byte >= 'A' && byte <= 'Z'; }
bool is_lower(char byte) { return byte >= 'a' && byte <= 'z'; }
bool all_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_digit);
}

// "12", "12:0" (process and thread)
bool is_process(std::string_view text) {
  const std::size_t colon = text.find(':');
  return all_digits(text.substr(0, colon)) &&
         (colon == text.npos || all_digits(text.substr(colon + 1)));
}

std::string_view leading_word(std::string_view text) {
  const char* const end = name_end(text.data(), text.data() + text.size());
  return text.substr(0, static_cast<std::size_t>(end - text.data()));
}

// "crond(pam_unix)": a program may name a part of it.
std::string_view leading_program(std::string_view text) {
  const std::string_view name = leading_word(text);
  if (name.empty() || name.size() == text.size() || text[name.size()] != '(') return name;
  const std::string_view part = leading_word(text.substr(name.size() + 1));
  const std::size_t end = name.size() + 1 + part.size();
  return !part.empty() && end < text.size() && text[end] == ')' ? text.substr(0, end + 1) : name;
}

// "shop.orders (Data): ", "Connection (10.0.0.1:9000): ", "etcdmain: ": up to the colon; 0: none.
// A message's code ("AH00128: ") is no name.
std::size_t logger_column_bytes(std::string_view text) {
  const std::size_t colon = text.find(": ");
  if (colon == text.npos || colon == 0 || colon > name_bytes_max) return 0;
  const std::string_view name = text.substr(0, colon);
  const std::string_view word = leading_word(name);
  const bool letters = std::any_of(word.begin(), word.end(), is_lower);
  if (word.empty() || !letters || is_digit(word.front())) return 0;
  const std::string_view behind = name.substr(word.size());
  const bool placed =
      behind.starts_with(" (") && behind.ends_with(')') && behind.find('(', 2) == behind.npos;
  const bool scoped = behind.starts_with("::") && behind.find(' ') == behind.npos;
  return behind.empty() || placed || scoped ? colon : 0;
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

bool is_blank(char byte) { return is_space(byte) || byte == '\r' || byte == '\0'; }

char at(std::string_view text, std::size_t position) {
  return position < text.size() ? text[position] : '\0';
}

// PostgreSQL's LOG is a level; the lines that explain another have none.
Level level_of(std::string_view word) { return word == "LOG" ? Level::info : level_named(word); }

// "info: words"
bool begins_with_level(std::string_view text) {
  const std::size_t colon = text.find(": ");
  return colon != text.npos && level_of(text.substr(0, colon)) != Level::none;
}

// "executeQuery", "WindowServer": no word of a sentence.
bool is_camel_case(std::string_view name) {
  return std::any_of(name.begin(), name.end(), is_lower) &&
         std::any_of(name.begin() + 1, name.end(), is_upper);
}

// "0.223.0"
bool is_erlang_process(std::string_view text) {
  return std::count(text.begin(), text.end(), '.') == 2 &&
         std::all_of(text.begin(), text.end(), [](char c) { return is_digit(c) || c == '.'; });
}

// "req-38101a0b-2096-447d-96ea-a692162415ae 113d3a99c3da401f - - -": what belongs to a request.
bool are_ids(std::string_view text) {
  std::size_t words = 0;
  std::size_t ids = 0;
  for (std::size_t begin = 0; begin < text.size(); ++words) {
    const std::size_t end = std::min(text.find(' ', begin), text.size());
    const std::string_view word = text.substr(begin, end - begin);
    const bool id = word.size() >= id_bytes_min &&
                    std::any_of(word.begin(), word.end(), is_digit) &&
                    leading_word(word).size() == word.size();
    if (!id && word != "-") return false;
    ids += id ? 1 : 0;
    begin = end + 1;
  }
  return words > 1 && ids > 0;
}

// Whether a name before a colon is a logger's rather than a sentence's first word or an
// exception's.
bool names_logger(std::string_view name) {
  if (name.ends_with("Exception") || name.ends_with("Error")) return false;
  const bool sentence = is_upper(name[0]) && std::all_of(name.begin() + 1, name.end(), is_lower);
  const bool shouted = std::all_of(name.begin(), name.end(), is_upper);
  return !sentence && !shouted;
}

}  // namespace

LineHeader::LineHeader(std::vector<Field>& fields, LoggerNames loggers)
    : fields_(fields), loggers_(loggers), alone_(fields.empty()) {
  for (const Field& field : fields) {
    for (std::size_t part = 0; part < parts; ++part) {
      if (field.name == part_names[part].text) told_ |= 1U << part;
    }
  }
}

bool LineHeader::add(Part part, std::string_view value) {
  if (has(part) || value.empty()) return false;
  const Keys::FixedName& name = part_names[static_cast<std::size_t>(part)];
  add_field(fields_, name.text, value, spelled_kind(value));
  told_ |= 1U << static_cast<unsigned>(part);
  if (alone_) names_ = Keys::joined(names_, name.mark);
  return true;
}

bool LineHeader::take_level(std::string_view word) {
  const Level level = level_of(word);
  if (level == Level::none || level_ != Level::none) return false;
  level_ = level;
  return add(Part::level, word);
}

// Spaces, and the dashes and bars that stand alone between them; a colon behind a level ("-- : ").
void LineHeader::skip_separators() {
  while (!rest_.empty()) {
    if (is_space(rest_.front()) || rest_.front() == '|' || rest_.front() == ',') {
      rest_.remove_prefix(1);
      continue;
    }
    std::size_t dashes = 0;
    while (at(rest_, dashes) == '-') ++dashes;
    if (dashes == 0 && level_ != Level::none && rest_.starts_with(": ")) dashes = 1;
    if (dashes == 0 || !is_space(at(rest_, dashes))) return;
    rest_.remove_prefix(dashes);
  }
}

// "web-1  | ", "INFO ", "[ERROR] ".
void LineHeader::before_time(std::string_view text) {
  text = trimmed(text);
  if (text.ends_with('|')) {
    const std::string_view name = trimmed(text.substr(0, text.size() - 1));
    if (name.find(' ') == std::string_view::npos) add(Part::container, name);
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
  if (loggers_ == LoggerNames::in_all_lines) named_logger();
  // Go's log package knows no levels.
  const bool serving = rest_.starts_with("panic serving ") || rest_.starts_with("http: panic ");
  if (level_ == Level::none && serving) level_ = Level::error;
  if (level_ == Level::none && rest_.starts_with("panic: ")) level_ = Level::fatal;
}

// "\t8f5e1c9a-...\tERROR\tmessage", as AWS Lambda writes it for Node, or "\t8f5e1c9a-...\tmessage"
// behind "[ERROR]\t" and the time, as for Python. Outside of requests the id is "undefined".
void LineHeader::lambda_request() {
  if (!rest_.starts_with('\t')) return;
  const std::size_t tab = rest_.find('\t', 1);
  if (tab == std::string_view::npos) return;
  const std::string_view id = rest_.substr(1, tab - 1);
  if (!is_uuid(id) && id != "undefined") return;
  if (id != "undefined") add(Part::request_id, id);
  rest_.remove_prefix(tab);
}

// "[event handler] org.shop.Cart: ": a thread's name may have spaces if a logger follows.
bool LineHeader::names_thread_before_logger(std::string_view content) const {
  if (level_ == Level::none || content.find(' ') == std::string_view::npos) return false;
  const bool words = std::all_of(content.begin(), content.end(),
                                 [](char c) { return is_name_byte(c) || c == ' ' || c == '#'; });
  const std::string_view next = trimmed(rest_.substr(rest_.find(']') + 1));
  const std::string_view name = leading_word(next);
  return words && name.find('.') != std::string_view::npos &&
         next.substr(name.size()).starts_with(": ");
}

// A name up to a colon, where each line of the source has one.
void LineHeader::named_logger() {
  const std::size_t colon = logger_column_bytes(rest_);
  const bool known = has(Part::logger);
  if (colon == 0) return;
  if (!known) add(Part::logger, rest_.substr(0, colon));
  // One that was left in the message before is dropped from it.
  if (!known || fields_.back().value.data() == rest_.data())
    rest_ = trimmed(rest_.substr(colon + 1));
}

bool LineHeader::begins_with_logger() const {
  return has(Part::logger) || logger_column_bytes(rest_) > 0;
}

bool LineHeader::element() {
  if (rest_.empty() || only_message_left()) return false;
  if (rest_.front() == '[' || rest_.front() == '(' || rest_.front() == '<') return bracketed();
  if (rest_.front() == '{') return braced();
  word_ = leading_word(rest_);
  if (is_digit(rest_.front()) || rest_.front() == '#') {
    if (process() || numbers_and_level()) return true;
  }
  if (level_pair() || level_word()) return true;
  if (dashed_logger()) return true;
  return !word_.empty() && (host_and_process() || worker() || logger());
}

// What begins with a letter could only tell a level, a thread or a logger. Most lines' messages do,
// behind all three.
bool LineHeader::only_message_left() const {
  return is_letter(rest_.front()) && level_ != Level::none && has(Part::thread) &&
         has(Part::logger);
}

// "shop.Payments - words", behind a level: the usual case of logger().
bool LineHeader::dashed_logger() {
  const std::string_view name = word_;
  const std::string_view behind = rest_.substr(name.size());
  const bool named = !name.empty() && name.size() <= name_bytes_max && is_letter(name[0]);
  if (!named || level_ == Level::none || !behind.starts_with(" - ")) return false;
  if (is_blank(at(behind, 3)) || !add(Part::logger, name)) return false;
  rest_ = behind.substr(2);
  return true;
}

// "[exec-1]", behind a level: the usual case of bracketed().
bool LineHeader::plain_thread() {
  const std::string_view name = leading_word(rest_.substr(1));
  const bool named = !name.empty() && name.size() <= name_bytes_max && !all_digits(name);
  if (!named || level_ == Level::none || at(rest_, name.size() + 1) != ']') return false;
  if (!add(Part::thread, name)) return false;
  rest_.remove_prefix(name.size() + 2);
  if (rest_.starts_with(':')) rest_.remove_prefix(1);
  return true;
}

// "{}" and "{f4de-9}": the id of what a line belongs to, if any.
bool LineHeader::braced() {
  const std::size_t close = rest_.find('}');
  if (close == std::string_view::npos || at(rest_, close + 1) != ' ') return false;
  const char behind = at(rest_, close + 2);
  if (behind != '<' && behind != '[') return false;  // the header does not go on
  const std::string_view id = rest_.substr(1, close - 1);
  if (leading_word(id).size() != id.size()) return false;
  if (!id.empty() && !add(Part::request_id, id)) return false;
  rest_.remove_prefix(close + 1);
  return true;
}

// "25746 INFO ", "1702  2395 D ": process and thread before a level.
bool LineHeader::numbers_and_level() {
  std::string_view behind = rest_;
  std::string_view numbers[2];
  for (std::string_view& number : numbers) {
    std::size_t digits = 0;
    while (is_digit(at(behind, digits))) ++digits;
    if (digits == 0 || !is_space(at(behind, digits))) break;
    number = behind.substr(0, digits);
    behind = trimmed(behind.substr(digits));
  }
  const std::string_view word = leading_word(behind);
  const bool shouted = !word.empty() && std::all_of(word.begin(), word.end(), is_upper);
  if (numbers[0].empty() || !shouted || !is_space(at(behind, word.size()))) return false;
  if (!take_level(word)) return false;
  add(Part::pid, numbers[0]);
  if (!numbers[1].empty()) add(Part::thread, numbers[1]);
  rest_ = behind.substr(word.size());
  return true;
}

// "kid1| ", "Step_LSC|30002312|", "NETWORK  [listener] ".
bool LineHeader::worker() {
  const std::string_view name = word_;
  std::string_view behind = rest_.substr(name.size());
  if (behind.starts_with('|')) {
    std::size_t digits = 0;
    while (is_digit(at(behind, digits + 1))) ++digits;
    const bool piped = digits > 0 && at(behind, digits + 1) == '|';
    if (!piped && at(behind, 1) != ' ') return false;
    if (!add(piped ? Part::logger : Part::thread, name)) return false;
    if (piped) add(Part::pid, behind.substr(1, digits));
    rest_ = behind.substr(piped ? digits + 2 : 1);
    return true;
  }
  const bool component = name.size() > 1 && std::all_of(name.begin(), name.end(), is_upper);
  behind = trimmed(behind);
  const std::string_view thread = behind.starts_with('[') ? leading_word(behind.substr(1)) : "";
  if (!component || level_ == Level::none || thread.empty()) return false;
  if (at(behind, thread.size() + 1) != ']' || !add(Part::logger, name)) return false;
  rest_ = behind;
  return true;
}

bool LineHeader::bracketed() {
  const char closer = rest_.front() == '[' ? ']' : rest_.front() == '(' ? ')' : '>';
  if (closer == ']' && (plain_thread() || thread_and_dash())) return true;
  const std::size_t longest = closer == ']' ? thread_bytes_max : name_bytes_max;
  const std::size_t close = rest_.substr(0, longest + 1).find(closer);
  if (close == std::string_view::npos) return false;
  const std::string_view content = trimmed(rest_.substr(1, close - 1));
  // Round and angle brackets are a sentence's more often than a thread's.
  const bool process = closer == '>' && level_ != Level::none && is_erlang_process(content);
  if (!(closer == ']' ? inside(content)
        : process     ? add(Part::thread, content)
                      : take_level(content))) {
    return false;
  }
  rest_.remove_prefix(close + 1);
  if (rest_.starts_with(':')) rest_.remove_prefix(1);
  return true;
}

// "[QuorumPeer[myid=1](plain=10.0.0.1:2181):Peer@774] - ": a dash behind brackets, which may hold
// others, says that they belong to the header.
bool LineHeader::thread_and_dash() {
  if (level_ == Level::none) return false;
  std::size_t depth = 0;
  std::size_t close = 0;
  for (; close < rest_.size() && close <= thread_bytes_max; ++close) {
    if (rest_[close] == '[') ++depth;
    if (rest_[close] == ']' && --depth == 0) break;
  }
  if (!rest_.substr(std::min(close, rest_.size())).starts_with("] - ")) return false;
  const std::string_view content = rest_.substr(1, close - 1);
  if (content.find(' ') != std::string_view::npos) return false;
  if (!add(Part::thread, content) && !add(Part::logger, content)) return false;
  rest_.remove_prefix(close + 1);
  return true;
}

// "[ERROR]", "[12]", "[main]"; Apache's "[core:error]", "[pid 12:tid 34]", "[client 10.0.0.7:80]".
bool LineHeader::inside(std::string_view content) {
  if (content.empty() || content.find('=') != std::string_view::npos) return false;
  if (all_digits(content)) return add(Part::pid, content);
  if (take_level(content)) return true;
  if (content.starts_with("pid ")) return add(Part::pid, content.substr(4, content.find(':') - 4));
  if (content.starts_with("client ")) return add(Part::client, content.substr(7));
  if (are_ids(content)) return add(Part::request_id, content.substr(0, content.find(' ')));
  if (names_thread_before_logger(content)) return add(Part::thread, content);
  if (content.find_first_of(" \"'{,") != std::string_view::npos) return false;
  const std::size_t slash = content.find('/');
  if (slash != std::string_view::npos && take_level(content.substr(0, slash))) {
    return add(Part::thread, content.substr(slash + 1));
  }
  const std::size_t colon = content.rfind(':');
  if (colon != std::string_view::npos && level_ == Level::none &&
      take_level(content.substr(colon + 1))) {
    add(Part::logger, content.substr(0, colon));
    return true;
  }
  return content.size() <= name_bytes_max && add(Part::thread, content);
}

// "level=error", as some write even before plain words.
bool LineHeader::level_pair() {
  if (rest_.front() != 'l' && rest_.front() != 's') return false;
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
  const std::string_view word = word_;
  if (word.empty() || level_ != Level::none) return false;
  std::string_view behind = rest_.substr(word.size());
  const bool colon = behind.starts_with(':');
  const bool shouted = std::all_of(word.begin(), word.end(), is_upper);
  const std::string_view next = trimmed(behind);
  const bool bar = next.starts_with('|') || next.starts_with("- ");
  const bool unlikely_word = word == "W" || word == "E" || word == "D" || word == "F";
  if (word.size() == 1 && !unlikely_word && (!shouted || is_lower(at(next, 0)))) return false;
  const bool column = behind.starts_with("    ");  // "Info                  CBS  "
  if (!colon && !shouted && !bar && !column) return false;
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
  if (rest_.starts_with('#')) {  // Ruby's "#12] "
    while (is_digit(at(rest_, digits + 1))) ++digits;
    if (digits == 0 || at(rest_, digits + 1) != ']') return false;
    if (!add(Part::pid, rest_.substr(1, digits))) return false;
    rest_.remove_prefix(digits + 2);
    return true;
  }
  while (is_digit(at(rest_, digits))) ++digits;
  if (digits == 0) return false;
  const std::string_view behind = rest_.substr(digits);
  if (behind.starts_with(" --- ")) {
    if (!add(Part::pid, rest_.substr(0, digits))) return false;
    rest_ = behind;
    return true;
  }
  std::size_t thread = 1;
  while (is_digit(at(behind, thread))) ++thread;
  if (!behind.starts_with('#') || at(behind, thread) != ':') return false;
  if (!add(Part::pid, rest_.substr(0, digits))) return false;
  rest_ = behind.substr(thread + 1);
  return true;
}

// Syslog's "host app[12]: " and "app[12]: "; "app[12:0] " where only a level follows.
bool LineHeader::host_and_process() {
  const std::string_view first = word_;
  std::string_view host;
  std::string_view name = first;
  std::string_view behind = rest_.substr(first.size());
  const std::size_t spaces = std::min(behind.find_first_not_of(' '), behind.size());
  if (at(behind, spaces) == '[' && spaces > 0) {
    behind.remove_prefix(spaces);  // a logger in a column of its own
  } else if (behind.starts_with(' ')) {
    host = first;
    name = leading_program(behind.substr(1));
    behind = behind.substr(1 + name.size());
  }
  if (name.empty() || !behind.starts_with('[')) return false;
  const std::string_view bracket = behind.substr(0, process_bytes_max);
  const std::size_t close = bracket.find("] ");
  const std::size_t closed = std::min(close, bracket.find("]: "));
  if (closed == std::string_view::npos || !is_process(behind.substr(1, closed - 1))) return false;
  if (closed == close && !begins_with_level(behind.substr(closed + 2))) return false;
  if (!add(Part::logger, name)) return false;
  if (!host.empty()) add(Part::host, host);
  const std::string_view process = behind.substr(1, closed - 1);
  add(Part::pid, process.substr(0, process.find(':')));
  rest_ = behind.substr(closed + (closed == close ? 1 : 2));
  return true;
}

// "shop.api [req-1] ", and behind a level and a thread "org.shop.Cart.log words": names with many
// points are classes' and methods'.
bool LineHeader::method(std::string_view name, std::string_view behind) {
  const auto points = std::count(name.begin(), name.end(), '.');
  const bool requested = points >= 1 && behind.starts_with(" [");
  const bool threaded = points >= 3 && has(Part::thread);
  if (!(requested || threaded) || !add(Part::logger, name)) return false;
  rest_ = behind;
  return true;
}

// "shop.Payments - ", "pool: ", "crate::mod: ", "mod:func:12 - ", env_logger's "mod] ".
bool LineHeader::logger() {
  std::size_t length = word_.size();
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
  if (behind.starts_with(' ') && level_ != Level::none && method(name, behind)) return true;
  const std::string_view next = trimmed(behind.substr(0, name_bytes_max));
  const bool dashed = is_space(at(behind, 0)) && (next.starts_with("- ") || next.starts_with(": "));
  const bool closed = behind.starts_with("] ");
  const bool colon = (behind.starts_with(": ") || behind == ":") && names_logger(name);
  if (!dashed && !closed && !colon) return false;
  const std::size_t slash = name.find('/');
  if (closed && slash != name.npos &&
      take_level(name.substr(0, slash))) {  // Celery's "INFO/Main] "
    add(Part::thread, name.substr(slash + 1));
    rest_ = behind.substr(1);
    return true;
  }
  if (!add(Part::logger, name)) return false;
  // "exited: shop (exit status 3)": a plain word may be the message's own, and is left in it unless
  // a level follows.
  const bool plain = std::all_of(name.begin(), name.end(), is_letter) && !is_camel_case(name);
  if (colon && plain && !begins_with_level(trimmed(behind.substr(1)))) return false;
  rest_ = dashed ? behind.substr(behind.find(next[0]) + 1) : behind.substr(1);
  return true;
}

}  // namespace culprit
