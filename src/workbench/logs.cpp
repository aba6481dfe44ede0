#include "workbench/logs.h"

#include <algorithm>

#include "store/embedded/evidence.h"
#include "store/embedded/matching.h"
#include "workbench/log_templates.h"
#include "workbench/slotted_event.h"
#include "workbench/source_clock.h"
#include "workbench/source_notes.h"
#include "workbench/unit_selection.h"

namespace culprit {
namespace {

constexpr std::size_t sample_kept = 32 << 10;  // enough for the first times; thousands of sources

// What was asked for, and the part of it that `investigate` would have read.
struct Windows {
  Window shown;
  Window read;
};

Result<Windows> windows_of(World& world, const std::vector<Source>& sources,
                           const LogsOptions& options) {
  SourceClock clock(world, sources, options.gather);
  Windows windows;
  windows.read = TRY(clock.window_between(options.since, options.until));
  windows.shown = windows.read;
  if (options.at) {
    const Time at = TRY(clock.reached(*options.at));
    windows.shown.from = std::max(windows.shown.from, at - options.around);
    windows.shown.to = std::min(windows.shown.to, at + options.around + Duration{1});
  }
  return windows;
}

}  // namespace

struct LogView::State {
  State(World& w, LogsOptions o) : world(w), options(std::move(o)) {}

  Status prepare();
  Status fix_clocks();
  void ask_indexes(MergeOptions& merging);
  bool wanted(const Event& event);
  bool filtered() const {
    return options.where || options.level != Level::none || !options.template_id.empty();
  }
  void note_fields(const SlottedEvent& event);
  void fill(LogRow& row);

  World& world;
  LogsOptions options;
  std::vector<Source> sources;
  Windows windows;
  UnitRule unit;
  std::optional<LogTemplates> templates;
  std::unordered_set<std::uint64_t> skeletons;  // of the template that was asked for
  std::optional<UnitSelection> units;
  std::optional<Merge> merge;
  SkeletonScratch filter_scratch;
  std::vector<std::string> unseen_fields;  // of `where`, so far

