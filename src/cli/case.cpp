#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "case/case.h"
#include "cli/commands.h"
#include "cli/json_text.h"
#include "cli/text.h"

namespace culprit {
namespace {

// Wide enough for any line of a stored report; a terminal wraps what is longer.
constexpr std::size_t columns_unbounded = 1 << 20;

// "2025-11-20T14:03:12Z": nobody asks at which millisecond a note was taken.
std::string second_text(Time time) {
  return to_string(std::chrono::floor<std::chrono::seconds>(time)).substr(0, 19) + "Z";
}

std::string entries_text(std::int64_t count) {
  return fmt::format("{} entr{}", count, count == 1 ? "y" : "ies");
}

// Lines as they were, without what could drive the terminal.
std::string safe_lines(std::string_view text) {
  std::string lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    lines += safe(text.substr(0, end), columns_unbounded) + "\n";
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

std::string json_of(const CaseState& state) {
  return fmt::format(R"({{"id":{},"opened":"{}","closed":{},"entries":{},"summary":{}}})",
                     json_string(state.id), to_string(state.opened),
                     state.closed ? json_string(to_string(*state.closed)) : "null", state.entries,
                     json_string(state.summary));
}

std::string json_of(const Entry& entry) {
  return fmt::format(R"("number":{},"time":"{}","kind":{},"command":{},"summary":{})", entry.number,
                     to_string(entry.time), json_string(entry.kind), json_string(entry.command),
                     json_string(entry.summary));
}

Result<Exit> list(const Arguments& arguments, Session& session) {
  const std::vector<CaseState> states = TRY(Case::list(session.world, ""));
  std::string text;
  if (arguments.has("--json")) {
    for (const CaseState& state : states) text += (text.empty() ? "" : ",") + json_of(state);
    text = fmt::format("{{\"schema_version\":1,\"cases\":[{}]}}\n", text);
  } else {
    std::size_t width = 0;
    for (const CaseState& state : states) width = std::max(width, state.id.size());
    for (const CaseState& state : states) {
      const std::string line = fmt::format("{:<{}}  {}  {:>10}  {}  {}", state.id, width,
                                           second_text(state.opened), entries_text(state.entries),
                                           state.closed ? "closed" : "open  ", state.summary);
      text += safe(line, session.terminal.columns) + "\n";
    }
    if (states.empty()) text = "no case yet\n";
  }
  TRY(print(text));
  return states.empty() ? Exit::nothing : Exit::found;
}

// Which case and which of its entries `show` is asked for: "[ID] [N]".
struct Wanted {
  std::string id;
  std::optional<std::int64_t> number;
};

Result<Wanted> wanted_of(const Arguments& arguments) {
  Wanted wanted;
  wanted.id = arguments.value("--case");
  for (std::size_t i = 1; i < arguments.words.size(); ++i) {
    const std::string& word = arguments.words[i];
    std::int64_t number = 0;
    const auto read = std::from_chars(word.data(), word.data() + word.size(), number);
    if (read.ec == std::errc() && read.ptr == word.data() + word.size() && !wanted.number) {
      wanted.number = number;
    } else if (wanted.id.empty()) {
      wanted.id = word;
    } else {
      Error surplus = error(Fault::usage, "culprit case show takes one case and one number");
      surplus.advice = fmt::format("culprit case show {} 1", wanted.id);
      return surplus;
    }
  }
  return wanted;
}

Result<std::string> overview(const Case& found, const Arguments& arguments, Session& session) {
  const CaseState state = TRY(found.state());
  const std::vector<Entry> entries = TRY(found.entries());
  if (arguments.has("--json")) {
    std::string list;
    for (const Entry& entry : entries) {
      list += fmt::format("{}{{{}}}", list.empty() ? "" : ",", json_of(entry));
    }
    return fmt::format("{{\"schema_version\":1,\"case\":{},\"entries\":[{}]}}\n", json_of(state),
                       list);
  }
  std::string text =
      fmt::format("{}  {} since {}, {}\n", state.id, state.closed ? "closed" : "open",
                  second_text(state.closed.value_or(state.opened)), entries_text(state.entries));
  const std::size_t columns = session.terminal.columns;
  for (const Entry& entry : entries) {
    text += safe(fmt::format("{:>4}  {}  {:<11}  {}", entry.number, second_text(entry.time),
                             entry.kind, entry.summary),
                 columns) +
            "\n";
    if (!entry.command.empty()) {
      text += safe(fmt::format("{:>6}$ {}", "", entry.command), columns) + "\n";
    }
  }
  return text;
}

Result<std::string> one_entry(const Case& found, std::int64_t number, const Arguments& arguments) {
  const Entry entry = TRY(found.entry(number));
  if (arguments.has("--json")) {
    // Without the newline that it was printed with.
    const std::string result = entry.result.substr(0, entry.result.find_last_not_of(" \n") + 1);
    return fmt::format("{{\"schema_version\":1,\"case\":{},{},\"result\":{},\"report\":{}}}\n",
                       json_string(found.id()), json_of(entry), result.empty() ? "null" : result,
                       json_string(entry.report));
  }
  std::string text = fmt::format("{}  {}\n", second_text(entry.time), entry.kind);
  if (!entry.command.empty()) text += fmt::format("$ {}\n", entry.command);
  return safe_lines(text + "\n" + (entry.report.empty() ? entry.summary : entry.report));
}

Result<Exit> show(const Arguments& arguments, Session& session) {
  const Wanted wanted = TRY(wanted_of(arguments));
  const Case found = TRY(Case::open(session.world, {"", wanted.id, Case::Missing::fails}));
  const std::string text = TRY(wanted.number ? one_entry(found, *wanted.number, arguments)
                                             : overview(found, arguments, session));
  TRY(print(text));
  return Exit::found;
}

Result<Exit> note(const Arguments& arguments, Session& session) {
  Entry entry;
  entry.kind = "note";
  entry.time = time_of_record(session.world);
  for (std::size_t i = 1; i < arguments.words.size(); ++i) {
    entry.summary += (i > 1 ? " " : "") + arguments.words[i];
  }
  if (entry.summary.empty()) {
    Error empty = error(Fault::usage, "the note is empty");
    empty.advice = "culprit case note 'the pool was resized at 14:00'";
    return empty;
  }
  Case found =
      TRY(Case::open(session.world, {"", arguments.value("--case"), Case::Missing::is_made}));
  const std::int64_t number = TRY(found.append(entry));
  if (arguments.has("--json")) {
    const Entry kept = TRY(found.entry(number));
    TRY(print(fmt::format("{{\"schema_version\":1,\"case\":{},{}}}\n", json_string(found.id()),
                          json_of(kept))));
  }
  return Exit::found;
}

struct Verb {
  std::string_view name;
  Result<Exit> (*run)(const Arguments& arguments, Session& session);
};
constexpr Verb verbs[] = {{"list", list}, {"show", show}, {"note", note}};

Result<Exit> run(const Arguments& arguments, Session& session) {
  const std::string wanted = arguments.words.empty() ? "list" : arguments.words.front();
  for (const Verb& verb : verbs) {
    if (verb.name == wanted) return verb.run(arguments, session);
  }
  Error unknown = error(Fault::usage, "culprit case cannot {}", wanted);
  unknown.advice = "culprit case list, show or note";
  return unknown;
}

}  // namespace

Command case_command() {
  return {
      "case",
      "list | show [ID] [N] | note TEXT... [flags]",
      "what was asked so far, and what came out",
      "Every run is kept in a case, in the folder .culprit: of the repository, else of the\n"
      "working directory. `show` lists the entries of the open case, or of case ID, of which a\n"
      "part will do; with a number it prints that entry as it was shown. Secrets are masked\n"
      "before anything is stored. Exit 1: there is no case yet.\n\n"
      "  culprit case list\n"
      "  culprit case show 3\n"
      "  culprit case note 'rolled back v1.9.0 at 14:20'",
      {{"--case", "ID", "which case (the newest open one); `note` makes it if need be"},
       {"--json", "", "one object (see docs/json.md)"}},
      run};
}

}  // namespace culprit
