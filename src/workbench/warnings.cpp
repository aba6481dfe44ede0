#include "workbench/warnings.h"

#include <fmt/format.h>

#include "workbench/source_notes.h"

namespace culprit {

void warn(Investigation& made, std::string code, std::string source, std::string text) {
  made.warnings.push_back({std::move(code), std::move(source), std::move(text)});
}

void warn_of_sources(Investigation& made) {
  SourceNotes notes;
  for (const SourceSummary& source : made.schema.sources) {
    if (!source.fault.empty()) warn(made, "unreadable", source.name, source.fault);
    notes.add(source.name, source.notes);
    if (source.skipped > 0) {
      warn(made, "skipped_lines", source.name,
           fmt::format("{} of {} lines could not be read, first {}:{}: {}", source.skipped,
                       source.skipped + source.events, source.name, source.first_skipped_line,
                       source.first_skipped));
    }
    if (source.zone_assumed && source.events > 0) {
      warn(made, "zone_assumed", source.name,
           fmt::format("{}: its times name no zone and were taken as UTC; --tz names another",
                       source.name));
    }
  }
  if (made.schema.untimed_events > 0) {
    warn(made, "untimed", "",
         fmt::format("{} events carry no time and cannot be placed", made.schema.untimed_events));
  }
  const std::vector<Warning> told = notes.told();
  made.warnings.insert(made.warnings.end(), told.begin(), told.end());
  if (!made.schema.exact) {
    warn(made, "sampled", "",
         made.schema.failures_exact
             ? "successful units were sampled to stay within --memory; failing ones are all there"
             : "units were sampled to stay within --memory, failing ones too: their numbers are "
               "estimates; a larger --memory makes them exact");
  }
}

// With a misspelt field nothing fails, which must not pass for good news.
void warn_of_fields(Investigation& made, const GatherOptions& options) {
  const auto look = [&](std::string_view flag, const std::string& name) {
    if (name == "level" || name == "message" || made.schema.field(name) != nullptr) return;
    warn(made, "unknown_field", "", fmt::format("{} names {}, which no event has", flag, name));
  };
  if (made.schema.events == 0) return;
  if (options.unit_field != "line" && !options.unit_field.empty()) {
    look("--unit", options.unit_field);
  }
  if (options.bad) {
    for (const std::string& name : fields_of(*options.bad)) look("--bad", name);
  }
  if (options.good) {
    for (const std::string& name : fields_of(*options.good)) look("--good", name);
  }
}

}  // namespace culprit
