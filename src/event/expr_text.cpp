#include "event/expr_text.h"

#include <optional>

#include "event/quantity.h"
#include "event/roles.h"

namespace culprit {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

std::optional<unsigned> hex_digit(char c) {
  if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
  const char letter = lower(c);
  if (letter >= 'a' && letter <= 'f') return static_cast<unsigned>(letter - 'a' + 10);
  return {};
}

// "\n", or "\x07".
std::string control_escape(char c) {
  if (c == '\n') return "\\n";
  if (c == '\t') return "\\t";
  if (c == '\r') return "\\r";
  return fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
}

// The byte of a "\xHH" that begins at `at`.
std::optional<char> hex_escape(std::string_view raw, std::size_t at) {
  if (raw.size() - at < 4 || raw[at + 1] != 'x') return {};
  const std::optional<unsigned> high = hex_digit(raw[at + 2]);
  const std::optional<unsigned> low = hex_digit(raw[at + 3]);
  if (!high || !low) return {};
  return static_cast<char>(*high * 16 + *low);
}

char letter_escape(char letter) {
  switch (letter) {
    case 'n': return '\n';
    case 't': return '\t';
    case 'r': return '\r';
    default: return letter;
  }
}

}  // namespace

bool is_bare(char c) {
  constexpr std::string_view never = " \"'(),=<>!~&|\\`";
  return !is_control(c) && never.find(c) == std::string_view::npos;
}

bool same_word(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (lower(a[i]) != lower(b[i])) return false;
  }
  return true;
}

bool is_connective(std::string_view word) {
  return same_word(word, "and") || same_word(word, "or") || same_word(word, "not");
}

Operand bare_operand(std::string_view field, std::string_view text) {
  Operand operand = quoted_operand(field, text);
  if (!operand.number) operand.number = quantity_in(field, text);
  operand.glob = text.find_first_of("*?") != std::string_view::npos;
  return operand;
}

Operand quoted_operand(std::string_view field, std::string_view text) {
  Operand operand;
  operand.text = text;
  operand.number = number_in(text);
  if (role_of(field) == Role::level) operand.level = level_named(text);
  return operand;
}

std::string in_quotes(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (is_control(c)) {
      quoted += control_escape(c);
      continue;
    }
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + '"';
}

std::string unescaped(std::string_view raw) {
  std::string text;
  for (std::size_t i = 0; i < raw.size(); ++i) {
    if (raw[i] != '\\' || i + 1 == raw.size()) {
      text += raw[i];
    } else if (const std::optional<char> byte = hex_escape(raw, i)) {
      text += *byte;
      i += 3;
    } else {
      text += letter_escape(raw[++i]);
    }
  }
  return text;
}

std::string regex_in_quotes(std::string_view regex) {
  std::string quoted = "\"";
  for (std::size_t i = 0; i < regex.size(); ++i) {
    if (regex[i] == '"') quoted += '\\';
    quoted += regex[i];
    if (regex[i] == '\\' && i + 1 < regex.size()) quoted += regex[++i];
  }
  return quoted + '"';
}

std::string regex_between(std::string_view raw) {
  std::string regex;
  for (std::size_t i = 0; i < raw.size(); ++i) {
    const bool pair = raw[i] == '\\' && i + 1 < raw.size();
    const char c = pair ? raw[++i] : raw[i];
    if (is_control(c)) {
      regex += control_escape(c);
    } else {
      if (pair && c != '"' && c != '\'') regex += '\\';
      regex += c;
    }
  }
  return regex;
}

std::string_view symbol_of(Comparison comparison) {
  switch (comparison) {
    case Comparison::equal: return "=";
    case Comparison::differs: return "!=";
    case Comparison::less: return "<";
    case Comparison::at_most: return "<=";
    case Comparison::more: return ">";
    case Comparison::at_least: return ">=";
    case Comparison::matches: return "~";
    case Comparison::in: return "in";
  }
  return "=";
}

}  // namespace culprit
