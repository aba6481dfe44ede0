// NDJSON: one object a line, read in one pass, nested names joined with dots.
//
// Strictly JSON with four liberties that real logs take: control bytes inside strings, bytes that
// are not UTF-8, the bare NaN and Infinity of Python, and a comma behind the object. An array gives
// one field of its name for each of its first elements. What is nested deeper than depth_max stays
// text, checked for balance only.
#include <array>
#include <cstring>

#include "parse/bytes.h"
#include "parse/formats.h"
#include "parse/keys.h"

namespace culprit {
namespace {

constexpr int depth_max = 32;
constexpr std::size_t elements_max = 8;

class JsonLine {
 public:
  JsonLine(const Dialect& dialect, std::string_view line, Scratch& scratch)
      : dialect_(dialect),
        scratch_(scratch),
        at_(line.data()),
        end_(line.data() + line.size()),
        line_size_(line.size()) {
    scratch_.fields.clear();
    scratch_.keys.begin_line();
  }

  bool read() {
    skip_space();
    if (!take('{') || !object(Keys::root, 1)) return false;
    skip_space();
    if (take(',')) skip_space();
    return at_ == end_;
  }

  void fill(Event& event) {
    if (gelf_) finish_gelf();
    event.time = time_;
    event.level = level_;
    event.message = message_;
    event.fields = scratch_.fields;
  }

 private:
  using Use = Keys::Use;

  char peek() const { return at_ < end_ ? *at_ : '\0'; }

  bool take(char wanted) {
    if (peek() != wanted) return false;
    ++at_;
    return true;
  }

  void skip_space() {
    while (at_ < end_ && (*at_ == ' ' || *at_ == '\t' || *at_ == '\r' || *at_ == '\n')) ++at_;
  }

  // at_ stands behind the opening brace; every function leaves it behind what it read.
  bool object(Keys::Id parent, int depth) {
    skip_space();
    if (take('}')) return true;
    Keys::Id previous = Keys::none;
    for (;;) {
      const Keys::Id key = take_key(parent, previous);
      if (key == Keys::none) return false;
      skip_space();
      if (!value(key, depth)) return false;
      skip_space();
      if (!take(',')) return take('}');
      skip_space();
      previous = key;
    }
  }

  Keys::Id take_key(Keys::Id parent, Keys::Id previous) {
    const Keys::Id guessed = scratch_.keys.guess(parent, previous, at_, end_);
    if (guessed != Keys::none) {
      at_ += scratch_.keys[guessed].written.size();
      return guessed;
    }
    return unknown_key(parent, previous);
  }

  Keys::Id unknown_key(Keys::Id parent, Keys::Id previous) {
    const char* begin = at_;
    std::string_view plain;
    if (!take('"') || !string(plain)) return Keys::none;
    const std::string_view quoted(begin, static_cast<std::size_t>(at_ - begin));
    skip_space();
    if (!take(':')) return Keys::none;
    return scratch_.keys.learn(parent, previous, quoted, plain);
  }

  bool value(Keys::Id key, int depth) {
    switch (peek()) {
      case '"': {
        ++at_;
        std::string_view text;
        if (!string(text)) return false;
        add(key, text, Kind::text);
        return true;
      }
      case '{':
        if (depth >= depth_max) return deep(key);
        ++at_;
        return object(key, depth + 1);
      case '[':
        if (depth >= depth_max) return deep(key);
        ++at_;
        return array(key, depth + 1);
      case 't':
        return word(key, "true", Kind::boolean);
      case 'f':
        return word(key, "false", Kind::boolean);
      case 'n':
        return word(key, "null", Kind::null);
      default:
        return number(key);
    }
  }

  bool array(Keys::Id key, int depth) {
    skip_space();
    if (take(']')) return true;
    for (std::size_t count = 1;; ++count) {
      const std::size_t before = scratch_.fields.size();
      if (!value(key, depth)) return false;
      if (count > elements_max) scratch_.fields.resize(before);
      skip_space();
      if (!take(',')) return take(']');
      skip_space();
    }
  }

  bool word(Keys::Id key, std::string_view spelled, Kind kind) {
    if (static_cast<std::size_t>(end_ - at_) < spelled.size()) return false;
    if (std::memcmp(at_, spelled.data(), spelled.size()) != 0) return false;
    const std::string_view text(at_, spelled.size());
    at_ += spelled.size();
    add(key, text, kind);
    return true;
  }

