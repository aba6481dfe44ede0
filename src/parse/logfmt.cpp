// logfmt: `level=info msg="it is \"up\"" took=3ms ready`, the Go world's key=value lines.
//
// A bare word is a key whose value is true. A value ends at white space unless it is quoted; a
// quote that is never closed ends with the line.
#include <algorithm>
#include <bit>
#include <cstring>

#include "parse/bytes.h"
#include "parse/field_row.h"
#include "parse/formats.h"
#include "parse/picks.h"
#include "parse/simd.h"
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
      : simd_(dialect.simd),
        scratch_(scratch),
        fields_(scratch.fields),
        at_(line.data()),
        end_(line.data() + line.size()),
        line_size_(line.size()),
        picks_(dialect.zone, scratch.time_cache) {
    scratch_.keys.begin_line();
  }

  void read() {
    for (;;) {
      skip_spaces();
      usual_pairs();
      skip_spaces();
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
    event.set_fields(fields_.all(), names_);
  }

  std::size_t pairs() const { return pairs_; }
  std::size_t pair_bytes() const { return pair_bytes_; }

 private:
  using Key = Keys::Key;

  void skip_spaces() {
    while (at_ < end_ && is_space(*at_)) ++at_;
  }

  void usual_pairs() {
    switch (simd_) {
#ifdef __SSE2__
      case Simd::avx2: return usual_pairs_by_32();
      case Simd::sse2: return usual_pairs_by_16();
#endif
      default: return usual_pairs_by_one();
    }
  }
  [[gnu::noinline]] void usual_pairs_by_one() { usual_pairs_by<ScalarBytes>(); }
#ifdef __SSE2__
  [[gnu::noinline]] void usual_pairs_by_16() { usual_pairs_by<Sse2Bytes>(); }
  [[gnu::noinline, gnu::target("avx2")]] void usual_pairs_by_32() { usual_pairs_by<Avx2Bytes>(); }
#endif

  // Pairs as nearly all are: a key that was guessed, a plain value, and a space or the line's end.
  // Leaves at_ at the first other one. All that it needs is in registers.
  template <typename Bytes>
  [[gnu::always_inline]] inline void usual_pairs_by() {
    const char* at = at_;
    const char* const end = end_;
    const char* const last = last_step(end);
    const Key* previous = previous_;
    Field* out = fields_.end();
    std::uint64_t names = names_;
    std::size_t pairs = pairs_;
    std::size_t pair_bytes = pair_bytes_;
    while (at <= last && out != fields_.room()) {
      const Key* const key = Keys::guess_head<Bytes>(scratch_.keys.root(), previous, at);
      if (key == nullptr) break;
      const char* begin = at + key->written.size();
      if (begin >= end) break;
      Kind kind = Kind::text;
      const char* stop;
      const char* behind;
      if (*begin == '"') {
        stop = find_stepping<Bytes>(++begin, last, end, '"', '\\');
        behind = stop + 1;
        if (stop >= end || *stop == '\\' || (behind != end && !is_space(*behind))) break;
      } else {
        if (begin > last) break;
        stop = find_stepping<Bytes>(begin, last, nullptr, ' ', '\t');
        if (stop == nullptr) break;
        behind = stop = std::min(stop, end);
        if (key->promise.use == Keys::Use::message && !key_follows<Bytes>(*key, stop, last)) break;
        kind = bare_kind<typename Bytes::Short>(begin, stop);
      }
      const std::string_view text(begin, static_cast<std::size_t>(stop - begin));
      FieldRow::put(out, key->name, text, kind);
      names = Keys::joined(names, key->hash);
      ++pairs;
      pair_bytes += static_cast<std::size_t>(behind - at);
      if (key->promise.use != Keys::Use::plain) note(key->promise, text, kind);
      previous = key;
      at = behind + (behind == end ? 0 : 1);
    }
    at_ = at;
    previous_ = previous;
    fields_.set_end(out);
    names_ = names;
    pairs_ = pairs;
    pair_bytes_ = pair_bytes;
  }

  // Whether the value of `key`, which ends at `stop`, goes on with no other words.
  template <typename Bytes>
  [[gnu::always_inline]] inline bool key_follows(const Key& key, const char* stop,
                                                 const char* last) const {
    if (stop == end_ || stop + 1 == end_) return true;
    if (stop >= last) return false;
    const Key* const next = Keys::guess_head<Bytes>(scratch_.keys.root(), &key, stop + 1);
    return next != nullptr &&
           end_ - (stop + 1) >= static_cast<std::ptrdiff_t>(next->written.size());
  }

  // What spelled_kind() says of [begin, stop), and for whole numbers without a loop. A step may
  // begin at `begin`.
  template <typename Bytes>
  [[gnu::always_inline]] static inline Kind bare_kind(const char* begin, const char* stop) {
    const std::uint32_t others = Bytes::other_than_digits(begin);
    const int digits = others == 0 ? 0 : std::countr_zero(others);
    if (digits > 0 && begin + digits >= stop) return stop == begin ? Kind::text : Kind::number;
    const char first = *begin;
    const bool may_be =
        is_digit(first) || first == '-' || first == 't' || first == 'f' || first == 'n';
    return may_be ? spelled_kind({begin, static_cast<std::size_t>(stop - begin)}) : Kind::text;
  }

  // The key up to its '=', which is `previous_` then. A word without one becomes a field at once:
  // false.
  bool take_key() {
    Keys& keys = scratch_.keys;
    if (const Key* const key = Keys::guess(keys.root(), previous_, at_, end_)) {
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
    fields_.add(word, "true", Kind::boolean);
    names_ = Keys::joined(names_, Keys::hash_of(word));
    return false;
  }

  void value(const Key& key) {
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
    fields_.add(key.name, text, kind);
    names_ = Keys::joined(names_, key.hash);
    if (key.promise.use != Keys::Use::plain) note(key.promise, text, kind);
  }

  // Whoever writes `msg=5` means words; only quotes would say so, and nobody quotes numbers.
  void note(Keys::Promise promise, std::string_view text, Kind kind) {
    picks_.note(promise, text, promise.use == Keys::Use::level ? kind : Kind::text);
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

  Simd simd_;
  Scratch& scratch_;
  FieldRow fields_;
  const char* at_;
  const char* end_;
  std::size_t line_size_;
  std::size_t text_used_ = 0;
  std::size_t pairs_ = 0;
  std::size_t pair_bytes_ = 0;
  const Key* previous_ = nullptr;
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
