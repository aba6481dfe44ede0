#include "parse/skeleton.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>

#include <xxhash.h>

#include "parse/bytes.h"
#include "parse/simd.h"

namespace culprit {
namespace {

constexpr std::size_t message_bytes_max = 2048;
constexpr std::size_t slots_max = 64;
constexpr std::size_t word_bytes_max = 64;
// "ORA-00942", "AH01626", "E1234", "MY-010116": databases', servers' and compilers' codes.
constexpr std::size_t code_letters_max = 4;
constexpr std::size_t code_digits_min = 4;
constexpr std::size_t code_digits_max = 6;
// Every slot may need a name of its own, and so may one in each list that is dropped again.
constexpr std::size_t names_room = 2 * slots_max * (word_bytes_max + 4);
constexpr std::string_view hole = "<*>";
// A bracket or quote that is never closed is searched for in vain; each search reads the rest of
// the message, so there is a limit to them.
constexpr int vain_searches_max = 8;

// What a byte is; a token's classes are added up while it is scanned.
enum Class : std::uint8_t {
  digit = 1,
  hex_letter = 2,
  letter = 4,  // other letters, and every byte of UTF-8 beyond ASCII
  point = 8,   // '.' and '-'
  mark = 16,   // other bytes of a token
  at_sign = 32,
  delimiter = 64,
  blank = 128,
};

constexpr std::array<std::uint8_t, 256> make_classes() {
  std::array<std::uint8_t, 256> classes{};
  for (std::size_t byte = 0; byte < 256; ++byte) {
    const auto lower = byte | 32;
    const bool is_alpha = byte < 128 && lower >= 'a' && lower <= 'z';
    if (byte >= '0' && byte <= '9')
      classes[byte] = digit;
    else if (is_alpha)
      classes[byte] = lower <= 'f' ? hex_letter : letter;
    else if (byte >= 128)
      classes[byte] = letter;
    else if (byte <= ' ' || byte == 127)
      classes[byte] = blank;
    else
      classes[byte] = mark;
  }
  for (const char byte : std::string_view("=:,;()[]{}\"'<>|`")) {
    classes[static_cast<unsigned char>(byte)] = delimiter;
  }
  classes['.'] = classes['-'] = point;
  classes['@'] = at_sign;
  return classes;
}
constexpr std::array<std::uint8_t, 256> classes = make_classes();

std::uint8_t class_of(char byte) { return classes[static_cast<unsigned char>(byte)]; }
bool is_word_byte(char byte) { return (class_of(byte) & (digit | hex_letter | letter)) != 0; }

// One pass over a message.
class Walk {
 public:
  Walk(std::string_view message, SkeletonScratch& scratch)
      : at_(message.data()), end_(message.data() + message.size()), scratch_(scratch) {
    scratch_.slots.clear();
    scratch_.words.clear();
    // Enough for the longest text, a hole between any two bytes, so that nothing moves later.
    const std::size_t room = message.size() * (hole.size() + 1) + 64;
    if (scratch_.text.size() < room) scratch_.text.resize(room);
    if (scratch_.names.empty()) scratch_.names.resize(names_room);
    out_ = scratch_.text.data();
  }

  std::string_view run() {
    while (at_ < end_) step();
    for (std::size_t i = 0; i < nameless_; ++i) name_slot(i, "value");
    const char* begin = scratch_.text.data();
    while (out_ != begin && out_[-1] == ' ') --out_;
    return {begin, static_cast<std::size_t>(out_ - begin)};
  }

 private:
  void step() {
    const std::uint8_t kind = class_of(*at_);
    if (kind == blank) return space();
    if (kind != delimiter) return token();
    switch (*at_) {
      case '"':
      case '\'':
      case '`': return quoted();
      case '{':
      case '[': return fragment();
      default: return constant(1);
    }
  }

  char peek(std::ptrdiff_t ahead = 0) const { return end_ - at_ > ahead ? at_[ahead] : '\0'; }

  void space() {
    while (at_ < end_ && class_of(*at_) == blank) ++at_;
    if (out_ != scratch_.text.data()) *out_++ = ' ';
  }

  void constant(std::size_t size) {
    // Words are short, and for sixteen bytes nothing has to be called; there is room for them.
    constexpr std::size_t usual = 16;
    if (size > 0 && size <= usual && can_read(at_, end_, usual)) {
      std::memcpy(out_, at_, usual);
    } else {
      std::memcpy(out_, at_, size);
    }
    out_ += size;
    at_ += size;
  }

