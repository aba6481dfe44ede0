// An Event is one structured observation: something happened, at a time, with these fields.
//
// Every source of evidence (a log line, a span, a request that a load generator made) becomes
// Events, and everything downstream speaks only of Events. An Event is a view: its bytes belong
// to the line it was read from and to the parser's Scratch, and it must not outlive either.
// Time, level and message are told apart from the other fields because every judgement needs
// them; they appear in `fields` too, under the name that the source gave them.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "base/time.h"

namespace culprit {

// What a value was in its source. Text that spells a number ("500") is text here; whoever
// compares values treats both alike (DESIGN, "Units").
enum class Kind : std::uint8_t { text, number, boolean, null };

struct Field {
  std::string_view name;   // dotted where the source nests: "http.status"
  std::string_view value;  // unescaped; a null's value is "null", a boolean's "true" or "false"
  Kind kind = Kind::text;
};

// Severity, in the order of the syslog tradition. `none`: the event does not say.
enum class Level : std::uint8_t { none, trace, debug, info, warn, error, fatal };

// Adds a field member by member: g++ 12 puts a whole one together on the stack and reads it from
// there before it can, which takes longer than all the rest of reading a short value.
inline void add_field(std::vector<Field>& fields, std::string_view name, std::string_view value,
                      Kind kind) {
  Field& field = fields.emplace_back();
  field.name = name;
  field.value = value;
  field.kind = kind;
}

struct Event {
  Time time = no_time;  // no_time: the event does not say when
  Level level = Level::none;
  std::string_view message;  // the words meant for a reader; empty: none
  std::span<const Field> fields;
  // A hash of the names of `fields` in their order, where the reader knows it at no cost; 0:
  // unknown. Of any two events of one program that have the same, the fields have the same names.
  std::uint64_t names = 0;

  // `names_hash`: see `names`, which it sets too, so that it never is that of other fields.
  void set_fields(std::span<const Field> all, std::uint64_t names_hash = 0) {
    fields = all;
    names = names_hash;
  }

  // The first field of that name, or nullptr.
  const Field* find(std::string_view name) const;
};

// What a unit turned out to be. What cannot be judged has no Outcome (std::optional), as the
// exit code 125 of git bisect's test says "skip".
enum class Outcome : std::uint8_t { good, bad };

std::string_view name_of(Level level);     // "error"; "none" is empty
Level level_named(std::string_view text);  // any case, "WARNING", "E", "ERR", pino's "50"; none

}  // namespace culprit
