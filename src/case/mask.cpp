#include "case/mask.h"

#include <algorithm>
#include <cstdint>
#include <vector>

#include "case/mask_shapes.h"

namespace culprit {
namespace {

constexpr std::string_view mask = "***";
constexpr std::size_t npos = std::string_view::npos;

// Names without separators, in lower case; a key is secret if its own ends in one of them.
constexpr std::string_view secret_names[] = {
    "password",      "passwd",     "passphrase",    "secret",     "token",       "apikey",
    "accesskey",     "privatekey", "secretkey",     "credential", "credentials", "cookie",
    "authorization", "signingkey", "encryptionkey", "pgpass",     "requirepass", "masterauth"};
// Longer names are looked at in their last part only, so that time stays linear.
constexpr std::size_t key_bytes_max = 128;

bool is_key(char c) { return is_word(c) || c == '-' || c == '.'; }
bool is_quote(char c) { return c == '"' || c == '\''; }
bool is_blank(char c) { return c == ' ' || c == '\t'; }
bool is_space(char c) { return is_blank(c) || c == '\n' || c == '\r'; }

std::string squeezed(std::string_view name) {
  std::string letters;
  for (const char c : name) {
    if (c >= 'A' && c <= 'Z') {
      letters += static_cast<char>(c - 'A' + 'a');
    } else if (c != '_' && c != '-' && c != '.') {
      letters += c;
    }
  }
  return letters;
}

bool ends_with(std::string_view text, std::string_view end) {
  return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

std::size_t backslashes(std::string_view text, std::size_t at) {
  std::size_t count = 0;
  while (at + count < text.size() && text[at + count] == '\\') ++count;
  return count;
}

// A quote with the backslashes before it: one nesting of JSON in JSON strings makes none to one,
// one to three, and so on.
struct Quote {
  std::size_t escapes = 0;
  char quote = '\0';  // none: there is no quote
  std::size_t length() const { return quote == '\0' ? 0 : escapes + 1; }
};

Quote quote_at(std::string_view text, std::size_t at) {
  const std::size_t escapes = backslashes(text, at);
  if (at + escapes >= text.size() || !is_quote(text[at + escapes])) return {};
  return {escapes, text[at + escapes]};
}

// Where a value that was opened by `open` before `at` ends: at the escapes of the closing quote,
// or where the line or an outer string does.
std::size_t end_of_quoted(std::string_view text, std::size_t at, const Quote& open) {
  const std::size_t cycle = 2 * (open.escapes + 1);
  while (at < text.size() && text[at] != '\n') {
    const std::size_t escapes = backslashes(text, at);
    at += escapes;
    if (at >= text.size()) break;
    // A shorter run than the opening one ends an outer string; a longer one stands for a quote
    // within the value, or for backslashes and then the end.
    if (text[at] == open.quote && escapes % cycle <= open.escapes) return at - escapes % cycle;
    if (escapes == 0 || text[at] != '\n') ++at;
  }
  return std::min(at, text.size());
}

// Where a value without quotes ends: at a space or quote, escaped ones too.
std::size_t end_of_bare(std::string_view text, std::size_t at, std::string_view also) {
  while (at < text.size()) {
    const std::size_t escapes = backslashes(text, at);
    const std::size_t next = at + escapes;
    if (next >= text.size()) return next;
    const char c = text[next];
    if (is_space(c) || is_quote(c) || also.find(c) != npos) return escapes > 0 ? at : next;
    if (escapes > 0 && (c == 'n' || c == 'r' || c == 't')) return at;
    at = next + 1;
  }
  return at;
}

bool is_literal(std::string_view value) {
  return value.empty() || value == "null" || value == "true" || value == "false" || value == mask;
}

// One pass over a text: words are looked at where they begin, everything else is copied.
class Masker {
 public:
  explicit Masker(std::string_view text) : text_(text) { result_.reserve(text.size()); }

  std::string run() {
    while (at_ < text_.size()) {
      if (begins_word()) {
        if (!hide_shape() && !hide_value()) copy_word();
      } else if (!hide_userinfo()) {
        copy_to(at_ + 1);
      }
    }
    return std::move(result_);
  }

 private:
  // The letter of an escape ("\n") may belong to the word or not: at `fresh_` the word is looked at
  // a second time without it. What follows a mask begins afresh too, as it will the next time.
  bool begins_word() const {
    const bool goes_on = at_ > 0 && is_word(text_[at_ - 1]) && at_ != fresh_;
    return !goes_on && (is_word(text_[at_]) || text_[at_] == '-');
  }

  void copy_to(std::size_t end) {
    result_ += text_.substr(at_, end - at_);
    at_ = end;
  }

  void hide_to(std::size_t end) {
    result_ += mask;
    at_ = end;
    fresh_ = end;
  }

  bool hide_shape() {
    std::size_t length = secret_length(text_.substr(at_));
    const bool fraction = at_ > 0 && text_[at_ - 1] == '.';
    if (length == 0 && !fraction) length = card_length(text_.substr(at_));
    if (length == 0) return false;
    hide_to(at_ + length);
    return true;
  }

  // As a whole, so that no part of it is taken for the beginning of a secret.
  void copy_word() {
    const bool escape = at_ > 0 && text_[at_ - 1] == '\\' && at_ != fresh_ &&
                        std::string_view("nrt").find(text_[at_]) != npos;
    std::size_t end = at_ + 1;
    while (!escape && end < text_.size() && is_word(text_[end])) ++end;
    copy_to(end);
    if (escape) fresh_ = at_;
  }

  bool hide_value();
  bool hide_value_behind(const std::string& name, std::size_t key_end);
  bool hide_option(std::string_view key, std::size_t end);
  std::size_t separator_end(std::size_t at) const;
  std::size_t end_of_header(std::size_t at, char quote) const;
  std::size_t end_of_value(std::size_t at, const std::string& name, const Quote& close) const;
  bool hide_userinfo();

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t fresh_ = npos;
  std::string result_;
};

// Where the value begins behind `=`, `:`, `!=`, `=>`, `~`, ` in (` and the spaces around them.
std::size_t Masker::separator_end(std::size_t at) const {
  constexpr std::size_t spaces_max = 2;
  std::size_t spaces = 0;
  while (at < text_.size() && is_blank(text_[at]) && spaces++ < spaces_max) ++at;
  constexpr std::string_view in = "in (";
  if (spaces > 0 && text_.substr(at, in.size()) == in) return at + in.size();
  const std::size_t begin = at;
  while (at < text_.size() && at - begin < 2 && std::string_view("=:!~>").find(text_[at]) != npos) {
    ++at;
  }
  const bool separates = at > begin && text_[begin] != '>' && text_[at - 1] != '!';
  if (!separates || text_.substr(at, 2) == "//") return npos;
  while (at < text_.size() && is_blank(text_[at])) ++at;
  return at;
}

bool Masker::hide_value() {
  std::size_t end = at_;
  while (end < text_.size() && end - at_ < key_bytes_max && is_key(text_[end])) ++end;
  const std::string_view key = text_.substr(at_, end - at_);
  if (key.size() > 1 && key[0] == '-' && text_.substr(end, 1) == " " && hide_option(key, end)) {
    return true;
  }
  return names_secret(key) && hide_value_behind(squeezed(key), end);
}

// A value without quotes of its own, behind a key that `close` closed.
std::size_t Masker::end_of_value(std::size_t at, const std::string& name,
                                 const Quote& close) const {
  if (text_[at - 1] == '(') {
    const std::size_t end = text_.find_first_of(")\n", at);
    return std::min(end, text_.size());
  }
  if (!ends_with(name, "authorization") && !ends_with(name, "cookie")) {
    return end_of_bare(text_, at, close.quote == '\0' ? "&" : ",}]");
  }
  const std::size_t before = text_.find_last_not_of(" \t", at - 1);
  if (before != npos && text_[before] == ':') {
    const bool enclosed = at_ > 0 && is_quote(text_[at_ - 1]) && close.quote == '\0';
    return end_of_header(at, enclosed ? text_[at_ - 1] : '\0');
  }
  // "authorization=Bearer abc": the scheme and what follows it.
  const std::size_t end = end_of_bare(text_, at, "");
  const std::string_view scheme = text_.substr(at, end - at);
  for (const char* known : {"Bearer", "bearer", "Basic", "basic", "Token", "token", "Digest"}) {
    if (scheme == known && text_.substr(end, 1) == " ") return end_of_bare(text_, end + 1, "");
  }
  return end;
}

// The value of a header goes on to the end of its line, or of the quotes around both.
std::size_t Masker::end_of_header(std::size_t at, char quote) const {
  while (at < text_.size() && text_[at] != '\n' && text_[at] != '\r') {
    const std::size_t escapes = backslashes(text_, at);
    const std::size_t next = at + escapes;
    if (next >= text_.size()) return next;
    const char c = text_[next];
    if (quote != '\0' ? c == quote : is_quote(c)) return at;
    if (escapes > 0 && (c == 'n' || c == 'r')) return at;
    at = next + 1;
  }
  return std::min(at, text_.size());
}

bool Masker::hide_value_behind(const std::string& name, std::size_t key_end) {
  const Quote close = quote_at(text_, key_end);
  const std::size_t begin = separator_end(key_end + close.length());
  if (begin == npos || begin >= text_.size()) return false;
  const Quote open = text_[begin - 1] == '(' ? Quote{} : quote_at(text_, begin);
  const std::size_t value = begin + open.length();
  const std::size_t end =
      open.quote != '\0' ? end_of_quoted(text_, value, open) : end_of_value(value, name, close);
  const bool bare_json = open.quote == '\0' && close.quote != '\0' && text_[begin - 1] != '(';
  const bool nested = bare_json && (text_[value] == '{' || text_[value] == '[');
  copy_to(value);
  if (nested || is_literal(text_.substr(value, end - value))) return true;
  // A bare value of JSON becomes a string, in the quotes of its key.
  const std::string_view quotes = text_.substr(key_end, bare_json ? close.length() : 0);
  result_ += quotes;
  hide_to(end);
  result_ += quotes;
  return true;
}

// "--password hunter2", "-u name:hunter2".
bool Masker::hide_option(std::string_view key, std::size_t end) {
  std::size_t begin = end + 1;
  const bool user = key == "-u" || key == "--user";
  if (!user && !(key.substr(0, 2) == "--" && names_secret(key))) return false;
  const Quote open = quote_at(text_, begin);
  begin += open.length();
  const std::size_t value_end =
      open.quote == '\0' ? end_of_bare(text_, begin, "") : end_of_quoted(text_, begin, open);
  if (user) {
    const std::size_t colon = text_.find_first_of(": \t\r\n\"'\\", begin);
    if (colon == npos || text_[colon] != ':') return false;
    begin = colon + 1;
  }
  const std::string_view value = text_.substr(begin, value_end - begin);
  if (is_literal(value) || value[0] == '-') return false;
  copy_to(begin);
  hide_to(value_end);
  return true;
}

// "://name:password@host" keeps the name.
bool Masker::hide_userinfo() {
  constexpr std::string_view start = "://";
  if (text_.substr(at_, start.size()) != start) return false;
  const std::size_t begin = at_ + start.size();
  constexpr std::size_t userinfo_max = 1024;
  const std::string_view rest = text_.substr(begin, userinfo_max);
  const std::string_view authority = rest.substr(0, rest.find_first_of("/?# \t\r\n\"'\\<>"));
  const std::size_t host = authority.rfind('@');
  const std::size_t colon = authority.substr(0, host).find(':');
  if (host == npos || colon == npos) return false;
  copy_to(begin + colon + 1);
  hide_to(begin + host);
  return true;
}

// Walks JSON; its strings are masked as text, the values of secret keys as a whole.
class JsonMasker {
 public:
  explicit JsonMasker(std::string_view json) : json_(json) { result_.reserve(json.size()); }

  std::string run() {
    while (at_ < json_.size()) {
      const char c = json_[at_];
      if (c == '"') {
        string();
      } else if (c == '-' || (c >= '0' && c <= '9')) {
        number();
      } else {
        punctuation(c);
        result_ += c;
        ++at_;
      }
    }
    return std::move(result_);
  }

 private:
  enum class Hide : std::uint8_t { nothing, value, array };

  void punctuation(char c) {
    if (c == '{') objects_.push_back(Siblings::plain);
    if (c == '}' && !objects_.empty()) objects_.pop_back();
    if (c == '[' && hide_ == Hide::value) {
      hide_ = Hide::array;
    } else if (c == '{' || c == '}' || c == ']' || (c == ',' && hide_ == Hide::value)) {
      hide_ = Hide::nothing;
    }
  }

  void string() {
    const std::size_t begin = at_ + 1;
    std::size_t end = begin;
    while (end < json_.size() && json_[end] != '"') end += json_[end] == '\\' ? 2 : 1;
    end = std::min(end, json_.size());
    const std::string_view content = json_.substr(begin, end - begin);
    at_ = std::min(end + 1, json_.size());
    std::size_t next = at_;
    while (next < json_.size() && is_space(json_[next])) ++next;
    const bool key = next < json_.size() && json_[next] == ':';
    const bool hidden = !key && hide_ != Hide::nothing && !content.empty();
    result_ += '"';
    result_ += hidden ? std::string(mask) : masked(content);
    if (end < json_.size()) result_ += '"';
    key ? begin_value(content) : end_value(content);
  }

  void begin_value(std::string_view key) {
    const bool sibling = (key == "value" || key == "values") && !objects_.empty() &&
                         objects_.back() == Siblings::secret;
    hide_ = names_secret(key) || sibling ? Hide::value : Hide::nothing;
    names_siblings_ = key == "name" || key == "field" || key == "key";
  }

  void end_value(std::string_view content) {
    const bool tells = names_siblings_ && !objects_.empty() && names_secret(content);
    if (tells) objects_.back() = Siblings::secret;
    names_siblings_ = false;
    if (hide_ == Hide::value) hide_ = Hide::nothing;
  }

  void number() {
    std::size_t end = at_;
    while (end < json_.size() &&
           (is_word(json_[end]) || std::string_view("+-.").find(json_[end]) != npos)) {
      ++end;
    }
    const std::string_view digits = json_.substr(at_, end - at_);
    const bool hidden = hide_ != Hide::nothing || card_length(digits) == digits.size();
    if (hidden) result_ += '"';
    result_ += hidden ? mask : digits;
    if (hidden) result_ += '"';
    end_value({});
    at_ = end;
  }

  // {"name": "authorization", "value": "..."}: one member tells about another.
  enum class Siblings : std::uint8_t { plain, secret };

  std::string_view json_;
  std::size_t at_ = 0;
  std::string result_;
  std::vector<Siblings> objects_;  // those that are open
  Hide hide_ = Hide::nothing;      // what of the value to come
  bool names_siblings_ = false;    // the value to come is such a name
};

}  // namespace

bool names_secret(std::string_view name) {
  const std::string letters = squeezed(name);
  // Too short to be the end of any word: words of their own only.
  for (const std::string_view word : {"pw", "pwd", "pass", "auth"}) {
    if (letters == word) return true;
    const bool last = ends_with(letters, word) && name.size() > word.size();
    if (last && std::string_view("_.-").find(name[name.size() - word.size() - 1]) != npos)
      return true;
  }
  return std::any_of(std::begin(secret_names), std::end(secret_names),
                     [&](std::string_view secret) { return ends_with(letters, secret); });
}

std::string masked(std::string_view text) { return Masker(text).run(); }

std::string masked_json(std::string_view json) { return JsonMasker(json).run(); }

}  // namespace culprit