  Record record;  // that the latest row shows
  Scratch scratch;
  SkeletonScratch skeleton_scratch;
  std::uint64_t rows = 0;
};

Status LogView::State::prepare() {
  sources = TRY(find_sources(world, options.gather));
  if (options.gather.clocks == GatherOptions::Clocks::fixed) {
    TRY(fix_clocks());
  }
  if (filtered()) unit = find_units(sources, options.gather);
  for (Source& source : sources) {
    source.sample.resize(std::min(source.sample.size(), sample_kept));
    source.sample.shrink_to_fit();
  }
  windows = TRY(windows_of(world, sources, options));
  SweepOptions sweeping{windows.read, options.gather.threads, options.gather.progress};
  if (options.details || !options.template_id.empty()) {
    templates = TRY(LogTemplates::find(world, sources, sweeping));
  }
  if (!options.template_id.empty()) skeletons = TRY(templates->skeletons_of(options.template_id));
  sweeping.window = windows.shown;
  if (options.whole_units) {
    units = TRY(UnitSelection::find(world, sources, unit, *options.where, sweeping));
  }
  if (options.where) unseen_fields = fields_of(*options.where);
  MergeOptions merging;
  merging.selection.window = windows.shown;
  merging.selection.unreadable = !filtered();
  if (filtered()) {
    merging.selection.keep = [this](const Source&, const Event& event) { return wanted(event); };
  }
  if (filtered() && !options.whole_units) ask_indexes(merging);
  merging.waiting = options.waiting;
  merge.emplace(world, sources, std::move(merging));
  return ok();
}

// What an earlier investigation has left says where the events stand that are asked for.
void LogView::State::ask_indexes(MergeOptions& merging) {
  if (options.gather.clocks == GatherOptions::Clocks::fixed) return;
  const EventQuestion question{options.where, options.level, windows.shown};
  for (Source& source : sources) {
    auto matching = matching_ranges(world, options.gather, unit, source, question);
    merging.ranges.emplace_back();
    if (!matching) continue;
    merging.ranges.back() = std::move(matching->ranges);
    std::erase_if(unseen_fields,
                  [&](const std::string& name) { return matching->fields.contains(name); });
  }
}

// All is read once to see what the clocks differ by.
Status LogView::State::fix_clocks() {
  const Evidence evidence = TRY(read_evidence(world, options.gather, sources));
  for (std::size_t i = 0; i < sources.size(); ++i) {
    sources[i].dialect.clock_correction = evidence.sources[i].dialect.clock_correction;
    sources[i].notes = evidence.sources[i].notes;
  }
  return ok();
}

bool LogView::State::wanted(const Event& event) {
  const bool by_level = options.level == Level::none || event.level >= options.level;
  if (!options.where && options.template_id.empty()) return by_level;
  const SlottedEvent slotted(event, filter_scratch);
  if (!unseen_fields.empty()) note_fields(slotted);
  if (!by_level) return false;
  if (!options.template_id.empty() && !skeletons.contains(slotted.skeleton())) return false;
  if (!options.where) return true;
  return units ? units->contains(slotted) : slotted.satisfies(*options.where);
}

void LogView::State::note_fields(const SlottedEvent& event) {
  std::erase_if(unseen_fields, [&](const std::string& field) {
    bool seen = false;
    event.each_value(field, [&](std::string_view) {
      seen = true;
      return false;
    });
    return seen;
  });
}

// Reads the line once more for what was not kept of it.
void LogView::State::fill(LogRow& row) {
  const std::string_view text = record.text;
  Event event;
  if (record.reading != Reading::event ||
      read_line(row.source->dialect, text.substr(0, text.find('\n')), scratch, event) !=
          Reading::event) {
    return;
  }
  const SlottedEvent slotted(event, skeleton_scratch);
  row.pattern = templates->of(slotted.skeleton());
  row.fields.assign(event.fields.begin(), event.fields.end());
  row.fields.insert(row.fields.end(), slotted.slots().begin(), slotted.slots().end());
}

LogView::LogView(std::unique_ptr<State> state) : state_(std::move(state)) {}
LogView::LogView(LogView&& other) noexcept = default;
LogView& LogView::operator=(LogView&& other) noexcept = default;
LogView::~LogView() = default;

Result<LogView> LogView::open(World& world, LogsOptions options) {
  VERIFY(!options.whole_units || options.where);
  auto state = std::make_unique<State>(world, std::move(options));
  TRY(state->prepare());
  return LogView(std::move(state));
}

const std::vector<Source>& LogView::sources() const { return state_->sources; }

Result<std::optional<LogRow>> LogView::next() {
  std::optional<Record> record = TRY(state_->merge->next());
  if (!record) return std::optional<LogRow>();
  state_->record = std::move(*record);
  ++state_->rows;
  LogRow row;
  row.record = &state_->record;
  row.source = &state_->sources[state_->record.source];
  if (state_->options.details) state_->fill(row);
  return std::optional<LogRow>(std::move(row));
}

LogsSummary LogView::summary() const {
  LogsSummary summary;
  summary.rows = state_->rows;
  summary.counts = state_->merge->counts();
  summary.window = state_->windows.shown;
  SourceNotes notes;
  for (const Source& source : state_->sources) {
    if (!source.fault.empty()) summary.faults.push_back(source.fault);
    notes.add(source.name, source.notes);
    if (source.counts() && source.dialect.zone_assumed) {
      summary.zone_assumed.push_back(source.name);
    }
  }
  for (const Warning& note : notes.told()) summary.faults.push_back(note.text);
  for (const SourceFault& fault : state_->merge->faults()) {
    summary.faults.push_back(fault.error.what);
  }
  if (state_->units) summary.units = state_->units->size();
  summary.unit_fields = state_->unit.fields;
  summary.unseen_fields = state_->unseen_fields;
  return summary;
}

Result<Window> LogView::evidence() const {
  Window evidence{no_time, no_time};
  for (const Source& source : state_->sources) {
    if (!source.counts()) continue;
    const Time first = first_time(source);
    if (first == no_time) continue;
    evidence.from = evidence.from == no_time ? first : std::min(evidence.from, first);
    evidence.to = std::max(evidence.to, first);
    if (!source.seekable) continue;
    const Time newest = TRY(newest_time(state_->world, source));
    evidence.to = std::max(evidence.to, newest);
  }
  return evidence;
}

}  // namespace culprit
