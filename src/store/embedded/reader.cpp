#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstring>
#include <mutex>
#include <optional>
#include <thread>

#include "store/changes.h"
#include "store/embedded/clocks.h"
#include "store/embedded/evidence.h"
#include "store/embedded/reading_plan.h"

namespace culprit {
namespace {

constexpr std::size_t line_bytes_max = 256 << 20;
constexpr std::size_t line_room = 64 << 10;      // behind a range, for the line that it cuts
constexpr std::uint64_t chunks_in_memory = 128;  // so little of it goes to what is read just now
constexpr std::uint64_t chunk_bytes_least = 256 << 10;
constexpr std::uint64_t tasks_least = 256;  // so that no thread waits long for the last one
constexpr std::uint64_t task_bytes_most = 32 << 20;
// Rows have their share of --memory; the rest is for dictionaries, units and the columns that are
// being counted. The program itself, its libraries and the first questions take the same always.
constexpr double rows_share = 0.5;
constexpr double process_bytes = 24 << 20;
constexpr double left_least = 0.25;  // of --memory, however little that is
// Of its own a thread has what it reads just now and the dictionaries of texts.
constexpr std::uint64_t memory_a_thread = 32 << 20;
constexpr unsigned threads_max = 64;
constexpr std::size_t columns_part = 6;    // of --memory, for columns that wait to be asked again
constexpr std::uint64_t second_least = 4;  // its part of the rows' share, however full that is

// What one thread takes at a time: a range of a seekable source, or a whole packed one.
struct Task {
  std::uint32_t source = 0;
  std::uint64_t from = 0;
  std::uint64_t to = 0;
};

// Several chunks, where there are enough of them for all threads.
std::uint64_t task_bytes(const std::vector<Source>& sources, const ReadingPlan& plan,
                         std::uint64_t chunk_bytes) {
  std::uint64_t bytes = 0;
  for (std::size_t s = 0; s < sources.size(); ++s) {
    for (const ByteRange range : plan.sources[s].read) {
      bytes += sources[s].counts() ? range.to - range.from : 0;
    }
  }
  const std::uint64_t chunks = bytes / chunk_bytes / tasks_least;
  return chunk_bytes * std::clamp<std::uint64_t>(chunks, 1, task_bytes_most / chunk_bytes + 1);
}

std::vector<Task> tasks_of(const std::vector<Source>& sources, const ReadingPlan& plan,
                           std::uint64_t chunk_bytes) {
  std::vector<Task> tasks;
  const std::uint64_t range_bytes = task_bytes(sources, plan, chunk_bytes);
  for (std::uint32_t s = 0; s < sources.size(); ++s) {
    const Source& source = sources[s];
    if (!source.counts()) continue;
    if (!source.seekable) {
      tasks.push_back({s, 0, source.size});
      continue;
    }
    for (const ByteRange range : plan.sources[s].read) {
      for (std::uint64_t at = range.from; at < range.to; at += range_bytes) {
        tasks.push_back({s, at, std::min(range.to, at + range_bytes)});
      }
    }
  }
  // Packed sources cannot be shared between threads: the longest first.
  std::stable_partition(tasks.begin(), tasks.end(),
                        [&](const Task& task) { return !sources[task.source].seekable; });
  return tasks;
}

// One pass over all tasks by several threads, each with a Shard.
class Pass {
 public:
  Pass(World& world, const GatherOptions& options, std::vector<Source>& sources,
       const ReadingPlan& plan, std::vector<std::unique_ptr<Shard>>& shards)
      : world_(world),
        options_(options),
        sources_(sources),
        shards_(shards),
        tasks_(tasks_of(sources, plan, options.chunk_bytes)) {
    for (const Task& task : tasks_) bytes_total_ += task.to - task.from;
    const auto memory = static_cast<double>(options.memory_max);
    const double left = std::max(memory - process_bytes, memory * left_least);
    row_bytes_max_ = static_cast<std::uint64_t>(rows_share * left);
    row_bytes_max_ -= std::min(row_bytes_max_ / 2, plan.rows() * RowBytes::row);
  }

  // Reads all rows, or at a second look those of failing units that the first one let go. Sampling
  // becomes coarser when memory runs out.
  Status run(Sampling& sampling) { return run(sampling, nullptr); }
  Status run_again(Sampling& sampling, const std::unordered_set<std::uint64_t>& only,
                   std::uint64_t rows_so_far) {
    const std::uint64_t left = row_bytes_max_ - std::min(row_bytes_max_, rows_so_far);
    row_bytes_max_ = std::max(left, row_bytes_max_ / second_least);
    return run(sampling, &only);
  }
  std::uint64_t rows_kept() const {
    const Sampling sampling = sampling_;
    return RowBytes::kept(row_bytes_.plain, sampling.shift) +
           RowBytes::kept(row_bytes_.failing, sampling.shift);
  }

