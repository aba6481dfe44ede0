#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <deque>

#include "base/closest.h"
#include "cli/command.h"

namespace culprit {
namespace {

constexpr std::string_view version = CULPRIT_VERSION;

std::string overview() {
  std::string text =
      "culprit finds what broke production: when, who is hit, what changed, what the logs say.\n\n"
      "  culprit investigate logs/ --repo .      the whole answer on one screen\n\n"
      "Commands:\n";
  for (const Command& command : commands()) {
    text += fmt::format("  {:<13}{}\n", command.name, command.summary);
  }
  return text +
         "\nculprit COMMAND --help says more. Data goes to standard output, all else to standard "
         "error.\nExit: 0 answer found, 1 no finding, 2 usage, 3 unreadable, 4 no permission.\n";
}

std::string help_of(const Command& command) {
  std::string text =
      fmt::format("usage: culprit {} {}\n\n{}\n\n", command.name, command.words, command.summary);
  for (const Flag& flag : command.flags) {
    const std::string name = fmt::format("{} {}", flag.name, flag.value);
    text += fmt::format("  {:<22}{}\n", name, flag.help);
  }
  return text + fmt::format("\n{}\n", command.details);
}

Parsed mistake(std::string text) {
  Parsed parsed;
  parsed.text = std::move(text);
  parsed.exit = Exit::usage;
  return parsed;
}

Parsed told(std::string text) {
  Parsed parsed;
  parsed.text = std::move(text);
  return parsed;
}

// The flag nearest to one that does not exist.
std::string suggestion(const Command& command, const std::string& unknown) {
  std::vector<std::string_view> names;
  for (const Flag& flag : command.flags) names.push_back(flag.name);
  const std::string_view nearest = closest(unknown, names);
  if (nearest.empty()) return fmt::format("  try: culprit {} --help\n", command.name);
  return fmt::format("  did you mean {}?\n", nearest);
}

// What the library says of a flag without its value names types, not what the help calls it.
std::string complaint(const Command& command, std::string_view what) {
  for (const Flag& flag : command.flags) {
    if (!what.starts_with(fmt::format("{}:", flag.name)) || flag.value.empty()) continue;
    return fmt::format("{} needs {}: {}", flag.name, flag.value, flag.help);
  }
  return std::string(what);
}

Parsed parse_flags(const Command& command, std::vector<std::string> words) {
  Parsed parsed;
  parsed.command = &command;
  const auto dashes = std::find(words.begin(), words.end(), "--");
  if (dashes != words.end()) {
    parsed.arguments.rest.assign(dashes + 1, words.end());
    words.erase(dashes, words.end());
  }
  CLI::App app;
  app.set_help_flag();
  std::deque<std::vector<std::string>> values(command.flags.size());
  std::deque<bool> switches(command.flags.size(), false);
  std::vector<CLI::Option*> options;
  for (std::size_t i = 0; i < command.flags.size(); ++i) {
    const Flag& flag = command.flags[i];
    const std::string name(flag.name);
    if (flag.value.empty()) {
      options.push_back(app.add_flag(name));
    } else {
      options.push_back(app.add_option(name, values[i])->expected(1)->take_last());
      if (flag.repeated) options.back()->take_all();
      options.back()->allow_extra_args(false);
    }
  }
  app.allow_extras();
  std::reverse(words.begin(), words.end());
  try {
    app.parse(words);
  } catch (const CLI::ParseError& fault) {
    return mistake(fmt::format("culprit {}: {}\n  try: culprit {} --help\n", command.name,
                               complaint(command, fault.what()), command.name));
  }
  for (const std::string& word : app.remaining()) {
    if (word.size() > 1 && word.front() == '-') {
      return mistake(fmt::format("culprit {}: there is no flag {}\n{}", command.name, word,
                                 suggestion(command, word)));
    }
    parsed.arguments.words.push_back(word);
  }
  for (std::size_t i = 0; i < command.flags.size(); ++i) {
    if (options[i]->count() == 0) continue;
    parsed.arguments.flags[std::string(command.flags[i].name)] = values[i];
  }
  return parsed;
}

}  // namespace

std::string Arguments::value(std::string_view flag, std::string_view otherwise) const {
  const auto found = flags.find(flag);
  if (found == flags.end() || found->second.empty()) return std::string(otherwise);
  return found->second.back();
}

Parsed parse_command_line(const std::vector<std::string>& words) {
  if (words.empty()) return mistake(overview());
  if (words[0] == "--help" || words[0] == "-h" || words[0] == "help") {
    if (words.size() < 2) return told(overview());
    return parse_command_line({words[1], "--help"});
  }
  if (words[0] == "--version") return told(fmt::format("culprit {}\n", version));
  std::vector<std::string_view> names;
  for (const Command& command : commands()) {
    names.push_back(command.name);
    if (command.name != words[0]) continue;
    const auto end = std::find(words.begin(), words.end(), "--");
    const bool help = std::any_of(words.begin(), end, [](const std::string& word) {
      return word == "--help" || word == "-h";
    });
    if (help) return told(help_of(command));
    return parse_flags(command, {words.begin() + 1, words.end()});
  }
  const std::string_view nearest = closest(words[0], names);
  return mistake(fmt::format("culprit: there is no command {}\n{}", words[0],
                             nearest.empty()
                                 ? "  try: culprit --help\n"
                                 : fmt::format("  did you mean culprit {}?\n", nearest)));
}

}  // namespace culprit
