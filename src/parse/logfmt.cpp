// logfmt: `level=info msg="it is \"up\"" took=3ms ready`, the Go world's key=value lines.
//
// A bare word is a key whose value is true. A value ends at white space unless it is quoted; a
// quote that is never closed ends with the line.
#include <cstring>

#include "parse/bytes.h"
#include "parse/formats.h"
#include "parse/picks.h"
#include "parse/unescape.h"

namespace culprit {
namespace {

bool is_key_byte(char byte) {
  return is_letter(byte) || is_digit(byte) || byte == '_' || byte == '.' || byte == '-' ||
         byte == '@' || byte == '/' || static_cast<unsigned char>(byte) >= 128;
}

class LogfmtLine {
 public:
  LogfmtLine(const Dialect& dialect, std::string_view line, Scratch& scratch)
      : scratch_(scratch),
        at_(line.data()),
        end_(line.data() + line.size()),
        line_size_(line.size()),
        picks_(dialect.zone, scratch.time_cache) {
    scratch_.fields.clear();
    scratch_.keys.begin_line();
  }

  void read() {
    for (;;) {
      while (at_ < end_ && is_space(*at_)) ++at_;
      if (at_ == end_) return;
      const char* begin = at_;
      if (take_key()) {
        value(*previous_);
        ++pairs_;
        pair_bytes_ += static_cast<std::size_t>(at_ - begin);
      }
    }
  }

  void fill(Event& event) const {
    picks_.fill(event);
    event.set_fields(scratch_.fields, names_);
  }

  std::size_t pairs() const { return pairs_; }
  std::size_t pair_bytes() const { return pair_bytes_; }

 private:
  // The key up to its '=', which is `previous_` then. A word without one becomes a field at once:
  // false.
  bool take_key() {
    Keys& keys = scratch_.keys;
    if (const Keys::Key* const key = Keys::guess(keys.root(), previous_, at_, end_)) {
      at_ += key->written.size();
      previous_ = key;
      return true;
    }
    const char* begin = at_;
    while (at_ < end_ && is_key_byte(*at_)) ++at_;
    const std::string_view name(begin, static_cast<std::size_t>(at_ - begin));
    if (!name.empty() && at_ < end_ && *at_ == '=') {
      ++at_;
      previous_ = &keys.learn(keys.root(), previous_, {name, '=', name});
      return true;
    }
    while (at_ < end_ && !is_space(*at_)) ++at_;
    const std::string_view word(begin, static_cast<std::size_t>(at_ - begin));
    add_field(scratch_.fields, word, "true", Kind::boolean);
    names_ = Keys::joined(names_, Keys::hash_of(word));
    return false;
  }

  void value(const Keys::Key& key) {
    std::string_view text;
    Kind kind = Kind::text;
    if (at_ < end_ && *at_ == '"') {
      ++at_;
      text = quoted();
    } else {
      text = bare();
      if (key.promise.use == Keys::Use::message) text = with_words_behind(text);
      kind = spelled_kind(text);
    }
    add_field(scratch_.fields, key.name, text, kind);
    names_ = Keys::joined(names_, key.hash);
    if (key.promise.use == Keys::Use::plain) return;
    // Whoever writes `msg=5` means words; only quotes would say so, and nobody quotes numbers.
    picks_.note(key.promise, text, key.promise.use == Keys::Use::level ? kind : Kind::text);
  }

  std::string_view bare() {
    const char* begin = at_;
    at_ = find_either(at_, end_, ' ', '\t');
    return {begin, static_cast<std::size_t>(at_ - begin)};
  }

  // Some forget the quotes: `msg=out of memory took=3ms` is a message of three words.
  std::string_view with_words_behind(std::string_view text) {
    while (at_ < end_) {
      const char* next = at_;
      while (next < end_ && is_space(*next)) ++next;
      const char* stop = next;
      while (stop < end_ && is_key_byte(*stop)) ++stop;
      if (next == end_ || (stop < end_ && stop != next && *stop == '=')) break;
      at_ = find_either(next, end_, ' ', '\t');
      text = {text.data(), static_cast<std::size_t>(at_ - text.data())};
    }
    return text;
  }

  std::string_view quoted() {
    const char* begin = at_;
    at_ = find_either(at_, end_, '"', '\\');
    const std::string_view plain(begin, static_cast<std::size_t>(at_ - begin));
    if (at_ == end_) return plain;
    if (*at_ == '"') {
      ++at_;
      return plain;
    }
    return unescaped(plain);
  }

  // `done`: what was read already; at_ stands at a backslash.
  std::string_view unescaped(std::string_view done) {
    // Unescaping never makes text longer, so a buffer as long as the line never moves.
    if (scratch_.text.size() < line_size_) scratch_.text.resize(line_size_);
    char* const out_begin = scratch_.text.data() + text_used_;
    std::memcpy(out_begin, done.data(), done.size());
    char* out = out_begin + done.size();
    while (at_ < end_ && *at_ != '"') {
      const char* behind = at_ + 1;
      char* written = *at_ == '\\' ? unescape(behind, end_, out) : nullptr;
      if (written == nullptr) {
        *out++ = *at_++;  // no escape: itself
      } else {
        out = written;
        at_ = behind;
      }
    }
    if (at_ < end_) ++at_;
    const std::string_view text(out_begin, static_cast<std::size_t>(out - out_begin));
    text_used_ += text.size();
    return text;
  }

  Scratch& scratch_;
  const char* at_;
  const char* end_;
  std::size_t line_size_;
  std::size_t text_used_ = 0;
  std::size_t pairs_ = 0;
  std::size_t pair_bytes_ = 0;
  const Keys::Key* previous_ = nullptr;
  std::uint64_t names_ = 0;
  Picks picks_;
};

bool begins_with_pair(std::string_view line) {
  std::size_t i = 0;
  while (i < line.size() && is_key_byte(line[i])) ++i;
  return i > 0 && i < line.size() && line[i] == '=' && !is_digit(line[0]);
}

bool looks_like_logfmt(std::string_view line, Scratch& scratch) {
  if (!begins_with_pair(line)) return false;
  const Dialect dialect;
  LogfmtLine logfmt(dialect, line, scratch);
  logfmt.read();
  return logfmt.pairs() >= 2 && logfmt.pair_bytes() * 2 > line.size();
}

}  // namespace

double score_logfmt(std::string_view sample, const Zone&) {
  Scratch scratch;
  std::size_t lines = 0;
  std::size_t hits = 0;
  each_line(sample, 100, [&](std::string_view line) {
    if (trimmed(line).empty()) return;
    ++lines;
    hits += looks_like_logfmt(line, scratch) ? 1 : 0;
  });
  return lines == 0 ? 0 : static_cast<double>(hits) / static_cast<double>(lines);
}

Reading read_logfmt(const Dialect& dialect, std::string_view line, Scratch& scratch, Event& event) {
  if (trimmed(line).empty()) return Reading::blank;
  if (is_space(line.front())) return Reading::continuation;
  LogfmtLine logfmt(dialect, line, scratch);
  logfmt.read();
  if (logfmt.pairs() == 0) return Reading::unreadable;
  logfmt.fill(event);
  return Reading::event;
}

}  // namespace culprit
