#include "workbench/logs_follow.h"

#include <algorithm>

#include "workbench/slotted_event.h"
#include "workbench/source_clock.h"
#include "workbench/source_notes.h"

namespace culprit {
namespace {

constexpr std::uint64_t before_bytes = 64 << 10;     // of each source, for the lines before
constexpr std::uint64_t documents_bytes = 16 << 20;  // the most that is read for the same
constexpr std::size_t rows_at_once = 4096;

}  // namespace

struct LogFollow::State {
  State(World& w, LogsOptions o) : world(w), options(std::move(o)) {}

  Status prepare();
  Status take_last(const std::vector<Source>& sources);
  Status take_since();
  Status look();
  bool wanted(const Event& event);
  bool wanted(const Source& source, const Record& record);
  LogRow row_of(const Record& record, const Source& source);

  World& world;
  LogsOptions options;
  std::vector<Source> before;   // as they were when following began
  std::optional<Merge> merge;   // of what there was since the moment
  std::vector<Record> records;  // that the latest rows show
  std::unique_ptr<Follower> follower;
  bool begun = false;
  std::vector<std::string> news;
  Scratch scratch;
  SkeletonScratch skeleton_scratch;
};

Status LogFollow::State::prepare() {
  options.gather.endless = GatherOptions::Endless::left;
  before = TRY(find_sources(world, options.gather));
  TRY(find_ends(world, before));
  SourceNotes notes;
  for (const Source& source : before) {
    if (!source.fault.empty()) news.push_back(source.fault);
    notes.add(source.name, source.notes);
    if (source.counts() && !followable(source) && !source.live && !options.since) {
      news.push_back(fmt::format("{} is packed and not followed", source.name));
    }
  }
  for (const Warning& note : notes.told()) news.push_back(note.text);
  if (options.since) {
    TRY(take_since());
  } else {
    TRY(take_last(before));
  }
  follower = std::make_unique<Follower>(world, options.gather, before);
  return ok();
}

Status LogFollow::State::take_since() {
  SourceClock clock(world, before, options.gather);
  MergeOptions merging;
  merging.selection.window = TRY(clock.window_between(options.since, std::nullopt));
  merging.selection.keep = [this](const Source&, const Event& event) { return wanted(event); };
  merging.selection.unreadable = !options.where && options.level == Level::none;
  merging.waiting = options.waiting;
  merge.emplace(world, before, std::move(merging));
  return ok();
}

Status LogFollow::State::take_last(const std::vector<Source>& sources) {
  const Selection all;
  for (std::uint32_t i = 0; i < sources.size(); ++i) {
    const Source& source = sources[i];
    if (!source.counts() || !followable(source) || source.read_to == 0) continue;
    const bool documents = !source.seekable;  // have to be read from their start
    if (documents && source.read_to > documents_bytes) continue;
    const ByteRange range{source.read_to - std::min(source.read_to, before_bytes), source.read_to};
    LineFeed feed = TRY(LineFeed::open(world, source, documents ? ByteRange{} : range));
    RecordReader reader(std::move(feed), i, source, all, range);
    while (!reader.ended()) {
      std::optional<Record> record = reader.next(1024);
      // One that is not whole is shown when it is.
      if (documents && record && record->reading == Reading::unreadable) continue;
      if (record && wanted(source, *record)) records.push_back(std::move(*record));
    }
  }
  std::stable_sort(records.begin(), records.end(),
                   [](const Record& a, const Record& b) { return a.time < b.time; });
  const std::size_t more = records.size() - std::min(records.size(), lines_before);
  records.erase(records.begin(), records.begin() + static_cast<std::ptrdiff_t>(more));
  return ok();
}

bool LogFollow::State::wanted(const Event& event) {
  if (options.level != Level::none && event.level < options.level) return false;
  if (!options.where) return true;
  return SlottedEvent(event, skeleton_scratch).satisfies(*options.where);
}

// Reads the line once more for its fields.
bool LogFollow::State::wanted(const Source& source, const Record& record) {
  if (!options.where && options.level == Level::none) return true;
  if (record.reading != Reading::event) return false;
  const std::string_view text = record.text;
  Event event;
  return read_line(source.dialect, text.substr(0, text.find('\n')), scratch, event) ==
             Reading::event &&
         wanted(event);
}

LogRow LogFollow::State::row_of(const Record& record, const Source& source) {
  LogRow row;
  row.record = &record;
  row.source = &source;
  const std::string_view text = record.text;
  Event event;
  if (!options.details || record.reading != Reading::event ||
      read_line(source.dialect, text.substr(0, text.find('\n')), scratch, event) !=
          Reading::event) {
    return row;
  }
  const SlottedEvent slotted(event, skeleton_scratch);
  row.fields.assign(event.fields.begin(), event.fields.end());
  row.fields.insert(row.fields.end(), slotted.slots().begin(), slotted.slots().end());
  return row;
}

// The next records, in this order: those that were there, those since the last look.
Status LogFollow::State::look() {
  if (!begun) {
    begun = true;  // the last lines are in `records`
    if (!merge) return ok();
  }
  records.clear();
  while (merge && records.size() < rows_at_once) {
    std::optional<Record> record = TRY(merge->next());
    if (!record) {
      for (const SourceFault& fault : merge->faults()) news.push_back(fault.error.what);
      merge.reset();
      break;
    }
    records.push_back(std::move(*record));
  }
  if (!records.empty()) return ok();
  std::vector<Record> came = TRY(follower->look());
  if (came.empty() && !follower->ended()) world.sleep(Follower::look_every);
  if (interrupted()) return interrupted_error();
  for (Record& record : came) {
    if (wanted(follower->sources()[record.source], record)) records.push_back(std::move(record));
  }
  return ok();
}

LogFollow::LogFollow(std::unique_ptr<State> state) : state_(std::move(state)) {}
LogFollow::LogFollow(LogFollow&& other) noexcept = default;
LogFollow& LogFollow::operator=(LogFollow&& other) noexcept = default;
LogFollow::~LogFollow() = default;

Result<LogFollow> LogFollow::open(World& world, LogsOptions options) {
  auto state = std::make_unique<State>(world, std::move(options));
  TRY(state->prepare());
  return LogFollow(std::move(state));
}

Result<std::vector<LogRow>> LogFollow::next() {
  State& state = *state_;
  TRY(state.look());
  std::vector<LogRow> rows;
  for (const Record& record : state.records) {
    const Source& source = state.follower->sources()[record.source];
    rows.push_back(state.row_of(record, source));
  }
  return rows;
}

bool LogFollow::ended() const { return !state_->merge && state_->follower->ended(); }

std::vector<std::string> LogFollow::take_news() {
  std::vector<std::string> news = std::exchange(state_->news, {});
  for (std::string& text : state_->follower->take_news()) news.push_back(std::move(text));
  return news;
}

const std::deque<Source>& LogFollow::sources() const { return state_->follower->sources(); }

}  // namespace culprit
