// NDJSON: one object a line, read in one pass, nested names joined with dots.
//
// Strictly JSON with four liberties that real logs take: control bytes inside strings, bytes that
// are not UTF-8, the bare NaN and Infinity of Python, and a comma behind the object. An array gives
// one field of its name for each of its first elements. What is nested deeper than depth_max stays
// text, checked for balance only.
#include <bit>
#include <cstring>
#include <utility>

#include "parse/bytes.h"
#include "parse/field_row.h"
#include "parse/formats.h"
#include "parse/keys.h"
#include "parse/picks.h"
#include "parse/simd.h"
#include "parse/unescape.h"

namespace culprit {
namespace {

constexpr int depth_max = 32;
constexpr std::size_t elements_max = 8;

class JsonLine {
 public:
  JsonLine(const Dialect& dialect, std::string_view line, Scratch& scratch)
      : simd_(dialect.simd),
        scratch_(scratch),
        fields_(scratch.fields),
        at_(line.data()),
        end_(line.data() + line.size()),
        line_size_(line.size()),
        picks_(dialect.zone, scratch.time_cache) {
    scratch_.keys.begin_line();
  }

  bool read() {
    skip_space();
    if (!take('{') || !object(scratch_.keys.root(), 1)) return false;
    skip_space();
    if (take(',')) skip_space();
    return at_ == end_;
  }

  void fill(Event& event) {
    if (picks_.gelf()) finish_gelf();
    if (picks_.journal()) picks_.take_syslog_level();
    picks_.fill(event);
    event.set_fields(fields_.all(), names_);
  }

 private:
  using Key = Keys::Key;

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
  bool object(const Key& parent, int depth) {
    skip_space();
    if (take('}')) return true;
    const Key* previous = nullptr;
    for (;;) {
      previous = usual_members(parent, previous);
      if (std::exchange(closed_, false)) return true;
      skip_space();
      const Key* const key = take_key(parent, previous);
      if (key == nullptr) return false;
      skip_space();
      if (!value(*key, depth)) return false;
      skip_space();
      if (!take(',')) return take('}');
      previous = key;
    }
  }

  const Key* usual_members(const Key& parent, const Key* previous) {
    switch (simd_) {
#ifdef __SSE2__
      case Simd::avx2: return usual_members_by_32(parent, previous);
      case Simd::sse2: return usual_members_by_16(parent, previous);
#endif
      default: return usual_members_by_one(parent, previous);
    }
  }
  [[gnu::noinline]] const Key* usual_members_by_one(const Key& parent, const Key* previous) {
    return usual_members_by<ScalarBytes>(parent, previous);
  }
#ifdef __SSE2__
  [[gnu::noinline]] const Key* usual_members_by_16(const Key& parent, const Key* previous) {
    return usual_members_by<Sse2Bytes>(parent, previous);
  }
  [[gnu::noinline, gnu::target("avx2")]] const Key* usual_members_by_32(const Key& parent,
                                                                        const Key* previous) {
    return usual_members_by<Avx2Bytes>(parent, previous);
  }
#endif

  // Members as nearly all are: a key that was guessed, a plain value, a comma or the object's end.
  // Leaves at_ before the first other one, or behind the object, which is `closed_` then; yields
  // the last key read, or `previous`. All that it needs is in registers.
  template <typename Bytes>
  [[gnu::always_inline]] inline const Key* usual_members_by(const Key& parent,
                                                            const Key* previous) {
    const char* at = at_;
    const char* const line_end = end_;
    const char* const last = last_step(line_end);
    Field* out = fields_.end();
    std::uint64_t names = names_;
    while (at <= last) {
      const Key* const key = Keys::guess_head<Bytes>(parent, previous, at);
      if (key == nullptr) break;
      const char* begin = at + key->written.size();
      if (begin >= line_end) break;
      Kind kind = Kind::text;
      const char* end = nullptr;
      const char* behind = nullptr;
      if (*begin == '"') {
        end = find_stepping<Bytes>(++begin, last, line_end, '"', '\\');
        behind = end + 1;
        if (end >= line_end || *end == '\\') break;
      } else {
        if (begin > last) break;
        behind = end = plain_end<typename Bytes::Short>(begin, last, kind);
        if (end == begin) break;
      }
      if (behind >= line_end || out == fields_.room()) break;
      const bool goes_on = *behind == ',';
      if (!goes_on && *behind != '}') break;
      FieldRow::put(out, key->name, {begin, static_cast<std::size_t>(end - begin)}, kind);
      names = Keys::joined(names, key->hash);
      if (key->promise.use != Keys::Use::plain) picks_.note(key->promise, out[-1].value, kind);
      previous = key;
      at_ = at = behind + 1;
      if (!goes_on) {
        closed_ = true;
        break;
      }
    }
    fields_.set_end(out);
    names_ = names;
    return previous;
  }