  bool digits() {
    const char* begin = at_;
    while (at_ < end_ && is_digit(*at_)) ++at_;
    return at_ != begin;
  }

  bool number(Keys::Id key) {
    const char* begin = at_;
    if (peek() == 'N') return word(key, "NaN", Kind::text);
    if (peek() == 'I') return word(key, "Infinity", Kind::text);
    if (take('-') && peek() == 'I') {
      --at_;
      return word(key, "-Infinity", Kind::text);
    }
    if (!take('0') && !digits()) return false;
    if (take('.') && !digits()) return false;
    if (peek() == 'e' || peek() == 'E') {
      ++at_;
      if (!take('+')) take('-');
      if (!digits()) return false;
    }
    add(key, {begin, static_cast<std::size_t>(at_ - begin)}, Kind::number);
    return true;
  }

  // A container too deep to be flattened: its bytes, up to the bracket that closes it.
  bool deep(Keys::Id key) {
    const char* begin = at_;
    std::size_t open = 0;
    do {
      const char byte = peek();
      if (at_ == end_) return false;
      ++at_;
      std::string_view ignored;
      if (byte == '"' && !string(ignored)) return false;
      if (byte == '{' || byte == '[') ++open;
      if (byte == '}' || byte == ']') --open;
    } while (open > 0);
    add(key, {begin, static_cast<std::size_t>(at_ - begin)}, Kind::text);
    return true;
  }

  // at_ stands behind the opening quote. The text is a view of the line unless it has escapes.
  bool string(std::string_view& text) {
    const char* begin = at_;
    at_ = find_either(at_, end_, '"', '\\');
    if (at_ == end_) return false;
    if (*at_ == '\\') return escaped_string(begin, text);
    text = {begin, static_cast<std::size_t>(at_ - begin)};
    ++at_;
    return true;
  }

  bool escaped_string(const char* begin, std::string_view& text) {
    // Unescaping never makes text longer, so a buffer as long as the line never moves.
    if (scratch_.text.size() < line_size_) scratch_.text.resize(line_size_);
    char* const out_begin = scratch_.text.data() + text_used_;
    char* out = out_begin;
    for (;;) {
      const auto run = static_cast<std::size_t>(at_ - begin);
      std::memcpy(out, begin, run);
      out += run;
      if (at_ == end_) return false;
      if (*at_++ == '"') break;
      out = unescape(out);
      if (out == nullptr) return false;
      begin = at_;
      at_ = find_either(at_, end_, '"', '\\');
    }
    text = {out_begin, static_cast<std::size_t>(out - out_begin)};
    text_used_ += text.size();
    return true;
  }

  // Writes what the escape at at_ (behind its backslash) stands for; nullptr: it is none.
  char* unescape(char* out) {
    const char kind = peek();
    if (at_ < end_) ++at_;
    switch (kind) {
      case '"':
      case '\\':
      case '/':
        *out = kind;
        break;
      case 'n':
        *out = '\n';
        break;
      case 't':
        *out = '\t';
        break;
      case 'r':
        *out = '\r';
        break;
      case 'b':
        *out = '\b';
        break;
      case 'f':
        *out = '\f';
        break;
      case 'u':
        return unescape_unicode(out);
      default:
        return nullptr;
    }
    return out + 1;
  }

  // Four hex digits, or a negative number.
  int hex4() {
    if (end_ - at_ < 4) return -1;
    int value = 0;
    for (int i = 0; i < 4; ++i) {
      const char byte = *at_++;
      const char lower = static_cast<char>(byte | 32);
      if (is_digit(byte))
        value = value * 16 + (byte - '0');
      else if (lower >= 'a' && lower <= 'f')
        value = value * 16 + (lower - 'a' + 10);
      else
        return -1;
    }
    return value;
  }

  char* unescape_unicode(char* out) {
    int code = hex4();
    if (code < 0) return nullptr;
    if (code >= 0xD800 && code < 0xDC00 && end_ - at_ >= 6 && at_[0] == '\\' && at_[1] == 'u') {
      const char* before = at_;
      at_ += 2;
      const int low = hex4();
      if (low >= 0xDC00 && low < 0xE000)
        return utf8(out, 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00));
      at_ = before;
    }
    if (code >= 0xD800 && code < 0xE000) code = 0xFFFD;  // half of a pair stands for nothing
    return utf8(out, code);
  }