  // A run of bytes without delimiters.
  void token() {
    const char* begin = at_;
    const char* end = at_;
    std::uint8_t seen = 0;
    for (; end < end_; ++end) {
      const std::uint8_t kind = class_of(*end);
      if (kind >= delimiter) break;
      seen |= kind;
    }
    const char behind = end < end_ ? *end : '\0';
    if (is_path(begin, end, behind)) return variable(path_end(end));
    if (behind == ':' && is_url(end)) return variable(url_end(end));
    if (behind == '=' && is_key(begin, end, seen)) return key_and_value(begin, end);
    if ((seen & digit) != 0 && !is_name(begin, end)) return variable(joined(begin, end, seen));
    if (behind == ':' && is_colon_hex(begin, seen)) return variable(colon_hex_end(begin));
    if ((seen & at_sign) != 0 && has_inner_at(begin, end)) return variable(end);
    word(begin, end, seen);
    constant(static_cast<std::size_t>(end - begin));
  }

  // Digits that do not make a variable: "AH01626: ", a message's code, tells it apart better than
  // any word; "IPv4" is one of two names.
  bool is_name(const char* begin, const char* end) const {
    const std::string_view token(begin, static_cast<std::size_t>(end - begin));
    if (token.ends_with("IPv4") || token.ends_with("IPv6")) return true;
    if (end_ - end < 2 || *end != ':' || end[1] != ' ') return false;
    std::size_t letters = 0;
    while (letters < token.size() && token[letters] >= 'A' && token[letters] <= 'Z') ++letters;
    std::size_t digits = letters;
    if (digits < token.size() && token[digits] == '-') ++digits;
    const std::size_t from = digits;
    while (digits < token.size() && is_digit(token[digits])) ++digits;
    return letters >= 1 && letters <= code_letters_max && digits == token.size() &&
           digits - from >= code_digits_min && digits - from <= code_digits_max;
  }

  bool is_path(const char* begin, const char* end, char behind) const {
    if (behind == ':' && end - begin == 1 && is_letter(*begin)) {
      return end_ - end > 1 && end[1] == '\\';
    }
    const char* slash = begin;
    if (*slash == '~') ++slash;
    for (int dots = 0; dots < 2 && slash < end && *slash == '.'; ++dots) ++slash;
    return end - slash > 1 && *slash == '/' && slash[1] != '/';
  }

  // Behind a path may follow a query; a colon, as before a line number, ends it.
  const char* path_end(const char* end) const {
    if (end_ - end > 1 && *end == ':' && end[1] == '\\') ++end;
    while (end < end_ && (class_of(*end) < delimiter || *end == '=')) ++end;
    return end;
  }

  bool is_url(const char* colon) const {
    return end_ - colon > 3 && colon[1] == '/' && colon[2] == '/';
  }

  const char* url_end(const char* end) const {
    constexpr std::string_view closers = "\"'<>)]}`|";
    while (end < end_ && class_of(*end) != blank && closers.find(*end) == closers.npos) ++end;
    while (end[-1] == ',' || end[-1] == ';' || end[-1] == ':') --end;
    return end;
  }

  // A name: not a comparison (==, =>), and not an id that happens to stand before '='.
  bool is_key(const char* begin, const char* end, std::uint8_t seen) const {
    const char next = end_ - end > 1 ? end[1] : ' ';
    if (next == '=' || next == '>' || next == '~') return false;
    if ((class_of(*begin) & (hex_letter | letter)) == 0 && *begin != '_') return false;
    const bool id = (seen & ~(digit | hex_letter | point)) == 0 && (seen & digit) != 0;
    return !(id && end - begin >= 6) && end - begin <= static_cast<std::ptrdiff_t>(word_bytes_max);
  }

  void key_and_value(const char* begin, const char* end) {
    word_ = {begin, static_cast<std::size_t>(end - begin)};
    name_waiting();
    constant(word_.size() + 1);
    const char first = peek();
    if (first == '"' || first == '\'' || first == '`') return quoted();
    if ((first == '{' || first == '[') && vain_ < vain_searches_max) {
      if (const char* close = closing_bracket(at_)) return variable(close);
    }
    variable(first == '<' ? angle_end() : value_end());
  }

  // "<ann@shop.test>" as a value; "<" alone is one too.
  const char* angle_end() const {
    const char* end = at_;
    while (end < end_ && class_of(*end) != blank && *end != '>') ++end;
    return end < end_ && *end == '>' ? end + 1 : value_end();
  }

  // A bare value may hold more than a token may; sentences go on behind it. A bracket that opens in
  // it closes in it: "relay=mx[10.0.0.9]:25".
  const char* value_end() const {
    constexpr std::string_view stops = ",;)]}>\"'`|";
    const char* end = at_;
    const char* open = nullptr;
    for (; end < end_ && class_of(*end) != blank; ++end) {
      if (*end == '[' || *end == '(') open = end;
      if (stops.find(*end) == stops.npos) continue;
      const bool closes = open != nullptr && *end == (*open == '[' ? ']' : ')');
      if (!closes) break;
      open = nullptr;
    }
    while (end != at_ && (end[-1] == ':' || end[-1] == '=')) --end;
    return end;
  }

