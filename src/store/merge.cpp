#include "store/merge.h"

#include <algorithm>

namespace culprit {
namespace {

// What a lane reads before others are looked at: up to 64 Records, or 1,024 unwanted lines.
constexpr std::size_t turn_records = 64;
constexpr std::size_t turn_lines = 16;
constexpr std::size_t waiting_every = 16;          // turns: some ten milliseconds
constexpr std::size_t descriptors_held_max = 256;  // of the 1,024 that a process usually has
constexpr std::size_t lane_lines_least = 1'000;
constexpr std::size_t lines_max = 50'000;  // of all lanes, so that the first Record comes soon
constexpr std::size_t lane_bytes_least = 64 << 10;

Time earlier(Time time, Duration by) { return time < Time::min() + by ? Time::min() : time - by; }

}  // namespace

struct Merge::Lane {
  std::uint32_t index = 0;
  Time start = no_time;                  // of the first event of the sample
  std::unique_ptr<RecordReader> reader;  // empty: not yet opened
  std::deque<Record> waiting;            // in order
  std::size_t bytes = 0;                 // of their texts
  std::size_t lines_max = 0;
  std::size_t bytes_max = 0;
  Duration reorder{};

  bool ended() const { return reader && reader->ended(); }
  bool full() const { return waiting.size() >= lines_max || bytes >= bytes_max; }
  // No Record before this time will come any more, but late ones.
  Time passed() const { return earlier(reader ? reader->clock() : start, reorder); }
  bool ready() const {
    return !waiting.empty() && (ended() || full() || waiting.front().time <= passed());
  }
  Time bound() const {
    if (waiting.empty()) return passed();
    return ready() ? waiting.front().time : std::min(waiting.front().time, passed());
  }

  void add(Record record) {
    bytes += record.text.size();
    if (waiting.empty() || waiting.back().time <= record.time) {
      waiting.push_back(std::move(record));
      return;
    }
    const auto at =
        std::upper_bound(waiting.begin(), waiting.end(), record.time,
                         [](Time time, const Record& other) { return time < other.time; });
    waiting.insert(at, std::move(record));
  }
  Record take() {
    Record record = std::move(waiting.front());
    waiting.pop_front();
    bytes -= record.text.size();
    return record;
  }
};

Merge::Merge(World& world, std::span<const Source> sources, MergeOptions options)
    : world_(world),
      sources_(sources),
      options_(std::move(options)),
      descriptor_(sources.size() > descriptors_held_max ? LineFeed::Descriptor::reopened
                                                        : LineFeed::Descriptor::held) {
  const std::size_t count = std::max<std::size_t>(sources.size(), 1);
  lanes_.resize(sources.size());
  for (std::uint32_t i = 0; i < sources.size(); ++i) {
    if (!sources[i].counts() || sources[i].live) continue;
    lanes_[i] = std::make_unique<Lane>();
    Lane& lane = *lanes_[i];
    lane.index = i;
    lane.start = first_time(sources[i]);
    lane.reorder = options_.reorder;
    lane.lines_max =
        std::min(options_.reorder_lines_max, std::max(lane_lines_least, lines_max / count));
    lane.bytes_max = std::max(lane_bytes_least, options_.memory_max / count);
    requeue(i);
  }
}

Merge::~Merge() = default;

bool Merge::later(std::uint32_t a, std::uint32_t b) const {
  const Time one = lanes_[a]->bound();
  const Time other = lanes_[b]->bound();
  return one != other ? one > other : a > b;
}

void Merge::requeue(std::uint32_t lane) {
  queue_.push_back(lane);
  std::push_heap(queue_.begin(), queue_.end(),
                 [this](std::uint32_t a, std::uint32_t b) { return later(a, b); });
}

Result<std::optional<Record>> Merge::next() {
  while (!queue_.empty()) {
    std::pop_heap(queue_.begin(), queue_.end(),
                  [this](std::uint32_t a, std::uint32_t b) { return later(a, b); });
    const std::uint32_t index = queue_.back();
    queue_.pop_back();
    Lane& lane = *lanes_[index];
    if (lane.ready()) {
      Record record = lane.take();
      requeue(index);
      return std::optional<Record>(given(std::move(record)));
    }
    if (advance(lane)) {
      requeue(index);
    } else {
      finish(lane);
    }
    if (interrupted()) return interrupted_error();
    if (++advances_ % waiting_every == 0 && options_.waiting) options_.waiting();
  }
  return std::optional<Record>();
}

// Whether there is, or may be, more of it.
bool Merge::advance(Lane& lane) {
  if (!lane.reader) {
    // What is packed cannot be searched: by its first lines it begins behind the window.
    const Source& source = sources_[lane.index];
    if (!source.seekable && lane.passed() >= options_.selection.window.to) return false;
    const Status opened = open(lane);
    if (!opened) faults_.push_back({lane.index, opened.error()});
    return opened.has_value();
  }
  for (std::size_t i = 0; i < turn_records && !lane.full(); ++i) {
    std::optional<Record> record = lane.reader->next(turn_lines);
    if (record) lane.add(std::move(*record));
    if (lane.reader->ended()) break;
  }
  return !lane.waiting.empty() || !lane.ended();
}

Status Merge::open(Lane& lane) {
  const Source& source = sources_[lane.index];
  if (lane.index < options_.ranges.size() && options_.ranges[lane.index]) {
    const std::vector<ByteRange>& ranges = *options_.ranges[lane.index];
    const ByteRange first = ranges.empty() ? ByteRange{} : ranges.front();
    LineFeed feed = TRY(LineFeed::open(world_, source, ranges, descriptor_));
    read_by(lane, std::move(feed), first);
    return ok();
  }
  const Window& window = options_.selection.window;
  ByteRange range = TRY(range_of(world_, source, window));
  range.to = std::min(range.to, source.read_to);
  LineFeed feed = TRY(LineFeed::open(world_, source, range, descriptor_));
  read_by(lane, std::move(feed), range);
  return ok();
}

void Merge::read_by(Lane& lane, LineFeed feed, ByteRange range) const {
  lane.reader = std::make_unique<RecordReader>(std::move(feed), lane.index, sources_[lane.index],
                                               options_.selection, range);
}

void Merge::finish(Lane& lane) {
  if (lane.reader) {
    counts_.untimed += lane.reader->untimed();
    counts_.unreadable += lane.reader->unreadable();
    const std::optional<Error>& fault = lane.reader->fault();
    if (fault) faults_.push_back({lane.index, *fault});
  }
  lanes_[lane.index].reset();
}

Record Merge::given(Record record) {
  record.late = record.time < given_until_ && record.time != no_time;
  counts_.late += record.late ? 1 : 0;
  given_until_ = std::max(given_until_, record.time);
  return record;
}

}  // namespace culprit