  static char* utf8(char* out, int code) {
    const auto tail = [code](int shift) {
      return static_cast<char>(0x80 | ((code >> shift) & 0x3F));
    };
    if (code < 0x80) {
      *out++ = static_cast<char>(code);
    } else if (code < 0x800) {
      *out++ = static_cast<char>(0xC0 | (code >> 6));
      *out++ = tail(0);
    } else if (code < 0x10000) {
      *out++ = static_cast<char>(0xE0 | (code >> 12));
      *out++ = tail(6);
      *out++ = tail(0);
    } else {
      *out++ = static_cast<char>(0xF0 | (code >> 18));
      *out++ = tail(12);
      *out++ = tail(6);
      *out++ = tail(0);
    }
    return out;
  }

  void add(Keys::Id id, std::string_view text, Kind kind) {
    const Keys::Key& key = scratch_.keys[id];
    scratch_.fields.push_back({key.name, text, kind});
    if (key.use != Use::plain) note(key, text, kind);
  }

  // The best name that has a fitting value gives the event's time, level and message.
  void note(const Keys::Key& key, std::string_view text, Kind kind) {
    if (key.use == Use::time && key.rank < time_rank_) {
      const Time time = time_in(text, dialect_.zone, scratch_.time_cache);
      if (time == no_time) return;
      time_ = time;
      time_rank_ = key.rank;
    } else if (key.use == Use::level && key.rank < level_rank_) {
      const Level level = level_named(text);
      const bool syslog = kind == Kind::number && text.size() == 1 && text[0] < '8';
      if (syslog) syslog_ = text[0];
      if (level == Level::none) return;
      level_ = level;
      level_rank_ = key.rank;
    } else if (key.use == Use::message || key.use == Use::short_message) {
      if (kind != Kind::text) return;
      gelf_ = gelf_ || key.use == Use::short_message;
      if (key.rank >= message_rank_) return;
      message_ = text;
      message_rank_ = key.rank;
    } else if (key.use == Use::version && text == "1.1") {
      gelf_ = true;
    }
  }

  // GELF: levels are syslog's, and fields of one's own carry an underscore.
  void finish_gelf() {
    constexpr std::array<Level, 8> levels{Level::fatal, Level::fatal, Level::fatal, Level::error,
                                          Level::warn,  Level::info,  Level::info,  Level::debug};
    if (level_ == Level::none && syslog_ != '\0') {
      level_ = levels[static_cast<std::size_t>(syslog_ - '0')];
    }
    for (Field& field : scratch_.fields) {
      if (field.name.size() > 1 && field.name[0] == '_') field.name.remove_prefix(1);
    }
  }

  static constexpr int rank_worst = 1'000'000;

  const Dialect& dialect_;
  Scratch& scratch_;
  const char* at_;
  const char* end_;
  std::size_t line_size_;
  std::size_t text_used_ = 0;
  Time time_ = no_time;
  int time_rank_ = rank_worst;
  Level level_ = Level::none;
  int level_rank_ = rank_worst;
  char syslog_ = '\0';
  bool gelf_ = false;
  std::string_view message_;
  int message_rank_ = rank_worst;
};

}  // namespace

double score_ndjson(std::string_view sample) {
  Scratch scratch;
  Dialect dialect;
  std::size_t lines = 0;
  std::size_t objects = 0;
  each_line(sample, 100, [&](std::string_view line) {
    Event event;
    const Reading reading = read_ndjson(dialect, line, scratch, event);
    lines += reading != Reading::blank ? 1 : 0;
    objects += reading == Reading::event ? 1 : 0;
  });
  return lines == 0 ? 0 : static_cast<double>(objects) / static_cast<double>(lines);
}

Reading read_ndjson(const Dialect& dialect, std::string_view line, Scratch& scratch, Event& event) {
  const std::string_view content = trimmed(line);
  // An export of one object a line inside one array.
  if (content.empty() || content == "[" || content == "]") return Reading::blank;
  JsonLine json(dialect, content, scratch);
  if (!json.read()) return Reading::unreadable;
  json.fill(event);
  return Reading::event;
}

}  // namespace culprit
