#include <algorithm>

#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/json_text.h"
#include "cli/progress.h"
#include "cli/sources.h"
#include "cli/text.h"
#include "workbench/inputs.h"

namespace culprit {
namespace {

constexpr std::size_t label_columns = 11;
constexpr std::size_t name_bytes = 200;
constexpr std::size_t fields_shown = 24;  // a screen; --json has all

std::string json_list(const std::vector<std::string>& texts) {
  std::string json;
  for (const std::string& text : texts) json += (json.empty() ? "" : ",") + json_string(text);
  return "[" + json + "]";
}

std::string json_time(Time time) { return time == no_time ? "null" : json_string(to_string(time)); }

std::string json_of(const InputField& field) {
  return fmt::format(R"({{"name":{},"type":{},"distinct":{},"exact":{},"events":{}}})",
                     json_string(field.name), json_string(field.type),
                     field.distinct == 0 ? "null" : std::to_string(field.distinct), !field.many,
                     field.events);
}

std::string json_of(const Input& input) {
  const SourceSummary& source = input.source;
  std::string fields;
  for (const InputField& field : input.fields)
    fields += (fields.empty() ? "" : ",") + json_of(field);
  std::string json = fmt::format(
      R"({{"source":{},"format":{},"packing":{},"bytes":{},"events":{},"from":{},"to":{},)"
      R"("zone":{},"zone_assumed":{},"fields":[{}],"correlation":{},"could_fail":{},)"
      R"("skipped_lines":{},)",
      json_string(source.name), json_string(source.format), json_string(source.packing),
      source.bytes, source.events, json_time(source.from), json_time(source.to),
      json_string(input.zone), source.zone_assumed, fields, json_list(input.correlation),
      json_list(input.could_fail), source.skipped);
  if (source.skipped > 0) {
    json += fmt::format(R"("first_skipped":{{"line":{},"text":{}}},)", source.first_skipped_line,
                        json_string(source.first_skipped));
  } else {
    json += R"("first_skipped":null,)";
  }
  const std::string fault = source.fault.empty() ? "null" : json_string(source.fault);
  const std::string copy_of = source.copy_of.empty() ? "null" : json_string(source.copy_of);
  std::string notes;
  for (const SourceNote& note : source.notes) {
    notes += fmt::format(R"({}{{"code":{},"text":{}}})", notes.empty() ? "" : ",",
                         json_string(note.code), json_string(note.text));
  }
  return json + fmt::format(R"("fault":{},"copy_of":{},"notes":[{}]}})", fault, copy_of, notes);
}

std::string line(std::string_view label, std::string_view text, std::size_t columns) {
  const std::string whole = fmt::format("{:<{}}{}", label, label_columns, text);
  return wrapped(whole, columns, label_columns) + "\n";
}

std::string joined(const std::vector<std::string>& texts) {
  std::string text;
  for (const std::string& one : texts) {
    text += (text.empty() ? "" : ", ") + safe(one, name_bytes);
  }
  return text;
}

std::string fields_text(const std::vector<InputField>& fields) {
  std::string text;
  for (std::size_t i = 0; i < std::min(fields.size(), fields_shown); ++i) {
    const InputField& field = fields[i];
    text += text.empty() ? "" : ", ";
    text += safe(field.name, name_bytes);
    if (field.type == "time") continue;
    const std::string count = field.distinct == 0
                                  ? ""
                                  : fmt::format(" {}{}", field.many ? "over " : "",
                                                figure(static_cast<double>(field.distinct)));
    if (!count.empty() || field.type == "number") {
      text += fmt::format(" ({}{})", field.type, count);
    }
  }
  if (fields.size() > fields_shown)
    text += fmt::format(" and {} more", fields.size() - fields_shown);
  return text;
}

std::string zone_text(const Input& input) {
  if (input.zone == "written") return "its times name their zone";
  const std::string_view why =
      input.source.zone_assumed ? "taken, none is written; see --tz" : "--tz";
  return fmt::format("{} ({})", input.zone, why);
}

std::string notes_text(const SourceSummary& source, std::size_t columns) {
  std::string text;
  for (const SourceNote& note : source.notes) text += line("note", safe(note.text, 1000), columns);
  return text;
}

std::string text_of(const Input& input, const Terminal& terminal) {
  const SourceSummary& source = input.source;
  const std::size_t columns = terminal.columns;
  std::string text = safe(source.name, columns) + "\n";
  if (!source.fault.empty()) text += line("unread", safe(source.fault, 1000), columns);
  if (source.format.empty() || !source.copy_of.empty()) return text + notes_text(source, columns);
  const std::string packed = source.packing.empty() ? "" : ", " + source.packing;
  text += line("format", source.format + packed, columns);
  text += line("events",
               fmt::format("{} in {} bytes", figure(static_cast<double>(source.events)),
                           figure(static_cast<double>(source.bytes))),
               columns);
  if (source.from != no_time) {
    text += line("time", fmt::format("{} to {}", to_string(source.from), to_string(source.to)),
                 columns);
    text += line("zone", zone_text(input), columns);
  }
  if (!input.fields.empty()) text += line("fields", fields_text(input.fields), columns);
  if (!input.correlation.empty()) text += line("joined by", joined(input.correlation), columns);
  text += line("failure",
               input.could_fail.empty()
                   ? "no field tells it; messages that speak of failure are asked, or --bad"
                   : joined(input.could_fail),
               columns);
  if (source.skipped > 0) {
    text += line("skipped",
                 fmt::format("{} line{}, the first is line {}: {}", source.skipped,
                             source.skipped == 1 ? "" : "s", source.first_skipped_line,
                             safe(source.first_skipped, 200)),
                 columns);
  }
  return text + notes_text(source, columns);
}

Result<Exit> run(const Arguments& arguments, Session& session) {
  GatherOptions options = TRY(gather_options(arguments, session.world));
  Progress progress(session);
  options.progress = progress.callback();
  const std::vector<Input> inputs = TRY(inspect_inputs(session.world, options));
  progress.clear();
  std::string text;
  for (const Input& input : inputs) {
    const bool json = arguments.has("--json");
    if (!text.empty()) text += json ? "," : "\n";
    text += json ? json_of(input) : text_of(input, session.terminal);
  }
  if (arguments.has("--json"))
    text = fmt::format("{{\"schema_version\":1,\"sources\":[{}]}}\n", text);
  TRY(print(text));
  const bool events = std::any_of(inputs.begin(), inputs.end(),
                                  [](const Input& input) { return input.source.events > 0; });
  return events ? Exit::found : Exit::nothing;
}

}  // namespace

Command inputs_command() {
  std::vector<Flag> flags;
  for (const Flag& flag : source_flags()) {
    const bool reads = flag.name == "--tz" || flag.name == "--format" || flag.name == "--memory" ||
                       flag.name == "--threads";
    if (reads) flags.push_back(flag);
  }
  flags.push_back({"--json", "", "one object, an entry a source (see docs/json.md)"});
  return {"inputs",
          "SOURCE... [flags]",
          "what was recognised in each source: format, times, fields, ids, failures",
          "The first thing to run when an answer looks odd. Exit 0: there are events; 1: none.\n\n"
          "  culprit inputs /var/log/nginx logs/*.gz\n"
          "  journalctl -o json | culprit inputs -",
          std::move(flags),
          run};
}

}  // namespace culprit