 private:
  Status run(Sampling& sampling, const std::unordered_set<std::uint64_t>* only) {
    sampling_ = sampling;
    again_ = only != nullptr;
    std::vector<std::thread> threads;
    running_ = shards_.size();
    for (auto& shard : shards_) {
      shard->restrict_to(only);
      threads.emplace_back([this, &shard] { work(*shard); });
    }
    wait();
    for (std::thread& thread : threads) thread.join();
    sampling = sampling_;
    for (auto& shard : shards_) shard->thin_out(sampling);
    if (interrupted()) return interrupted_error();
    return ok();
  }

  void wait() {
    std::unique_lock lock(mutex_);
    while (running_ > 0) {
      finished_.wait_for(lock, std::chrono::milliseconds(100));
      if (options_.progress) options_.progress(bytes_done_, bytes_total_);
    }
  }

  void work(Shard& shard) {
    std::string buffer;
    for (;;) {
      const std::size_t next = next_task_++;
      if (next >= tasks_.size() || interrupted()) break;
      const Task& task = tasks_[next];
      const Source& source = sources_[task.source];
      const Status status = source.dialect.framing != nullptr ? read_framed(task, shard)
                            : source.seekable                 ? read_ranges(task, shard, buffer)
                                                              : read_stream(task, shard, buffer);
      if (!status) {
        const std::scoped_lock lock(mutex_);
        if (sources_[task.source].fault.empty()) sources_[task.source].fault = status.error().what;
      }
      account(shard);
    }
    shard.finish();
    const std::scoped_lock lock(mutex_);
    --running_;
    finished_.notify_one();
  }

  // Adds what the rows take that were read; halves the sample while that is too much. Each bound
  // only falls while the bytes only grow: what is chosen step by step does not depend on the steps.
  void account(Shard& shard) {
    {
      const std::scoped_lock lock(mutex_);
      row_bytes_ += shard.take_row_bytes();
      sampling_ = coarser(sampling_);
    }
    shard.thin_out(sampling_);
  }

  // Failing units have half of the room at most; what they take, others do not get.
  Sampling coarser(Sampling made) const {
    const std::uint64_t half = row_bytes_max_ / 2;
    made.failing_shift =
        fitting_shift(row_bytes_.failing, again_ ? row_bytes_max_ : half, made.failing_shift);
    if (again_) return made;
    const std::uint64_t failing = std::min(half, RowBytes::kept(row_bytes_.failing, 0));
    made.shift = fitting_shift(row_bytes_.plain, row_bytes_max_ - failing,
                               std::max(made.shift, made.failing_shift));
    return made;
  }

  // The rest of the line is left out.
  void cut_line(std::uint32_t source, std::uint64_t offset) {
    if (again_) return;
    const std::scoped_lock lock(mutex_);
    sources_[source].notes.push_back(
        {"cut_line", fmt::format("{}: the line at byte {} is longer than {} MB and was cut there",
                                 sources_[source].name, offset, line_bytes_max >> 20)});
  }

  // Bytes that were there when the source was found.
  void lose(std::uint32_t source, std::uint64_t bytes) {
    const std::scoped_lock lock(mutex_);
    sources_[source].lost += bytes;
  }

  Status read_ranges(const Task& task, Shard& shard, std::string& buffer);
  Status read_range(const Task& task, Shard& shard, std::string& buffer);
  Status read_stream(const Task& task, Shard& shard, std::string& buffer);
  Status read_framed(const Task& task, Shard& shard);

  World& world_;
  const GatherOptions& options_;
  std::vector<Source>& sources_;
  std::vector<std::unique_ptr<Shard>>& shards_;
  std::vector<Task> tasks_;
  std::uint64_t bytes_total_ = 0;
  std::uint64_t row_bytes_max_ = 0;
  bool again_ = false;  // the second look

