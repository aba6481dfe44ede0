// Differences are what turns one text into another, as single changes that can be applied or not.
//
// Two configurations, environments, command lines, lists of versions, JSON documents, HTTP requests
// or plain texts become a list of changes, each with a name that a person reads, and a function
// that writes the text with any of them applied: with none it is GOOD, with all it is BAD, byte for
// byte. A change is what somebody would take back by itself: the version of one package wherever it
// stands, one variable, one node of a document. What cannot stand alone brings what it stands in: a
// setting its section, a node its parents. Comments and empty lines are one change together.
//
// Where GOOD is empty, each line or node of BAD is a change: an input is shrunk then.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace culprit {

enum class DifferenceKind : std::uint8_t {
  environment,   // NAME=value
  flags,         // words of a command line
  settings,      // INI, properties, TOML, YAML: a key and its value a line
  json,          // nodes
  package_lock,  // package-lock.json
  requirements,  // pip's
  go_mod,
  apt,   // "name version" or "name=version"
  http,  // a request
  lines,
};

struct Differences {
  DifferenceKind kind = DifferenceKind::lines;
  std::vector<std::string> names;  // one for each change
  // What each sets, without values: "API_TOKEN", "$.db.password". Empty: it has no such name, as
  // versions and lines have none.
  std::vector<std::string> subjects;
  std::string note = {};  // what was not broken up, and why; empty: all was
  // As many flags as there are names.
  std::function<std::string(const std::vector<bool>& applied)> text_with;
};

constexpr std::size_t differences_bytes_max = 64 << 20;
// Half a million nodes of JSON take 300 MB.
constexpr std::size_t differences_max = 500'000;

// By the file's name, else by what is in it.
DifferenceKind kind_of(std::string_view good, std::string_view bad, std::string_view name);

// Errors: malformed, where one of the texts is not what `kind` says, with its place; usage, where
// there are too many. Equal texts have no differences.
Result<Differences> differences_of(std::string_view good, std::string_view bad,
                                   DifferenceKind kind);

// What is no text at all in the notation of another one: "{}" where that is an object of JSON or a
// document of YAML, "[]" where it is a list of these; else nothing.
std::string nothing_like(std::string_view text, DifferenceKind kind);

std::string_view name_of(DifferenceKind kind);  // "env", "flags", "config", "json", ...
Result<DifferenceKind> difference_kind(std::string_view name);  // Error: usage

// Words of a command line, as a shell would cut them; of NAME=value lines the last of each name.
std::vector<std::string> flag_words(std::string_view text);
std::vector<std::pair<std::string, std::string>> variables_in(std::string_view text);

// Those whose value a shell would make another one of: it has a $NAME or ${NAME}. Each once.
std::vector<std::string> referring_variables(std::string_view text);

}  // namespace culprit
