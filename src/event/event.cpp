#include "event/event.h"

#include <array>
#include <cstddef>

namespace culprit {
namespace {

// Up to eight bytes as one number, so that a word is compared at once. Longer texts are 0.
constexpr std::uint64_t packed(std::string_view word) {
  if (word.size() > 8) return 0;
  std::uint64_t value = 0;
  for (const char byte : word) {
    const bool upper = byte >= 'A' && byte <= 'Z';
    value = value << 8 | static_cast<unsigned char>(upper ? byte - 'A' + 'a' : byte);
  }
  return value;
}

bool same_letters(std::string_view text, std::string_view lower) {
  if (text.size() != lower.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char byte = text[i];
    if ((byte >= 'A' && byte <= 'Z' ? byte - 'A' + 'a' : byte) != lower[i]) return false;
  }
  return true;
}

// pino and bunyan: 10 is trace, 60 fatal; levels of one's own lie between.
Level numbered(std::string_view text) {
  if (text.size() != 2 || text[0] < '1' || text[0] > '6' || text[1] < '0' || text[1] > '9') {
    return Level::none;
  }
  return static_cast<Level>(text[0] - '0');
}

Level long_word(std::string_view text) {
  if (same_letters(text, "emergency")) return Level::fatal;
  if (same_letters(text, "information") || same_letters(text, "informational")) return Level::info;
  return Level::none;
}

}  // namespace

const Field* Event::find(std::string_view name) const {
  for (const Field& field : fields) {
    if (field.name == name) return &field;
  }
  return nullptr;
}

std::string_view name_of(Level level) {
  constexpr std::array<std::string_view, 7> names{"",     "trace", "debug", "info",
                                                  "warn", "error", "fatal"};
  return names[static_cast<std::size_t>(level)];
}

Level level_named(std::string_view text) {
  if (text.size() > 8) return long_word(text);
  switch (packed(text)) {
    case packed("trace"):
    case packed("trc"):
    case packed("verbose"):
    case packed("vrb"):
    case packed("finest"):
    case packed("finer"):
    case packed("t"):
    case packed("v"): return Level::trace;
    case packed("debug"):
    case packed("dbg"):
    case packed("debu"):
    case packed("debg"):
    case packed("fine"):
    case packed("d"): return Level::debug;
    case packed("info"):
    case packed("inf"):
    case packed("notice"):
    case packed("success"):
    case packed("i"): return Level::info;
    case packed("warn"):
    case packed("warning"):
    case packed("wrn"):
    case packed("w"): return Level::warn;
    case packed("error"):
    case packed("err"):
    case packed("erro"):
    case packed("severe"):
    case packed("e"): return Level::error;
    case packed("fatal"):
    case packed("ftl"):
    case packed("fata"):
    case packed("critical"):
    case packed("crit"):
    case packed("panic"):
    case packed("pani"):
    case packed("dpanic"):
    case packed("emerg"):
    case packed("alert"):
    case packed("f"):
    case packed("c"): return Level::fatal;
    default: return numbered(text);
  }
}

}  // namespace culprit
