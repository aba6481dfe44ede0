// A Command is one verb on the command line, described by plain values.
//
// The table of all commands is cli/commands.cpp; a command's file holds its flags, its run() and
// its printing, nothing else. Only cli/flags.cpp knows the library that parses flags, because that
// library takes longer to compile than all of cli/.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/world.h"

namespace culprit {

struct Flag {
  std::string_view name;   // "--bad"
  std::string_view value;  // "EXPR"; empty: a switch
  std::string_view help;
  bool repeated = false;
};

// What the user gave. `words` are the positional ones; `rest` is what stands after `--`.
struct Arguments {
  std::map<std::string, std::vector<std::string>, std::less<>> flags;
  std::vector<std::string> words;
  std::vector<std::string> rest;

  bool has(std::string_view flag) const { return flags.contains(flag); }
  std::string value(std::string_view flag, std::string_view otherwise = "") const;
};

// How to write: decided once, by main.
struct Terminal {
  bool tty = false;  // standard output is a terminal
  bool colour = false;
  std::size_t columns = 100;
  bool progress = false;  // standard error is a terminal
};

struct Session {
  World& world;
  Terminal terminal;
  std::string line;     // the command line, for the case
  std::string program;  // the path of this program; empty: not known
};

// The exit codes of the command line contract (DESIGN).
enum class Exit : int {
  found = 0,
  nothing = 1,
  usage = 2,
  unreadable = 3,
  denied = 4,
  remote = 5,
  timed_out = 124,
  untestable = 125,
  interrupted = 130,
};

struct Command {
  std::string_view name;
  std::string_view words;    // "SOURCE..." in the usage line
  std::string_view summary;  // one line of `culprit --help`
  std::string_view details;  // below the flags of `culprit NAME --help`; with an example
  std::vector<Flag> flags;
  Result<Exit> (*run)(const Arguments& arguments, Session& session);
};

std::span<const Command> commands();

// Parsed flags, or the text that --help or a mistake calls for.
struct Parsed {
  const Command* command = nullptr;
  Arguments arguments;
  std::string text;  // not empty: print it and stop
  Exit exit = Exit::found;
};
Parsed parse_command_line(const std::vector<std::string>& words);

// Writes to standard output; an Error once the reader is gone (a closed pipe is no failure).
Status print(std::string_view text);

// Writes to standard error what can be written: a terminal may have been closed meanwhile, which
// is no reason to stop.
void say(std::string_view text);

}  // namespace culprit