  // "10.0.0.1:8080", "03:31:08", "fe80::1", "1,234,567": more than a token, one variable.
  const char* joined(const char* begin, const char* end, std::uint8_t seen) const {
    if (end == end_) return end;
    if (*end == ':' && is_colon_hex(begin, seen)) {
      if (const char* all = colon_hex_end(begin); all != nullptr) return all;
    }
    for (;;) {
      const bool colon = end_ - end > 1 && *end == ':' && is_digit(end[1]) && is_word_byte(end[-1]);
      if (!colon && !is_thousands(end, seen)) return end;
      ++end;
      while (end < end_ && class_of(*end) < delimiter) ++end;
    }
  }

  bool is_thousands(const char* end, std::uint8_t seen) const {
    return (seen & ~(digit | point)) == 0 && end_ - end > 3 && *end == ',' && is_digit(end[1]) &&
           is_digit(end[2]) && is_digit(end[3]) && !(end_ - end > 4 && is_word_byte(end[4])) &&
           is_digit(end[-1]);
  }

  // IPv6 and MAC addresses: groups of hex digits between colons, two colons or more.
  bool is_colon_hex(const char* begin, std::uint8_t seen) const {
    return (seen & ~(digit | hex_letter)) == 0 && colon_hex_end(begin) != nullptr;
  }

  const char* colon_hex_end(const char* begin) const {
    int colons = 0;
    int group = 0;
    bool digits = false;
    const char* end = begin;
    for (; end < end_; ++end) {
      const std::uint8_t kind = class_of(*end);
      if (*end == ':') {
        ++colons;
        group = 0;
      } else if (kind == digit || kind == hex_letter) {
        digits = digits || kind == digit;
        if (++group > 4) return nullptr;
      } else {
        break;
      }
    }
    while (end != begin && end[-1] == ':') {
      --end;
      --colons;
    }
    const bool whole = end == end_ || class_of(*end) >= delimiter;
    return colons >= 2 && digits && whole ? end : nullptr;
  }

  static bool has_inner_at(const char* begin, const char* end) {
    const auto* at =
        static_cast<const char*>(std::memchr(begin, '@', static_cast<std::size_t>(end - begin)));
    return at != nullptr && at != begin && at + 1 != end;
  }

  // The text between two quotes; an apostrophe within or behind a word is no quote.
  void quoted() {
    const bool opens = at_ == begin_ || !is_word_byte(at_[-1]);
    const char* close = opens && vain_ < vain_searches_max ? closing_quote(at_) : nullptr;
    if (close == nullptr) {
      vain_ += opens ? 1 : 0;
      return constant(1);
    }
    constant(1);
    put(close, Kind::text);
    constant(1);
  }

  // `so', as typewriters quote, too.
  const char* closing_quote(const char* open) const {
    for (const char* p = open + 1; p < end_; ++p) {
      if (*p == '\\')
        ++p;
      else if ((*p == *open || (*p == '\'' && *open == '`')) &&
               (p + 1 == end_ || !is_word_byte(p[1])))
        return p;
    }
    return nullptr;
  }

  // JSON and its like: {"a": 1}, [1, 2], ['x'].
  void fragment() {
    const char next = peek(1);
    const bool json = *at_ == '{' ? next == '"' || next == '\'' || next == '}'
                                  : next == '{' || next == '"' || next == '\'' || next == '[' ||
                                        next == ']' || is_digit(next);
    const char* close = json && vain_ < vain_searches_max ? closing_bracket(at_) : nullptr;
    // "[7]" is one number in brackets, "[2025-11-20 03:31]" words in brackets.
    if (close == nullptr || (is_digit(next) && !has_comma(at_, close))) {
      vain_ += json && close == nullptr ? 1 : 0;
      return constant(1);
    }
    variable(close);
  }

  static bool has_comma(const char* begin, const char* end) {
    return std::memchr(begin, ',', static_cast<std::size_t>(end - begin)) != nullptr;
  }

  // Behind the bracket that closes the one at `open`; brackets in "strings" do not count.
  const char* closing_bracket(const char* open) const {
    int depth = 0;
    for (const char* p = open; p < end_; ++p) {
      if (*p == '"') {
        for (++p; p < end_ && *p != '"'; ++p) p += *p == '\\' ? 1 : 0;
      } else if (*p == '{' || *p == '[') {
        ++depth;
      } else if ((*p == '}' || *p == ']') && --depth == 0) {
        return p + 1;
      }
    }
    return nullptr;
  }

  // Everything up to `end` as a variable, but for the full stop of a sentence.
  void variable(const char* end) {
    const char* last = end;
    while (last - at_ > 1 && (last[-1] == '.' || last[-1] == '!' || last[-1] == '?')) --last;
    const bool number = spells_number({at_, static_cast<std::size_t>(last - at_)});
    put(last, number ? Kind::number : Kind::text);
    constant(static_cast<std::size_t>(end - last));
  }

