// The verb `logs`: sources in, their lines out one after the other, in the order of time.
//
// The lines of an instant are there at once however long the sources are, unless something has to
// be known about the whole of them first: templates (their ids are those of `investigate`), whole
// units, the newest event of packed sources.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/world.h"
#include "contrast/templates.h"
#include "store/gather.h"
#include "store/merge.h"
#include "workbench/moment.h"

namespace culprit {

struct LogsOptions {
  GatherOptions gather;  // its window does not count: see since and until
  std::optional<Moment> since;
  std::optional<Moment> until;
  std::optional<Moment> at;
  Duration around = std::chrono::seconds(30);  // on either side of `at`
  std::optional<Expr> where;
  bool whole_units = false;       // `where` is about units, and all their events are wanted
  std::string template_id;        // empty: any
  Level level = Level::none;      // at least that
  bool details = false;           // rows say their template and fields
  std::function<void()> waiting;  // called now and then while no row is found; may be empty
};

// Valid until the next one is asked for.
struct LogRow {
  const Record* record = nullptr;
  const Source* source = nullptr;
  // With details:
  const Template* pattern = nullptr;  // null: there is no message
  std::vector<Field> fields;          // then the slots of the message
};

struct LogsSummary {
  std::uint64_t rows = 0;
  MergeCounts counts;
  Window window;                           // that was asked for
  std::vector<std::string> faults;         // sources that could not be read (to their end), and why
  std::vector<std::string> zone_assumed;   // sources whose times name no zone
  std::optional<std::size_t> units;        // found, where whole units were asked for
  std::vector<std::string> unit_fields;    // that join events to units; empty: nothing does
  std::vector<std::string> unseen_fields;  // that `where` asks for and no event had
};

class LogView {
 public:
  // Errors: nothing can be read, an unknown template, a time that needs others, interrupted.
  static Result<LogView> open(World& world, LogsOptions options);
  LogView(LogView&& other) noexcept;
  LogView& operator=(LogView&& other) noexcept;
  ~LogView();

  const std::vector<Source>& sources() const;
  Result<std::optional<LogRow>> next();  // nothing: the end
  LogsSummary summary() const;           // complete at the end
  // First and last time in the sources, as far as that can be seen without reading all.
  Result<Window> evidence() const;

 private:
  struct State;
  explicit LogView(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace culprit