  // Behind a number without sign and exponent, true, false or null that stands at `begin`, which is
  // not behind `last`; else `begin`. It may lie behind the line's end.
  template <typename Bytes>
  [[gnu::always_inline]] static inline const char* plain_end(const char* begin, const char* last,
                                                             Kind& kind) {
    const std::uint32_t others = Bytes::other_than_digits(begin);
    if (others == 0) return begin;
    const int digits = std::countr_zero(others);
    if (digits > 0) {
      kind = Kind::number;
      if (*begin == '0' && digits > 1) return begin;
      const char* const stop = begin + digits;
      if (*stop != '.') return stop;
      const std::uint32_t behind = stop < last ? Bytes::other_than_digits(stop + 1) : 0;
      return behind == 0 || (behind & 1) != 0 ? begin : stop + 1 + std::countr_zero(behind);
    }
    kind = Kind::boolean;
    if (std::memcmp(begin, "true", 4) == 0) return begin + 4;
    if (std::memcmp(begin, "false", 5) == 0) return begin + 5;
    kind = Kind::null;
    return std::memcmp(begin, "null", 4) == 0 ? begin + 4 : begin;
  }

  const Key* take_key(const Key& parent, const Key* previous) {
    const Key* const guessed = Keys::guess(parent, previous, at_, end_);
    if (guessed == nullptr) return unknown_key(parent, previous);
    at_ += guessed->written.size();
    return guessed;
  }

  const Key* unknown_key(const Key& parent, const Key* previous) {
    const char* begin = at_;
    std::string_view plain;
    if (!take('"') || !string(plain)) return nullptr;
    const std::string_view quoted(begin, static_cast<std::size_t>(at_ - begin));
    skip_space();
    if (!take(':')) return nullptr;
    return &scratch_.keys.learn(parent, previous, {quoted, ':', plain});
  }

  bool value(const Key& key, int depth) {
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

  bool array(const Key& key, int depth) {
    skip_space();
    if (take(']')) return true;
    for (std::size_t count = 1;; ++count) {
      const std::size_t before = fields_.size();
      const std::uint64_t names_before = names_;
      if (!value(key, depth)) return false;
      if (count > elements_max) {
        fields_.cut(before);
        names_ = names_before;
      }
      skip_space();
      if (!take(',')) return take(']');
      skip_space();
    }
  }

  bool word(const Key& key, std::string_view spelled, Kind kind) {
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

  bool number(const Key& key) {
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
  bool deep(const Key& key) {
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

  void add(const Key& key, std::string_view text, Kind kind) {
    fields_.add(key.name, text, kind);
    names_ = Keys::joined(names_, key.hash);
    if (key.promise.use != Keys::Use::plain) picks_.note(key.promise, text, kind);
  }

  // GELF: fields of one's own carry an underscore.
  void finish_gelf() {
    picks_.take_syslog_level();
    names_ = 0;
    for (Field& field : fields_.all()) {
      if (field.name.size() > 1 && field.name[0] == '_') field.name.remove_prefix(1);
    }
  }

  Simd simd_;
  Scratch& scratch_;
  FieldRow fields_;
  std::uint64_t names_ = 0;
  const char* at_;
  const char* end_;
  std::size_t line_size_;
  std::size_t text_used_ = 0;
  bool closed_ = false;  // the object in hand, by usual_members()
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
