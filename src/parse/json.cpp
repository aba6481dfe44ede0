// NDJSON: one object a line, read in one pass, nested names joined with dots.
//
// Strictly JSON with four liberties that real logs take: control bytes inside strings, bytes that
// are not UTF-8, the bare NaN and Infinity of Python, and a comma behind the object. An array gives
// one field of its name for each of its first elements. What is nested deeper than depth_max stays
// text, checked for balance only.
#include <cstring>

#include "parse/bytes.h"
#include "parse/formats.h"
#include "parse/keys.h"
#include "parse/picks.h"
#include "parse/unescape.h"

namespace culprit {
namespace {

constexpr int depth_max = 32;
constexpr std::size_t elements_max = 8;

class JsonLine {
 public:
  JsonLine(const Dialect& dialect, std::string_view line, Scratch& scratch)
      : scratch_(scratch),
        at_(line.data()),
        end_(line.data() + line.size()),
        line_size_(line.size()),
        picks_(dialect.zone, scratch.time_cache) {
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
    if (picks_.gelf()) finish_gelf();
    if (picks_.journal()) picks_.take_syslog_level();
    picks_.fill(event);
    event.fields = fields();
  }

 private:
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
    return scratch_.keys.learn(parent, previous, {quoted, ':', plain});
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
      case 't': return word(key, "true", Kind::boolean);
      case 'f': return word(key, "false", Kind::boolean);
      case 'n': return word(key, "null", Kind::null);
      default: return number(key);
    }
  }

  bool array(Keys::Id key, int depth) {
    skip_space();
    if (take(']')) return true;
    for (std::size_t count = 1;; ++count) {
      const std::size_t before = count_;
      if (!value(key, depth)) return false;
      if (count > elements_max) count_ = before;
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
      out = unescape(at_, end_, out);
      if (out == nullptr) return false;
      begin = at_;
      at_ = find_either(at_, end_, '"', '\\');
    }
    text = {out_begin, static_cast<std::size_t>(out - out_begin)};
    text_used_ += text.size();
    return true;
  }

  void add(Keys::Id id, std::string_view text, Kind kind) {
    const Keys::Key& key = scratch_.keys[id];
    if (count_ == scratch_.fields.size()) scratch_.fields.resize(2 * count_ + 32);
    scratch_.fields[count_++] = {key.name, text, kind};
    if (key.promise.use != Keys::Use::plain) picks_.note(key.promise, text, kind);
  }

  // GELF: fields of one's own carry an underscore.
  void finish_gelf() {
    picks_.take_syslog_level();
    for (Field& field : fields()) {
      if (field.name.size() > 1 && field.name[0] == '_') field.name.remove_prefix(1);
    }
  }

  // The vector only grows: what stands behind the first count_ is from earlier lines.
  std::span<Field> fields() { return std::span<Field>(scratch_.fields).first(count_); }

  Scratch& scratch_;
  std::size_t count_ = 0;
  const char* at_;
  const char* end_;
  std::size_t line_size_;
  std::size_t text_used_ = 0;
  Picks picks_;
};

}  // namespace

double score_ndjson(std::string_view sample, const Zone&) {
  return share_of_events(sample, {}, read_ndjson);
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