  std::mutex
      mutex_;  // guards running_, row_bytes_, faults and losses in sources_, and setting sampling_
  std::condition_variable finished_;
  std::size_t running_ = 0;
  std::atomic<std::size_t> next_task_{0};
  std::atomic<std::uint64_t> bytes_done_{0};
  RowBytes row_bytes_;
  std::atomic<Sampling> sampling_{Sampling{}};
};

// A chunk at a time.
Status Pass::read_ranges(const Task& task, Shard& shard, std::string& buffer) {
  for (std::uint64_t from = task.from; from < task.to && !interrupted();) {
    const std::uint64_t to = std::min<std::uint64_t>(task.to, from + options_.chunk_bytes);
    TRY(read_range({task.source, from, to}, shard, buffer));
    account(shard);
    from = to;
  }
  return ok();
}

// A range owns the lines that begin in it: the one cut at its start belongs to the range before,
// the one cut at its end is read on.
Status Pass::read_range(const Task& task, Shard& shard, std::string& buffer) {
  const Source& source = sources_[task.source];
  File file = TRY(open_seekable(world_, source));
  const std::uint64_t before = task.from == 0 ? 0 : 1;
  std::size_t wanted = static_cast<std::size_t>(task.to - task.from + before);
  buffer.reserve(wanted + line_room);
  buffer.resize(wanted);
  std::size_t filled = TRY(file.read_at(task.from - before, std::span<char>(buffer)));
  if (filled < wanted)
    lose(task.source, std::min<std::uint64_t>(wanted - filled, task.to - task.from));
  std::size_t begin = 0;
  if (before == 1) {
    const std::size_t end = std::string_view(buffer).substr(0, filled).find('\n');
    if (end == std::string_view::npos) return ok();  // inside one long line
    begin = end + 1;
    if (begin >= filled) return ok();
  }
  // Read on to the end of the last line.
  while (filled == wanted && buffer[filled - 1] != '\n' && filled < line_bytes_max) {
    const std::size_t more =
        buffer.capacity() > filled ? buffer.capacity() - filled : filled / 2 + line_room;
    buffer.resize(filled + more);
    wanted = filled + more;
    const std::size_t got = TRY(
        file.read_at(task.from - before + filled, std::span<char>(buffer).subspan(filled, more)));
    const std::size_t end = std::string_view(buffer).substr(filled, got).find('\n');
    if (end != std::string_view::npos) {
      filled += end + 1;
      break;
    }
    filled += got;
  }
  if (filled >= line_bytes_max) cut_line(task.source, task.from - before + begin);
  const std::string_view chunk = std::string_view(buffer).substr(begin, filled - begin);
  shard.read(source, task.source, chunk, task.from - before + begin, sampling_);
  bytes_done_ += task.to - task.from;
  return ok();
}

Status Pass::read_stream(const Task& task, Shard& shard, std::string& buffer) {
  const Source& source = sources_[task.source];
  Stream stream = TRY(open_source(world_, source));
  std::uint64_t offset = 0;
  std::uint64_t reported = 0;
  std::size_t filled = 0;
  bool skipping = false;  // the rest of a line that was cut
  std::optional<Error> fault;
  buffer.resize(std::max<std::size_t>(options_.chunk_bytes, 1));
  for (bool more = true; more && !interrupted();) {
    if (filled == buffer.size()) buffer.resize(std::min(buffer.size() * 2, line_bytes_max));
    const auto got = stream.read(std::span<char>(buffer).subspan(filled));
    if (!got) fault = got.error();
    more = got && *got > 0;
    if (more) filled += *got;
    if (skipping) {
      const std::size_t end = std::string_view(buffer).substr(0, filled).find('\n');
      skipping = end == std::string_view::npos;
      const std::size_t gone = skipping ? filled : end + 1;
      std::memmove(buffer.data(), buffer.data() + gone, filled - gone);
      offset += gone;
      filled -= gone;
    }
    if (more && filled < options_.chunk_bytes) continue;
    const std::size_t last = std::string_view(buffer).substr(0, filled).find_last_of('\n');
    const bool too_long = last == std::string_view::npos && filled == line_bytes_max;
    const std::size_t whole = !more || too_long                ? filled
                              : last == std::string_view::npos ? 0
                                                               : last + 1;
    if (whole == 0) continue;
    if (too_long) cut_line(task.source, offset);
    skipping = too_long;
    shard.read(source, task.source, std::string_view(buffer).substr(0, whole), offset, sampling_);
    account(shard);
    offset += whole;
    std::memmove(buffer.data(), buffer.data() + whole, filled - whole);
    filled -= whole;
    bytes_done_ += stream.consumed() - reported;
    reported = stream.consumed();
  }
  if (fault) return *fault;
  return ok();
}

Status Pass::read_framed(const Task& task, Shard& shard) {
  const Source& source = sources_[task.source];
  const ByteRange range = source.seekable ? ByteRange{task.from, task.to} : ByteRange{};
  LineFeed feed = TRY(LineFeed::open(world_, source, range));
  while (!interrupted() && shard.read(source, task.source, feed, sampling_)) account(shard);
  bytes_done_ += task.to - task.from;
  if (feed.fault()) return *feed.fault();
  return ok();
}

std::unordered_set<std::uint64_t> failing_units(std::vector<std::unique_ptr<Shard>>& shards,
                                                Sampling sampling) {
  std::unordered_set<std::uint64_t> failing;
  for (auto& shard : shards) {
    for (const std::uint64_t id : shard->take_failing()) {
      if (!sampling.keeps(id)) failing.insert(id);
    }
  }
  return failing;
}

// What a source's index has comes in as one more Shard.
void take_over(SourcePlan& plan, std::uint32_t source, const GatherOptions& options,
               const UnitRule& unit, const Widths& widths,
               std::vector<std::unique_ptr<Shard>>& shards) {
  if (!plan.index) return;
  shards.push_back(std::make_unique<Shard>(options, unit, widths));
  shards.back()->take_over(*plan.index, source, plan.parts, plan.silent, std::move(plan.rows));
  shards.back()->finish();
}

Result<Evidence> gather_evidence(World& world, const GatherOptions& options,
                                 std::vector<Source> sources, const UnitRule& unit,
                                 const Widths& widths) {
  const auto affordable = static_cast<unsigned>(
      std::clamp<std::uint64_t>(options.memory_max / memory_a_thread, 1, threads_max));
  const unsigned cores = std::min(std::thread::hardware_concurrency(), affordable);
  const unsigned threads =
      std::clamp(options.threads == 0 ? cores : options.threads, 1U, threads_max);
  std::vector<std::unique_ptr<Shard>> shards;
  for (unsigned i = 0; i < threads; ++i)
    shards.push_back(std::make_unique<Shard>(options, unit, widths));

  Sampling sampling;
  ReadingPlan plan = plan_reading(world, options, unit, sources);
  Pass first(world, options, sources, plan, shards);
  TRY(first.run(sampling));
  if (sampling != Sampling{} && plan.rows() > 0) {
    // Rows of an index are all there; with a sample of others they cannot be counted together.
    GatherOptions without = options;
    without.index.folder = "";
    return gather_evidence(world, without, std::move(sources), unit, widths);
  }

  note_changes(world, sources);

  // The second look: earlier events of failing units that the sample let go.
  std::unordered_set<std::uint64_t> failing = failing_units(shards, sampling);
  if (!failing.empty()) {
    Pass second(world, options, sources, plan, shards);
    TRY(second.run_again(sampling, failing, first.rows_kept()));
  }
  failing = {};
  for (std::uint32_t s = 0; s < plan.sources.size(); ++s) {
    take_over(plan.sources[s], s, options, unit, widths, shards);
  }
  Evidence evidence = join_shards(std::move(sources), std::move(shards), unit, sampling);
  for (const SourcePlan& source : plan.sources) {
    evidence.indexed_bytes.push_back(source.index ? source.index->source.covered : 0);
  }
  join_units(evidence);
  evidence.columns_bytes_max = options.memory_max / columns_part;
  return evidence;
}

// Whether there is anything to read again.
bool fix_clocks(const std::vector<OffSource>& off, std::vector<Source>& sources) {
  for (const OffSource& one : off) {
    sources[one.source].dialect.clock_correction -= one.offset.ahead;
  }
  return !off.empty();
}

}  // namespace

Result<Evidence> read_evidence(World& world, const GatherOptions& options) {
  std::vector<Source> sources = TRY(find_sources(world, options));
  return read_evidence(world, options, std::move(sources));
}

Result<Evidence> read_evidence(World& world, const GatherOptions& given,
                               std::vector<Source> sources) {
  GatherOptions options = given;
  const std::uint64_t affordable = options.memory_max / chunks_in_memory;
  options.chunk_bytes = std::min(options.chunk_bytes, std::max(affordable, chunk_bytes_least));
  if (options.window_of) options.window = TRY(options.window_of(world, sources));
  const UnitRule unit = find_units(sources, options);
  const Widths widths(sources);
  for (Source& source : sources) source.sample = {};
  const bool fixing = options.clocks == GatherOptions::Clocks::fixed;
  std::vector<Source> again = fixing ? sources : std::vector<Source>{};
  Evidence evidence = TRY(gather_evidence(world, options, std::move(sources), unit, widths));
  const std::vector<OffSource> off = clock_offsets(evidence);
  std::vector<std::string> texts;
  for (const OffSource& one : off) {
    texts.push_back(clock_text(evidence, one) +
                    (fixing ? "; its times were corrected" : "; --fix-clocks corrects it"));
  }
  if (fixing && fix_clocks(off, again)) {
    evidence = TRY(gather_evidence(world, options, std::move(again), unit, widths));
  }
  for (std::size_t i = 0; i < off.size(); ++i) {
    evidence.schema.sources[off[i].source].notes.push_back({"clock_offset", texts[i]});
    evidence.sources[off[i].source].notes.push_back({"clock_offset", texts[i]});
  }
  return evidence;
}

}  // namespace culprit