  // A hole for the bytes up to `end`, and their slot.
  void put(const char* end, Kind kind) {
    const std::string_view value(at_, static_cast<std::size_t>(end - at_));
    at_ = end;
    list_ = follows_comma() ? list_ + 1 : 1;
    if (list_ >= 3) {
      out_ = list_out_;
      if (list_slot_ >= scratch_.slots.size()) return;
      Field& whole = scratch_.slots[list_slot_];
      whole.value = {whole.value.data(), static_cast<std::size_t>(end - whole.value.data())};
      whole.kind = Kind::text;
      scratch_.slots.resize(list_slot_ + 1);
      scratch_.words.resize(list_slot_ + 1);
      nameless_ = std::min(nameless_, list_slot_ + 1);
      last_out_ = out_;
      return;
    }
    std::memcpy(out_, hole.data(), hole.size());
    out_ += hole.size();
    last_out_ = out_;
    if (list_ == 1) {
      list_out_ = out_;
      list_slot_ = scratch_.slots.size();
    }
    if (scratch_.slots.size() < slots_max) add_slot(value, kind);
  }

  // Whether only a comma stands between the last variable and this one.
  bool follows_comma() const {
    if (last_out_ == nullptr) return false;
    const std::string_view between(last_out_, static_cast<std::size_t>(out_ - last_out_));
    return between == ", " || between == "," || between == "\", \"" || between == "', '" ||
           between == "\",\"";
  }

  void add_slot(std::string_view value, Kind kind) {
    scratch_.slots.push_back({{}, value, kind});
    scratch_.words.push_back({});
    if (word_.empty())
      nameless_ = scratch_.slots.size();
    else
      name_slot(scratch_.slots.size() - 1, word_);
  }

  void name_slot(std::size_t index, std::string_view name) {
    std::size_t count = 1;
    for (const std::string_view earlier : scratch_.words) count += earlier == name ? 1 : 0;
    scratch_.words[index] = name;
    if (count > 1) {
      char* begin = scratch_.names.data() + names_used_;
      std::memcpy(begin, name.data(), name.size());
      begin[name.size()] = '.';
      char* digits = begin + name.size() + 1;
      const char* end = std::to_chars(digits, digits + 3, count).ptr;
      name = {begin, static_cast<std::size_t>(end - begin)};
      names_used_ += name.size();
    }
    scratch_.slots[index].name = name;
  }

  // Slots that no word stood before take the first word behind them.
  void name_waiting() {
    for (std::size_t i = 0; i < nameless_; ++i) name_slot(i, word_);
    nameless_ = 0;
  }

  void word(const char* begin, const char* end, std::uint8_t seen) {
    if ((seen & (hex_letter | letter)) == 0) return;
    while (!is_word_byte(*begin)) ++begin;
    while (!is_word_byte(end[-1])) --end;
    word_ = {begin, std::min(static_cast<std::size_t>(end - begin), word_bytes_max)};
    if (nameless_ > 0) name_waiting();
  }

  const char* at_;
  const char* begin_ = at_;
  const char* end_;
  SkeletonScratch& scratch_;
  char* out_ = nullptr;
  std::string_view word_;     // the nearest constant word
  std::size_t nameless_ = 0;  // the first so many slots have no name
  std::size_t names_used_ = 0;
  const char* last_out_ = nullptr;  // behind the last hole
  char* list_out_ = nullptr;        // behind the first hole of a list
  std::size_t list_slot_ = 0;
  int list_ = 0;  // variables in the list that may be under way
  int vain_ = 0;
};

}  // namespace

Skeleton skeleton_of(std::string_view message, SkeletonScratch& scratch) {
  message = message.substr(0, message_bytes_max);
  const std::string_view text = Walk(message, scratch).run();
  if (message.empty()) return {};
  const std::uint64_t hash = XXH3_64bits(text.data(), text.size());
  return {hash == 0 ? 1 : hash, scratch.slots, text};
}

std::string skeleton_text(std::string_view message) {
  SkeletonScratch scratch;
  return std::string(Walk(message.substr(0, message_bytes_max), scratch).run());
}

std::string coarse_skeleton(std::string_view text, unsigned coarseness) {
  constexpr std::array<std::size_t, coarseness_max + 1> words = {SIZE_MAX, 4, 2, 1, 0};
  std::size_t end = 0;
  for (std::size_t word = 0; word < words[coarseness]; ++word) {
    end = text.find(' ', word == 0 ? 0 : end + 1);
    if (end == text.npos) return std::string(text);
  }
  return std::string(text.substr(0, end)) + (end > 0 ? " " : "") + std::string(hole);
}

}  // namespace culprit
